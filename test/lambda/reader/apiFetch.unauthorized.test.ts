import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { prepareApi, prepareProvider, readsOf, refusing } from './readerWorld';

const path = '/platform/v1/tokenContext';

describe('a 401', () => {
  it('is followed by one read and one repetition with the token of a newer rotation', async () => {
    const { aws, reader, rotate, statuses } = await prepareProvider();
    await reader.get();
    rotate();

    const response = await reader.fetch(path);

    expect(response.status).toBe(202);
    expect(statuses()).toEqual([401, 202]);
    expect(readsOf(aws)).toBe(2);
  });

  it('that stays is returned: nothing is repeated twice', async () => {
    const { aws, reader, received } = await prepareApi(refusing);

    const response = await reader.fetch(path);

    expect([response.status, await response.text()]).toEqual([401, 'refused']);
    expect(received).toHaveLength(2);
    // One for the first token, one after the 401.
    expect(readsOf(aws)).toBe(2);
  });

  it.each([true, false])(
    'that comes to many at once makes one read (newer token published: %j)',
    async (publish) => {
      const { aws, reader, rotate, statuses } = await prepareProvider();
      await reader.get();
      rotate({ publish });

      const all = await Promise.all(Array.from({ length: 60 }, () => reader.fetch(path)));

      expect(new Set(all.map(({ status }) => status))).toEqual(new Set([publish ? 202 : 401]));
      expect(statuses()).toHaveLength(120);
      expect(readsOf(aws)).toBe(2);
    },
  );

  it('to a token that is no longer the one in memory needs no read', async () => {
    const held: ServerResponse[] = [];
    const { aws, put, reader } = await prepareApi((response, { headers }) => {
      const isOld = headers.authorization === 'Bearer access-one';
      if (isOld && held.length === 0) held.push(response);
      else response.writeHead(isOld ? 401 : 200).end();
    });
    await reader.get();
    put('two');

    const first = reader.fetch(path);
    while (held.length === 0) await new Promise(setImmediate);
    const second = await reader.fetch(path);
    held[0]?.writeHead(401).end();

    expect([second.status, (await first).status]).toEqual([200, 200]);
    expect(readsOf(aws)).toBe(2);
  });

  it('is returned as it is when the secret cannot be read', async () => {
    const { aws, reader, received } = await prepareApi(refusing);
    await reader.get();
    aws.orderFault({ kind: 'unavailable' });

    const response = await reader.fetch(path);

    expect([response.status, await response.text()]).toEqual([401, 'refused']);
    expect(received).toHaveLength(1);
  });
});

describe('the body of a call that is answered 401', () => {
  const bytes = new TextEncoder().encode('text');

  it.each<[string, () => NonNullable<RequestInit['body']>]>([
    ['a string', () => 'text'],
    ['a Buffer', () => Buffer.from('text')],
    ['an ArrayBuffer', () => bytes.buffer as ArrayBuffer],
    ['a Uint8Array', () => bytes],
    ['a Blob', () => new Blob(['text'])],
    ['URLSearchParams', () => new URLSearchParams('text')],
  ])('is sent again: %s', async (_, body) => {
    const { reader, received } = await prepareApi(refusing);

    await reader.fetch(path, { method: 'POST', body: body() });

    expect(received.map((request) => request.body.replace('=', ''))).toEqual(['text', 'text']);
  });

  it('is sent again: a form', async () => {
    const { reader, received } = await prepareApi(refusing);
    const body = new FormData();
    body.set('name', 'value');

    await reader.fetch(path, { method: 'POST', body });

    expect(received).toHaveLength(2);
    expect(received[1]?.body).toContain('value');
  });

  it.each<[string, () => unknown]>([
    ['a Node.js stream', () => Readable.from(['text'])],
    ['a ReadableStream', () => new Blob(['text']).stream()],
    [
      'an async iterable',
      async function* () {
        yield bytes;
      },
    ],
  ])('is not sent again and the memory is renewed: %s', async (_, body) => {
    const { aws, put, reader, received } = await prepareApi(refusing);
    await reader.get();
    put('two');

    const init = { method: 'POST', body: body(), duplex: 'half' } as RequestInit;
    const response = await reader.fetch(path, init);

    expect([response.status, await response.text()]).toEqual([401, 'refused']);
    expect(received.map((request) => request.body)).toEqual(['text']);
    expect((await reader.get()).accessToken).toBe('access-two');
    expect(readsOf(aws)).toBe(2);
  });
});
