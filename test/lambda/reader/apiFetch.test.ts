import type { Tokens } from '../../../lambda/reader';
import { closeAfterTest } from '../../support/closing';
import { startScriptedServer } from '../../support/scriptedServer';
import { prepareApi, prepareReader, readsOf, refusing, tokenSet } from './readerWorld';

const path = '/platform/v1/tokenContext';

describe('a call', () => {
  it.each([
    ['an object', { 'x-mark': 'kept', Authorization: 'Basic x' }],
    ['an array', [['x-mark', 'kept']] satisfies [string, string][]],
    ['Headers', new Headers({ 'x-mark': 'kept', authorization: 'Basic x' })],
  ])('goes to the REST base with the bearer token and the headers of %s', async (_, headers) => {
    const { reader, received } = await prepareApi();

    const response = await reader.fetch('/data/v1?a=1', { method: 'POST', headers, body: 'text' });

    expect(response.status).toBe(200);
    expect(received).toMatchObject([
      {
        method: 'POST',
        url: '/data/v1?a=1',
        headers: { 'x-mark': 'kept', authorization: 'Bearer access-one' },
        body: 'text',
      },
    ]);
  });

  it.each([200, 202, 403, 404, 429, 500, 503])(
    'that is answered %d is not repeated',
    async (status) => {
      const { aws, reader, received } = await prepareApi((response) =>
        response.writeHead(status).end(),
      );

      expect((await reader.fetch(path)).status).toBe(status);
      expect(received).toHaveLength(1);
      expect(readsOf(aws)).toBe(1);
    },
  );

  it('that fails throws what fetch throws', async () => {
    const { reader } = await prepareApi((response) => response.destroy());

    await expect(reader.fetch(path)).rejects.toThrow('fetch failed');
  });

  it.each([
    ...['', 'platform', '@example.com/', '.example.com/', 'https://example.com/', ' /x', '\\x'],
    ...[undefined, ['/x'], new URL('https://example.com/x'), new Request('https://example.com/x')],
  ])('to %p is refused, since it could name another host', async (wrong) => {
    const { aws, reader, received } = await prepareApi();

    const call = reader.fetch(wrong as string);

    await expect(call).rejects.toMatchObject({ code: 'InvalidPath', connection: 'acme' });
    expect(received).toEqual([]);
    expect(readsOf(aws)).toBe(0);
  });

  it.each([
    ...['//example.com/x', '/\\example.com', '/@example.com', '/../..//example.com'],
    ...['/http://example.com/', '/\n/example.com', '/?@example.com', '/#@example.com', '/:80/x'],
  ])('to %j stays at the REST base', async (strange) => {
    const { reader, received } = await prepareApi();

    await reader.fetch(strange);

    expect(received).toHaveLength(1);
  });
});

describe('what a call is made of', () => {
  it('is what it was when it began', async () => {
    const { reader, received } = await prepareApi();
    const headers: Record<string, string> = {};
    const init = { method: 'POST', headers, body: '' };

    const calls = ['1', '2', '3'].map((mark) => {
      headers['x-mark'] = mark;
      init.body = mark;
      return reader.fetch('/data', init);
    });
    await Promise.all(calls);

    const arrived = received.map((request) => [request.headers['x-mark'], request.body]);
    expect(arrived.sort()).toEqual([
      ['1', '1'],
      ['2', '2'],
      ['3', '3'],
    ]);
  });

  it('is sent again with headers that can be gone through only once', async () => {
    const { reader, received } = await prepareApi(refusing);
    const headers = new Map([['x-mark', 'kept']]).entries();

    await reader.fetch(path, { headers: headers as never });

    expect(received.map((request) => request.headers['x-mark'])).toEqual(['kept', 'kept']);
  });
});

