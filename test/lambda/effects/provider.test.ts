import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { Redacted } from '../../../lambda/core/redacted';
import { fetchProvider, type TokenRequest } from '../../../lambda/effects/provider';
import { closeAfterTest } from '../../support/closing';
import { closedPort, type Script, startScriptedServer } from '../../support/scriptedServer';
import { startSelfSignedServer } from './selfSignedServer';

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

  it('asks for no refresh token and sends none if just the credentials are asked about', async () => {
    const { url, received } = await startScriptedServer();
    const { refreshToken: _, ...credentials } = requestTo(url, { offline: false });

    await fetchProvider.requestToken(credentials, timeoutMs);

    expect(JSON.parse(received[0]?.body ?? '')).toEqual({
      clientId: 'id',
      clientSecret: 'canary-secret',
    });
  });
});

it.each(['tokenContext', 'endpoints'] as const)(
  'asks the REST interface for %s with the access token as the bearer',
  async (operation) => {
    const { url, received } = await startScriptedServer((response) =>
      response.writeHead(202).end(),
    );

    const answer = await fetchProvider[operation](url, new Redacted('access'), timeoutMs);

    expect(answer).toEqual({ kind: 'response', status: 202, body: '' });
    expect(received[0]).toMatchObject({
      method: 'GET',
      url: `/platform/v1/${operation}`,
      body: '',
    });
    expect(received[0]?.headers.authorization).toBe('Bearer access');
  },
);

