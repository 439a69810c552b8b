import { createTokenReader, TokenReaderError } from '../../../lambda/reader';
import { minuteMs, secondMs } from '../../support/simulatedClock';
import { prepareReader, readsOf, tokenSet } from './readerWorld';

describe('a token with enough of its life left', () => {
  it('is read once and then served from memory, by the same promise', async () => {
    const { clock, aws, stored, reader } = await prepareReader();
    stored.put(tokenSet('one', clock.now()));

    const first = await reader.get();
    clock.advance(55 * minuteMs);
    const [again, andAgain] = [reader.get(), reader.get()];

    expect(first.accessToken).toBe('access-one');
    expect(again).toBe(andAgain);
    expect(await again).toBe(first);
    expect(readsOf(aws)).toBe(1);
  });

  it('is read by one call, whatever number of callers come at once', async () => {
    const { clock, aws, stored, reader } = await prepareReader();
    stored.put(tokenSet('one', clock.now()));

    const all = await Promise.all(Array.from({ length: 1_000 }, () => reader.get()));

    expect(new Set(all.map(({ accessToken }) => accessToken))).toEqual(new Set(['access-one']));
    expect(readsOf(aws)).toBe(1);
  });

  it('is replaced by a read when less than minRemainingSeconds are left', async () => {
    const { clock, stored, reader } = await prepareReader({ minRemainingSeconds: 1_200 });
    stored.put(tokenSet('one', clock.now()));
    await reader.get();
    stored.put(tokenSet('two', clock.now() + 30 * minuteMs));

    clock.advance(40 * minuteMs);
    const atTheLimit = await reader.get();
    clock.advance(1);
    const below = await reader.get();

    expect(atTheLimit.accessToken).toBe('access-one');
    expect(below.accessToken).toBe('access-two');
  });

  it('is asked for as AWSCURRENT, under the prefix that was given', async () => {
    const { clock, aws, source } = await prepareReader();
    const SecretString = JSON.stringify(tokenSet('one', clock.now()));
    const ClientRequestToken = 'a-version-under-another-prefix-1';
    aws.secretsManager.createSecret({ Name: 'other/acme', ClientRequestToken, SecretString });
    const pending = JSON.stringify(tokenSet('pending', clock.now()));
    aws.secretsManager.putSecretValue({
      SecretId: 'other/acme',
      ClientRequestToken: 'a-version-under-another-prefix-2',
      SecretString: pending,
      VersionStages: ['AWSPENDING'],
    });
    const reader = createTokenReader({ connection: 'acme', source, secretPrefix: 'other/' });

    expect((await reader.get()).accessToken).toBe('access-one');
  });
});

describe('a token near its end', () => {
  it('is served after one read, each time, while it is valid', async () => {
    const { clock, aws, stored, reader } = await prepareReader();
    stored.put(tokenSet('one', clock.now() - 58 * minuteMs));

    const first = await reader.get();
    const second = await reader.get();

    expect([first, second].map(({ accessToken }) => accessToken)).toEqual([
      'access-one',
      'access-one',
    ]);
    expect(readsOf(aws)).toBe(2);
  });

  it('is an error from its last moment on, naming the connection and since when', async () => {
    const { clock, stored, reader } = await prepareReader();
    stored.put(tokenSet('one', clock.now() - 60 * minuteMs));

    const error = await reader.get().catch((thrown: unknown) => thrown);

    expect(error).toBeInstanceOf(TokenReaderError);
    expect(error).toMatchObject({ code: 'TokenExpired', connection: 'acme' });
    expect(String(error)).toContain(
      'Connection "acme": its access token has been expired since 2026-11-24T08:00:00.000Z',
    );
  });

  it('in memory outlives a secret that was set back to an expired one', async () => {
    const { clock, stored, reader } = await prepareReader();
    stored.put(tokenSet('one', clock.now()));
    await reader.get();
    stored.put(tokenSet('old', clock.now() - 90 * minuteMs));

    clock.advance(59 * minuteMs);

    expect((await reader.get()).accessToken).toBe('access-one');
  });
});

