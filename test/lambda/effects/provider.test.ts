import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { Redacted } from '../../../lambda/core/redacted';
import { fetchProvider, type TokenRequest } from '../../../lambda/effects/provider';
import '../../support/nodeErrors';
import { closedPort, type Script, startScriptedServer } from '../../support/scriptedServer';

const timeoutMs = 4_000;

function requestTo(authBaseUrl: string, members: Partial<TokenRequest> = {}): TokenRequest {
  const clientSecret = new Redacted('canary-secret');
  const refreshToken = new Redacted('canary-token');
  return { authBaseUrl, clientId: 'id', clientSecret, refreshToken, offline: true, ...members };
}

async function answerTo(script: Script, limitMs = timeoutMs) {
  const { url } = await startScriptedServer(script);
  return fetchProvider.requestToken(requestTo(url), limitMs);
}

describe('the token request', () => {
  it('is a POST of exactly these members: never scope, and clientId in this spelling', async () => {
    const { url, received } = await startScriptedServer();

    await fetchProvider.requestToken(requestTo(url), timeoutMs);

    expect(received).toHaveLength(1);
    expect(received[0]).toMatchObject({ method: 'POST', url: '/v1/requestToken?legacy=1' });
    expect(received[0]?.headers['content-type']).toBe('application/json');
    expect(JSON.parse(received[0]?.body ?? '')).toEqual({
      clientId: 'id',
      clientSecret: 'canary-secret',
      accessType: 'offline',
      refreshToken: 'canary-token',
    });
  });

  it('asks for no refresh token and sends none where just the credentials are asked about', async () => {
    const { url, received } = await startScriptedServer();
    const { refreshToken: _, ...credentials } = requestTo(url, { offline: false });

    await fetchProvider.requestToken(credentials, timeoutMs);

    expect(JSON.parse(received[0]?.body ?? '')).toEqual({
      clientId: 'id',
      clientSecret: 'canary-secret',
    });
  });
});

it('asks about an access token with it as the bearer', async () => {
  const { url, received } = await startScriptedServer((response) => response.writeHead(202).end());

  const answer = await fetchProvider.tokenContext(url, new Redacted('access'), timeoutMs);

  expect(answer).toEqual({ kind: 'response', status: 202, body: '' });
  expect(received[0]).toMatchObject({ method: 'GET', url: '/platform/v1/tokenContext', body: '' });
  expect(received[0]?.headers.authorization).toBe('Bearer access');
});

describe('an answer', () => {
  it('comes with status, Retry-After and body, whatever it is', async () => {
    const answer = await answerTo((response) =>
      response.writeHead(503, { 'retry-after': '7' }).end('<html>'),
    );

    expect(answer).toEqual({ kind: 'response', status: 503, retryAfter: '7', body: '<html>' });
  });

  it('of 64 KiB is read', async () => {
    const body = 'x'.repeat(64 * 1024);

    const answer = await answerTo((response) => response.end(body));

    expect(answer).toEqual({ kind: 'response', status: 200, body });
  });

  it('over 64 KiB is refused', async () => {
    const answer = await answerTo((response) => response.end('x'.repeat(64 * 1024 + 1)));

    expect(answer).toEqual({ kind: 'response', status: 200, body: undefined });
  });

  it('over 64 KiB once decompressed is refused', async () => {
    const bomb = gzipSync('x'.repeat(1024 * 1024));

    const answer = await answerTo((response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb),
    );

    expect(answer).toEqual({ kind: 'response', status: 200, body: undefined });
  });

  it('without an end is not read on: the connection is closed', async () => {
    let closed: Promise<unknown> | undefined;
    const endless = (response: ServerResponse) => {
      closed = once(response, 'close');
      const write = () => {
        while (!response.destroyed && response.write('x'.repeat(16 * 1024)));
      };
      response.on('drain', write);
      write();
    };

    const answer = await answerTo(endless);

    expect(answer).toMatchObject({ status: 200, body: undefined });
    await closed;
  });
});

it.each([301, 302, 303, 307, 308])('does not follow a redirect (%d)', async (status) => {
  const target = await startScriptedServer();

  const answer = await answerTo((response) =>
    response.writeHead(status, { location: `${target.url}/v1/requestToken` }).end(),
  );

  expect(answer).toEqual({ kind: 'response', status, body: '' });
  expect(target.received).toEqual([]);
});

describe('no answer', () => {
  const silent: Script = () => {};
  const halfAnAnswer: Script = (response) => response.writeHead(200).write('{"accessToken":');
  const dropped: Script = (response) => response.destroy();

  it.each([
    ['while none comes', silent],
    ['while its body does not end', halfAnAnswer],
  ])('in time, %s', async (_, script) => {
    const answer = await answerTo(script, 50);

    expect(answer).toEqual({ kind: 'noResponse', reason: 'no answer in time' });
  });

  it('when the connection is closed', async () => {
    const answer = await answerTo(dropped);

    expect(answer).toEqual({ kind: 'noResponse', reason: 'no answer (UND_ERR_SOCKET)' });
  });

  it('when the connection is refused', async () => {
    const answer = await fetchProvider.requestToken(requestTo(await closedPort()), timeoutMs);

    expect(answer).toEqual({ kind: 'noResponse', reason: 'no answer (ECONNREFUSED)' });
  });

  it('when nothing can be sent there, and the reason does not name the address', async () => {
    const answer = await fetchProvider.requestToken(requestTo('http://127.0.0.1:1'), timeoutMs);

    expect(answer).toEqual({ kind: 'noResponse', reason: 'no answer' });
  });
});