describe('an answer', () => {
  it('comes with status, Retry-After and body, whatever it is', async () => {
    const answer = await answerTo((response) =>
      response.writeHead(503, { 'retry-after': '7' }).end('<html>'),
    );

    expect(answer).toEqual({ kind: 'response', status: 503, retryAfter: '7', body: '<html>' });
  });

  it('keeps its byte order mark, which whoever reads it ignores', async () => {
    const answer = await answerTo((response) => response.end('\uFEFF{"accessToken":"ä"}'));

    expect(answer).toEqual({ kind: 'response', status: 200, body: '\uFEFF{"accessToken":"ä"}' });
  });

  it.each([
    ['utf-16le', (text: string) => Buffer.from(text, 'utf16le')],
    ['utf-16be', (text: string) => Buffer.from(text, 'utf16le').swap16()],
  ])('is read as %s if its byte order mark says so', async (_, encode) => {
    const body = '\uFEFF{"accessToken":"ä"}';

    const answer = await answerTo((response) => response.end(encode(body)));

    expect(answer).toEqual({ kind: 'response', status: 200, body });
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

describe('no answer to what may have been taken up', () => {
  const silent: Script = () => {};
  const halfAnAnswer: Script = (response) => response.writeHead(200).write('{"accessToken":');

  it.each([
    ['while none comes', silent],
    ['while its body does not end', halfAnAnswer],
  ])('in time, %s', async (_, script) => {
    const answer = await answerTo(script, 50);

    expect(answer).toEqual({ kind: 'noResponse', reason: 'no answer in time' });
  });

  it.each([
    ['is closed', (socket: Socket) => socket.destroy(), 'UND_ERR_SOCKET'],
    ['is reset', (socket: Socket) => socket.resetAndDestroy(), 'ECONNRESET'],
  ])('when the connection %s after the request came', async (_, end, code) => {
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', () => end(socket));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closeAfterTest(() => {
      server.close();
    });
    const { port } = server.address() as { port: number };

    const request = requestTo(`http://127.0.0.1:${port}`);
    const answer = await fetchProvider.requestToken(request, timeoutMs);

    expect(answer).toEqual({ kind: 'noResponse', reason: `no answer (${code})` });
  });

  it('when its body is cut off', async () => {
    const answer = await answerTo((response) => {
      response.writeHead(200, { 'content-length': '100' }).write('{"accessToken":');
      setImmediate(() => response.destroy());
    });

    expect(answer).toMatchObject({ kind: 'noResponse' });
  });

  it('when a proxy or a firewall answers HTTP 407, which fetch passes on to nobody', async () => {
    const answer = await answerTo((response) => response.writeHead(407).end('<html></html>'));

    const reason = 'no answer, as if a proxy wanted authentication (HTTP 407)';
    expect(answer).toEqual({ kind: 'noResponse', reason });
  });

  it('when a proxy wants authentication, which fetch does not report', async () => {
    const answer = await answerTo((response) =>
      response.writeHead(407, { 'proxy-authenticate': 'Basic' }).end('canary'),
    );

    expect(answer).toEqual({
      kind: 'noResponse',
      reason: 'no answer, as if a proxy wanted authentication (HTTP 407)',
    });
  });

  it('if nobody knows why, and the reason does not name the address', async () => {
    const answer = await fetchProvider.requestToken(requestTo('http://127.0.0.1:1'), timeoutMs);

    expect(answer).toEqual({ kind: 'noResponse', reason: 'no answer' });
  });
});

describe('a request that surely never left', () => {
  /** As Node.js's fetch puts it. */
  function failWith(cause: object): void {
    const failure = new TypeError('fetch failed to reach canary', { cause });
    const spy = jest.spyOn(globalThis, 'fetch').mockRejectedValue(failure);
    closeAfterTest(() => spy.mockRestore());
  }

  it('is one whose connection was refused', async () => {
    const answer = await fetchProvider.requestToken(requestTo(await closedPort()), timeoutMs);

    expect(answer).toEqual({ kind: 'notSent', reason: 'no connection (ECONNREFUSED)' });
  });

  it('is one to a host whose certificate is not trusted', async () => {
    const { url, received } = await startSelfSignedServer();

    const answer = await fetchProvider.requestToken(requestTo(url), timeoutMs);

    expect(answer).toEqual({
      kind: 'notSent',
      reason: 'no connection (DEPTH_ZERO_SELF_SIGNED_CERT)',
    });
    expect(received).toEqual([]);
  });

  it('is one to a host that speaks no TLS', async () => {
    const { url, received } = await startScriptedServer();

    const request = requestTo(url.replace('http:', 'https:'));
    const answer = await fetchProvider.requestToken(request, timeoutMs);

    expect(answer).toMatchObject({
      kind: 'notSent',
      reason: expect.stringMatching(/^no connection \(\w+\)$/),
    });
    expect(received).toEqual([]);
  });

  it('is one to a host that hangs up before TLS is agreed on', async () => {
    const server = createServer((socket) => socket.once('data', () => socket.destroy()));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closeAfterTest(() => {
      server.close();
    });
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;

    const answer = await fetchProvider.requestToken(requestTo(url), timeoutMs);

    expect(answer).toEqual({ kind: 'notSent', reason: 'no connection (ECONNRESET)' });
  });

  it.each([
    'ENOTFOUND',
    'EAI_AGAIN',
    'ERR_INVALID_URL',
    'EPROXYURL',
    'UND_ERR_CONNECT_TIMEOUT',
    'CERT_HAS_EXPIRED',
    'ERR_TLS_CERT_ALTNAME_INVALID',
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
    'SELF_SIGNED_CERT_IN_CHAIN',
  ])('is one that fails with %s before it is connected', async (code) => {
    failWith(Object.assign(new Error('canary'), { code }));

    const answer = await fetchProvider.requestToken(requestTo('https://a'), timeoutMs);

    expect(answer).toEqual({ kind: 'notSent', reason: `no connection (${code})` });
  });

  it.each(['EHOSTUNREACH', 'ENETUNREACH', 'EADDRNOTAVAIL', 'ETIMEDOUT', 'ECONNRESET'])(
    'is one that fails with %s while it connects, not once it is connected',
    async (code) => {
      failWith(Object.assign(new Error('canary'), { code, syscall: 'connect' }));
      const connecting = await fetchProvider.requestToken(requestTo('https://a'), timeoutMs);

      failWith(Object.assign(new Error('canary'), { code, syscall: 'read' }));
      const connected = await fetchProvider.requestToken(requestTo('https://a'), timeoutMs);

      expect(connecting).toEqual({ kind: 'notSent', reason: `no connection (${code})` });
      expect(connected).toEqual({ kind: 'noResponse', reason: `no answer (${code})` });
    },
  );

  it.each([
    'ECONNRESET',
    'EPIPE',
    'ETIMEDOUT',
    'UND_ERR_HEADERS_TIMEOUT',
    'A_CODE_NOT_SEEN_BEFORE',
  ])('is not one that fails with %s', async (code) => {
    failWith(Object.assign(new Error('canary'), { code }));

    const answer = await fetchProvider.requestToken(requestTo('https://a'), timeoutMs);

    expect(answer).toEqual({ kind: 'noResponse', reason: `no answer (${code})` });
  });
});