describe('the REST base', () => {
  const restBaseUrls: [string, boolean][] = [
    ['https://mc-1.rest.marketingcloudapis.com', true],
    ['https://www.exacttargetapis.com', true],
    ['http://127.0.0.1:4567', true],
    ['https://exacttargetapis.com', false],
    ['https://www.exacttargetapis.com.example.com', false],
    ['http://mc.rest.marketingcloudapis.com', false],
    ['https://mc.soap.marketingcloudapis.com', false],
    ['https://mc.rest.marketingcloudapis.com.example.com', false],
    ['https://mc.rest.marketingcloudapis.com:8443', false],
    ['https://mc.rest.marketingcloudapis.com/path', false],
    ['https://user@mc.rest.marketingcloudapis.com', false],
    ['https://example.com#.rest.marketingcloudapis.com', false],
    ['https://a.b.rest.marketingcloudapis.com', false],
    ['https://-.rest.marketingcloudapis.com', false],
    ['http://localhost:4567', false],
    ['http://127.0.0.1', false],
    ['http://127.0.0.1:4567@example.com', false],
    ['https://example.com', false],
  ];

  it.each(restBaseUrls)('%s: %j', async (restBaseUrl, isTaken) => {
    const { clock, stored, reader } = await prepareReader();
    stored.put(tokenSet('one', clock.now(), { restBaseUrl }));
    const sent = jest.spyOn(globalThis, 'fetch').mockResolvedValue(new Response());
    closeAfterTest(() => sent.mockRestore());

    const outcome = await reader.fetch(path).catch(({ code }) => code);

    expect(outcome).toEqual(isTaken ? expect.any(Response) : 'NoRestBaseUrl');
    expect(sent.mock.calls.map(([url]) => url)).toEqual(isTaken ? [`${restBaseUrl}${path}`] : []);
  });

  it('may have been stored with a last slash', async () => {
    const { clock, stored, reader, received, url } = await prepareApi();
    stored.put(tokenSet('one', clock.now(), { restBaseUrl: `${url}/` }));

    await reader.fetch(path);

    expect(received).toMatchObject([{ url: path }]);
  });

  it.each(['https://WWW.ExactTargetAPIs.com/', '\uFEFFhttps://www.exacttargetapis.com \n'])(
    'is that of the shared stacks as a login or a hand wrote it: %j',
    async (restBaseUrl) => {
      const { clock, stored, reader } = await prepareReader();
      stored.put(tokenSet('one', clock.now(), { restBaseUrl }));
      const sent = jest.spyOn(globalThis, 'fetch').mockResolvedValue(new Response());
      closeAfterTest(() => sent.mockRestore());

      await reader.fetch(path);

      expect(sent.mock.calls[0]?.[0]).toBe(`https://www.exacttargetapis.com${path}`);
    },
  );

  it('that is missing is an error with the remedy', async () => {
    const { clock, stored, reader } = await prepareReader();
    stored.put(tokenSet('one', clock.now(), { restBaseUrl: undefined }));

    const error = await reader.fetch(path).catch((thrown: unknown) => thrown);

    expect(error).toMatchObject({ code: 'NoRestBaseUrl', connection: 'acme' });
    expect(String(error)).toContain('has no restBaseUrl. Seed it together with the refresh token');
  });
});

describe('a signal that aborts', () => {
  it('before the call sends nothing', async () => {
    const { aws, reader, received } = await prepareApi();

    const call = reader.fetch(path, { signal: AbortSignal.abort(new Error('stop')) });

    await expect(call).rejects.toThrow('stop');
    expect(received).toEqual([]);
    expect(aws.calls).toEqual([]);
  });

  it('ends the wait for the secret, and not the read that others wait for', async () => {
    const { aws, reader } = await prepareApi();
    aws.orderFault({ kind: 'slow', delayMs: 100 });
    const stop = new AbortController();

    const call = reader.fetch(path, { signal: stop.signal });
    const other: Promise<Tokens> = reader.get();
    stop.abort(new Error('stop'));

    await expect(call).rejects.toThrow('stop');
    expect((await other).accessToken).toBe('access-one');
    expect(readsOf(aws)).toBe(1);
  });

  it('ends the call', async () => {
    const stop = new AbortController();
    const { reader } = await prepareApi(() => stop.abort(new Error('stop')));

    await expect(reader.fetch(path, { signal: stop.signal })).rejects.toThrow('stop');
  });

  it('ends the wait after a 401', async () => {
    const stop = new AbortController();
    const { aws, reader, received } = await prepareApi(refusing);
    await reader.get();
    aws.orderFault({ kind: 'hang' });

    const call = reader.fetch(path, { signal: stop.signal });
    while (aws.calls.length < 2) await new Promise(setImmediate);
    stop.abort(new Error('stop'));

    await expect(call).rejects.toThrow('stop');
    expect(received).toHaveLength(1);
  });
});

it('leaves the token behind if a redirect leads to another host', async () => {
  const other = await startScriptedServer();
  const { reader } = await prepareApi((response) =>
    response.writeHead(302, { location: `${other.url}/elsewhere` }).end(),
  );

  await reader.fetch(path, { headers: { 'x-mark': 'kept' } });

  expect(other.received).toMatchObject([{ url: '/elsewhere', headers: { 'x-mark': 'kept' } }]);
  expect(other.received[0]?.headers).not.toHaveProperty('authorization');
});