describe('a secret that cannot be read', () => {
  it.each(['dropBefore', 'deny', 'internal', 'throttle'] as const)(
    'leaves the valid token in memory in use (%s)',
    async (kind) => {
      const { clock, aws, stored, reader } = await prepareReader();
      stored.put(tokenSet('one', clock.now()));
      await reader.get();
      aws.orderFault({ kind, calls: 'untilCancelled' });

      clock.advance(60 * minuteMs - 1);
      const served = await reader.get();

      expect(served.accessToken).toBe('access-one');
      expect(readsOf(aws)).toBe(2);
    },
  );

  it.each(['not JSON', '[]', '{}', '{"refreshToken":"refresh-two"}', '{"accessToken":1}'])(
    'leaves the valid token in memory in use (it holds %s)',
    async (text) => {
      const { clock, stored, reader } = await prepareReader();
      stored.put(tokenSet('one', clock.now()));
      await reader.get();
      stored.put(text);

      clock.advance(58 * minuteMs);

      expect((await reader.get()).accessToken).toBe('access-one');
    },
  );

  it("is an error with the connection, AWS's name, since when, and the remedy", async () => {
    const { clock, aws, stored, reader } = await prepareReader();
    stored.put(tokenSet('one', clock.now()));
    await reader.get();
    aws.orderFault({ kind: 'deny', calls: 'untilCancelled' });
    clock.advance(58 * minuteMs);
    await reader.get();

    clock.advance(10 * minuteMs);
    const error = await reader.get().catch((thrown: unknown) => thrown);

    expect(error).toMatchObject({ code: 'SecretUnreadable', connection: 'acme' });
    expect(error).not.toHaveProperty('cause');
    expect(String(error)).toContain(
      'Connection "acme": the secret sfmc/acme has been unreadable since ' +
        "2026-11-24T08:58:00.000Z: AccessDeniedException. Check that the function's role is " +
        'allowed secretsmanager:GetSecretValue on sfmc/acme',
    );
  });

  it('counts again since when after a read that succeeded', async () => {
    const { clock, aws, stored, reader } = await prepareReader();
    stored.put(tokenSet('one', clock.now() + 60 * minuteMs));
    aws.orderFault({ kind: 'unavailable' });
    await reader.get().catch(() => {});
    await reader.get();
    aws.orderFault({ kind: 'unavailable' });

    clock.advance(3 * 60 * minuteMs);

    await expect(reader.get()).rejects.toThrow('unreadable since 2026-11-24T11:00:00.000Z');
  });

  it('is asked for again by the next call: no failure is remembered', async () => {
    const { clock, aws, stored, reader } = await prepareReader();
    stored.put(tokenSet('one', clock.now()));
    aws.orderFault({ kind: 'dropBefore' });

    const failed = await Promise.allSettled([reader.get(), reader.get()]);
    const tokens = await reader.get();

    expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(tokens.accessToken).toBe('access-one');
    expect(readsOf(aws)).toBe(2);
  });

  it("differs by AWS's name from one that does not exist", async () => {
    const { reader } = await prepareReader();

    await expect(reader.get()).rejects.toThrow('ResourceNotFoundException. Check that');
  });

  it.each([
    ['secret-text', 'it is not JSON'],
    ['"secret-text"', 'it is not a JSON object'],
    ['{"accessToken":["secret-text"]}', 'its accessToken is not a text'],
    ['{"accessToken":"secret-text"}', 'its issuedAt is missing'],
    [
      '{"accessToken":"secret-text","issuedAt":"secret-text","expiresAt":"secret-text"}',
      'its expiresAt is not an ISO 8601 time',
    ],
    [
      JSON.stringify(tokenSet('secret-text', 0, { restBaseUrl: { url: 'secret-text' } })),
      'its restBaseUrl is not a text',
    ],
    ...['secret-text\n', 'secret text', 'secret-täxt', '\u0000secret-text'].flatMap((token) => [
      [
        JSON.stringify({ ...tokenSet('one', 0), accessToken: token }),
        'its accessToken is no token',
      ],
      [
        JSON.stringify({ ...tokenSet('one', 0), legacyToken: token }),
        'its legacyToken is no token',
      ],
    ]),
  ])('never quotes what it holds (%#)', async (text, problem) => {
    const { stored, reader } = await prepareReader();
    stored.put(text);

    const error = await reader.get().catch((thrown: unknown) => thrown);

    expect(error).toMatchObject({ code: 'SecretUnreadable' });
    expect(String(error)).toContain(problem);
    expect(String(error)).toMatch(/: npm run ops -- recover acme$/);
    expect(String(error)).not.toMatch(/secret.t/);
  });

  it('is quoted by no error of an expired token, whatever a date takes for a comment', async () => {
    const { stored, reader } = await prepareReader();
    stored.put(tokenSet('one', 0, { expiresAt: '1 Jan 2026 10:00 GMT (secret-text)' }));

    const error = await reader.get().catch((thrown: unknown) => thrown);

    expect(error).toMatchObject({ code: 'TokenExpired' });
    expect(String(error)).toContain('expired since 2026-01-01T10:00:00.000Z');
    expect(String(error)).not.toContain('secret-text');
  });
});

describe('a secret without a token', () => {
  it.each(['{}', '{"refreshToken":""}', '{"restBaseUrl":"https://x"}'])(
    'that holds %s has to be seeded',
    async (text) => {
      const { stored, reader } = await prepareReader();
      stored.put(text);

      const error = await reader.get().catch((thrown: unknown) => thrown);

      expect(error).toMatchObject({ code: 'NotSeeded', connection: 'acme' });
      expect(String(error)).toContain('npm run ops -- seed acme');
    },
  );

  it('and without any version has to be seeded', async () => {
    const { aws, reader } = await prepareReader();
    aws.secretsManager.createSecret({ Name: 'sfmc/acme', ClientRequestToken: 'x'.repeat(32) });

    await expect(reader.get()).rejects.toMatchObject({ code: 'NotSeeded' });
  });

  it('that is seeded waits for the rotator', async () => {
    const { stored, reader } = await prepareReader();
    stored.put('{"refreshToken":"refresh-one"}');

    const error = await reader.get().catch((thrown: unknown) => thrown);

    expect(error).toMatchObject({ code: 'NotSeeded' });
    expect(String(error)).toContain('npm run ops -- rotate acme');
    expect(String(error)).not.toContain('refresh-one');
  });
});

it('keeps the connections of several readers apart', async () => {
  const { clock, aws, stored, source, reader } = await prepareReader();
  stored.put(tokenSet('one', clock.now()));
  aws.secretsManager.createSecret({
    Name: 'sfmc/other',
    ClientRequestToken: 'y'.repeat(32),
    SecretString: JSON.stringify(tokenSet('other', clock.now() + secondMs)),
  });
  const other = createTokenReader({ connection: 'other', source });

  const [first, second] = await Promise.all([reader.get(), other.get()]);

  expect([first.accessToken, second.accessToken]).toEqual(['access-one', 'access-other']);
});
