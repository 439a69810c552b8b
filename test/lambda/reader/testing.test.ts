import { createTokenReader, TokenReaderError } from '../../../lambda/reader';
import { createFakeReader } from '../../../lambda/reader/testing';

describe('a fake reader', () => {
  it('serves a token set from memory, and knows of a rotation after a forced read', async () => {
    const reader = createFakeReader();

    const first = await reader.get();
    const rotated = reader.rotate();

    expect(await reader.get()).toBe(first);
    expect(await reader.get({ fresh: true })).toEqual(rotated);
    expect(reader.newest).toEqual(rotated);
    expect(reader.reads).toBe(2);
  });

  it('answers a call, and refuses a token that was replaced: the call comes again', async () => {
    const reader = createFakeReader({
      answer: async (request) => Response.json({ sent: await request.json() }),
    });
    await reader.get();
    reader.rotate();

    const response = await reader.fetch('/data', { method: 'POST', body: '{"mark":1}' });

    expect(await response.json()).toEqual({ sent: { mark: 1 } });
    expect(reader.requests.map(({ url }) => url)).toEqual(
      Array(2).fill('https://example.rest.marketingcloudapis.com/data'),
    );
    expect(await reader.requests[1]?.json()).toEqual({ mark: 1 });
    expect(reader.reads).toBe(2);
  });

  it('answers SOAP alike', async () => {
    const reader = createFakeReader({ answer: () => new Response('<done/>') });
    await reader.get();
    reader.rotate();

    const response = await reader.soapFetch('Retrieve', '<RetrieveRequestMsg/>');

    expect(await response.text()).toBe('<done/>');
    expect(reader.requests.map(({ headers }) => headers.get('soapaction'))).toEqual([
      'Retrieve',
      'Retrieve',
    ]);
  });

  it('answers {} if the test says nothing', async () => {
    expect(await (await createFakeReader().fetch('/data')).json()).toEqual({});
  });

  it('returns the refusal that stays', async () => {
    const reader = createFakeReader();
    await reader.get();
    reader.rotate();
    reader.fail();

    expect((await reader.fetch('/data')).status).toBe(401);
    expect((await reader.soapFetch('Retrieve', '')).status).toBe(500);
  });

  it('has a clock of its own, by which tokens end', async () => {
    const reader = createFakeReader({ lifeSeconds: 600 });
    const first = await reader.get();

    reader.advance(300);
    reader.fail();
    expect(await reader.get()).toBe(first);
    reader.mend();
    reader.advance(300);

    const error = await reader.get().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(TokenReaderError);
    expect(error).toMatchObject({ code: 'TokenExpired', connection: 'example' });
  });

  it('takes the clock of the test', async () => {
    const nowMs = Date.parse('2030-01-01T00:00:00.000Z');
    const reader = createFakeReader({ now: () => nowMs });

    expect(await reader.get()).toMatchObject({
      issuedAt: '2030-01-01T00:00:00.000Z',
      expiresAt: '2030-01-01T01:00:00.000Z',
    });
  });

  it.each(['SecretUnreadable', 'NotSeeded'] as const)('fails with %s', async (code) => {
    const reader = createFakeReader({ connection: 'acme' });
    reader.fail(code);

    await expect(reader.get()).rejects.toMatchObject({ code, connection: 'acme' });
    reader.mend();
    expect(await reader.get()).toEqual(reader.newest);
  });

  it('gives other readers its secret and its clock', async () => {
    const { source, newest, advance } = createFakeReader();
    const other = createTokenReader({ connection: 'acme', source });

    expect(await other.get()).toEqual(newest);
    advance(3_600);
    await expect(other.get()).rejects.toMatchObject({ code: 'TokenExpired' });
  });

  it('takes members of the token set, and the options of a reader', async () => {
    const reader = createFakeReader({ minRemainingSeconds: 0 });
    reader.rotate({ restBaseUrl: undefined as never, mark: 'kept' });

    expect(await reader.get()).toMatchObject({ mark: 'kept' });
    await expect(reader.fetch('/data')).rejects.toMatchObject({ code: 'NoRestBaseUrl' });
    expect(() => createFakeReader({ maxAge: 5 } as never)).toThrow('no option "maxAge"');
  });
});
