import { Redacted } from '../../../../lambda/core/redacted';
import { exchange } from '../../../../lambda/rotator/exchange';
import { page, refusal } from '../../../../local/provider/answers';
import { secondMs, startMs } from '../../../support/simulatedClock';
import { startSeededWorld } from '../../../support/startWorld';
import { answering, probeAt, refresh } from './requests';

describe('a token request', () => {
  it('is granted with the tokens, counted from when it was sent', async () => {
    const world = await startSeededWorld();
    const { provider } = world.effects;
    const slow: typeof provider = {
      ...provider,
      async requestToken(...request) {
        const answer = await provider.requestToken(...request);
        world.clock.advance(5 * secondMs);
        return answer;
      },
    };

    const exchanged = await refresh(world, { provider: slow });

    expect(exchanged).toMatchObject({
      kind: 'granted',
      grant: { expiresInMs: 3_600_000, accessToken: expect.any(Redacted) },
      sentAtMs: startMs,
      isOnlyUse: true,
    });
  });

  it('is not repeated after a 401 in the words of the provider, whose errorcode is reported', async () => {
    const world = await startSeededWorld();
    world.provider.model.revokeChain(world.provider.refreshToken);

    const exchanged = await refresh(world);

    expect(exchanged).toEqual({
      kind: 'refused',
      reason: 'HTTP 401, errorcode 1 (the client credentials or the refresh token are refused)',
    });
    expect(world.tokenRequests()).toHaveLength(1);
  });

  it('reports since when its token may have been used, if an answer was lost before a 401', async () => {
    const world = await startSeededWorld();
    world.provider.orderFault({ kind: 'dropBefore' });
    world.provider.orderFault({ kind: 'exchange', takenUp: 'never', answer: refusal(401, 1) });

    const exchanged = await refresh(world);

    expect(exchanged).toMatchObject({ kind: 'refused', possiblyUsedAtMs: startMs });
  });

  it.each([400, 403, 404, 415])(
    'is not repeated after a %d in the words of the provider',
    async (status) => {
      const world = await startSeededWorld();
      world.provider.orderFault({ kind: 'status', status });

      await expect(refresh(world)).rejects.toMatchObject({
        code: 'InvalidConfig',
        message:
          'Connection "acme": Marketing Cloud turned the token request down with HTTP ' +
          `${status}, errorcode 0. It will not be repeated as it is: check authBaseUrl and ` +
          'clientId in /sfmc/acme/config. The stored tokens stay.',
      });

      expect(world.tokenRequests()).toHaveLength(1);
    },
  );

  it.each([400, 403, 404])(
    'is repeated after a %d all the same once its token may have been used',
    async (status) => {
      const world = await startSeededWorld();
      world.provider.orderFault({ kind: 'dropAfter' });
      world.provider.orderFault({ kind: 'status', status }, 2);

      const exchanged = await refresh(world);

      expect(exchanged).toMatchObject({ kind: 'granted', isOnlyUse: false });
      expect(world.tokenRequests()).toHaveLength(4);
    },
  );

  it.each([400, 401, 403])(
    'to the package of a newer kind (errorcode 10007 with %d) says that it has no such tokens',
    async (status) => {
      const world = await startSeededWorld();
      world.provider.orderFault({
        kind: 'exchange',
        takenUp: 'never',
        answer: refusal(status, 10007),
      });

      await expect(refresh(world)).rejects.toMatchObject({
        code: 'InvalidConfig',
        message:
          'Connection "acme": Marketing Cloud turned the token request down with HTTP ' +
          `${status}, errorcode 10007 (this is an enhanced package: it has no legacy tokens. Use ` +
          'the client id and secret of a legacy package, or move its integrations to /v2/token). ' +
          "Put a legacy package's clientId into /sfmc/acme/config, and seed the connection again. " +
          'The stored tokens stay.',
      });

      expect(world.tokenRequests()).toHaveLength(1);
    },
  );

  it('is repeated after a lost answer, later each time, and is then not the only use', async () => {
    const world = await startSeededWorld();
    world.provider.orderFault({ kind: 'dropAfter' }, 3);

    const exchanged = await refresh(world);

    expect(exchanged).toMatchObject({ isOnlyUse: false });
    expect(world.tokenRequests()).toHaveLength(4);
    const [first = 0, second = 0, third = 0] = world.clock.sleptMs;
    expect(first).toBeGreaterThan(0);
    expect(second).toBeGreaterThan(first);
    expect(third).toBeGreaterThan(second);
  });

  it('is given up in the end, and says after how many attempts and why', async () => {
    const world = await startSeededWorld();
    world.provider.orderFault({ kind: 'internal', consumed: false }, 99);

    const failure = await refresh(world).catch((thrown) => thrown);

    const attempts = world.tokenRequests().length;
    expect(attempts).toBeGreaterThan(3);
    expect(failure).toMatchObject({
      code: 'ProviderUnavailable',
      message:
        `Connection "acme": no usable answer from Marketing Cloud in ${attempts} attempt(s); the ` +
        'last one: HTTP 500, errorcode 0. The stored refresh token stays, and can be sent again ' +
        'for 5 minutes after its first use. The next invocation asks again.',
    });
  });

  it('says of what stands in front of the provider that it was not the provider who spoke', async () => {
    const world = await startSeededWorld();
    world.provider.orderFault({ kind: 'exchange', takenUp: 'never', answer: page(403) }, 99);

    await expect(refresh(world)).rejects.toMatchObject({
      code: 'ProviderUnavailable',
      message: expect.stringContaining(
        "the last one: HTTP 403 with an HTML page, not in Marketing Cloud's own words.",
      ),
    });
  });
});

describe('a request that surely never left', () => {
  it.each([
    ['no connection', { kind: 'notSent', reason: 'no connection (ENOTFOUND)' }],
    ['a proxy that wants authentication', { kind: 'response', status: 407, body: '<html>' }],
  ] as const)('(%s) is no use of its token', async (_, lost) => {
    const world = await startSeededWorld();
    const { provider } = world.effects;
    let requests = 0;
    const failingOnce: typeof provider = {
      ...provider,
      requestToken: (...request) =>
        requests++ === 0 ? Promise.resolve(lost) : provider.requestToken(...request),
    };

    const exchanged = await refresh(world, { provider: failingOnce });

    expect(exchanged).toMatchObject({ kind: 'granted', isOnlyUse: true });
  });

  it('says so, and what to check on the way', async () => {
    const world = await startSeededWorld();
    const { provider } = answering(world, () => ({
      kind: 'notSent',
      reason: 'no connection (ENOTFOUND)',
    }));

    await expect(refresh(world, { provider })).rejects.toMatchObject({
      code: 'ProviderUnavailable',
      message: expect.stringMatching(
        /no connection \(ENOTFOUND\)\. The stored tokens stay, and the refresh token is unused\. Check name resolution, proxy and certificates on the way to authBaseUrl\.$/,
      ),
    });
  });
});

it('asks about the credentials without wanting a refresh token', async () => {
  const world = await startSeededWorld();

  const exchanged = await exchange(world.run(), probeAt(world));

  expect(exchanged.kind).toBe('granted');
  expect(world.tokenRequests()).toHaveLength(1);
});
