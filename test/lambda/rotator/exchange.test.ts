import {
  closingReserveMs,
  providerAttemptMs,
  publishReserveMs,
  shortestProviderAttemptMs,
} from '../../../lambda/core/limits';
import { Redacted } from '../../../lambda/core/redacted';
import type { TokenRequest } from '../../../lambda/effects/provider';
import { exchange } from '../../../lambda/rotator/exchange';
import type { LocalWorld, Overrides } from '../../support/localWorld';
import { minuteMs, secondMs, startMs } from '../../support/simulatedClock';
import { startSeededWorld } from '../../support/startWorld';

function refreshAt({ provider }: LocalWorld): TokenRequest {
  return {
    authBaseUrl: provider.url,
    clientId: provider.clientId,
    clientSecret: new Redacted(provider.clientSecret),
    refreshToken: new Redacted(provider.refreshToken),
    offline: true,
  };
}

function probeAt(world: LocalWorld): TokenRequest {
  const { refreshToken: _, ...credentials } = refreshAt(world);
  return { ...credentials, offline: false };
}

const refresh = (world: LocalWorld, overrides: Overrides = {}) =>
  exchange(world.run(overrides), refreshAt(world));

describe('a token request', () => {
  it('is granted with the tokens, counted from when it was sent', async () => {
    const world = await startSeededWorld();
    world.provider.orderFault({ kind: 'dropBefore' });

    const exchanged = await refresh(world);

    expect(exchanged).toMatchObject({
      kind: 'granted',
      grant: { expiresInMs: 3_600_000, accessToken: expect.any(Redacted) },
      sentAtMs: startMs + (world.clock.sleptMs[0] ?? 0),
    });
  });

  it('is not repeated after a 401', async () => {
    const world = await startSeededWorld();
    world.provider.model.revokeChain(world.provider.refreshToken);

    const exchanged = await refresh(world);

    expect(exchanged).toEqual({ kind: 'unauthorized' });
    expect(world.tokenRequests()).toHaveLength(1);
  });

  it.each([400, 403, 404, 415])('is never repeated after a %d', async (status) => {
    const world = await startSeededWorld();
    world.provider.orderFault({ kind: 'status', status });

    await expect(refresh(world)).rejects.toMatchObject({
      code: 'InvalidConfig',
      message:
        `Connection "acme": the provider turned the token request down with HTTP ${status}. It ` +
        'will not be repeated as it is: check authBaseUrl and clientId in /sfmc/acme/config. ' +
        'The stored token stays.',
    });

    expect(world.tokenRequests()).toHaveLength(1);
  });

  it('is repeated after a lost answer, later each time', async () => {
    const world = await startSeededWorld();
    world.provider.orderFault({ kind: 'dropAfter' }, 3);

    await refresh(world);

    expect(world.tokenRequests()).toHaveLength(4);
    const [first = 0, second = 0, third = 0] = world.clock.sleptMs;
    expect(first).toBeGreaterThan(0);
    expect(second).toBeGreaterThan(first);
    expect(third).toBeGreaterThan(second);
  });

  it('is repeated no sooner than Retry-After asks', async () => {
    const world = await startSeededWorld();
    world.provider.orderFault({ kind: 'rateLimit', retryAfterSeconds: 5 });

    await refresh(world);

    expect(world.clock.sleptMs).toEqual([5 * secondMs]);
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
        `Connection "acme": no usable answer from the provider in ${attempts} attempt(s); the ` +
        'last one: HTTP 500. The stored token stays, and the next invocation asks again.',
    });
  });
});

describe('the time of the invocation', () => {
  const leastMs = shortestProviderAttemptMs + publishReserveMs + closingReserveMs;

  it('allows an attempt that leaves enough of it to publish, and none that does not', async () => {
    const world = await startSeededWorld();

    await expect(refresh(world, { timeMs: leastMs - 1 })).rejects.toMatchObject({
      code: 'DeadlineExceeded',
      message: expect.stringContaining('Connection "acme": not enough of the invocation\'s time'),
    });
    expect(world.requests).toEqual([]);
    await refresh(world, { timeMs: leastMs });

    expect(world.requests).toHaveLength(1);
  });

  it('cuts an attempt short, and ends them', async () => {
    const world = await startSeededWorld();
    const timeoutsMs: number[] = [];
    const provider: typeof world.effects.provider = {
      ...world.effects.provider,
      async requestToken(_, timeoutMs) {
        timeoutsMs.push(timeoutMs);
        return { kind: 'noResponse', reason: 'no answer' };
      },
    };

    await expect(refresh(world, { provider, timeMs: leastMs + 1_000 })).rejects.toMatchObject({
      code: 'ProviderUnavailable',
    });

    expect(timeoutsMs[0]).toBe(shortestProviderAttemptMs + 1_000);
    expect(Math.min(...timeoutsMs)).toBeGreaterThanOrEqual(shortestProviderAttemptMs);
    expect(timeoutsMs.length).toBeGreaterThan(1);
    expect(world.clock.now()).toBeLessThanOrEqual(startMs + 1_000);
  });

  it('is never spent on one attempt alone', async () => {
    const world = await startSeededWorld();
    const { provider } = world.effects;
    const requestToken = jest.fn(provider.requestToken);

    await refresh(world, { provider: { ...provider, requestToken }, timeMs: 20 * minuteMs });

    expect(requestToken).toHaveBeenCalledWith(expect.anything(), providerAttemptMs);
  });

  it('allows no waiting for a Retry-After beyond it', async () => {
    const world = await startSeededWorld();
    world.provider.orderFault({ kind: 'rateLimit', retryAfterSeconds: 60 });

    await expect(refresh(world)).rejects.toMatchObject({ code: 'ProviderUnavailable' });

    expect(world.tokenRequests()).toHaveLength(1);
    expect(world.clock.sleptMs).toEqual([]);
  });
});

describe('the five minutes after the first use of a refresh token', () => {
  const longMs = 20 * minuteMs;

  it('end its attempts, however long the invocation may take', async () => {
    const world = await startSeededWorld();
    world.provider.orderFault({ kind: 'rateLimit', retryAfterSeconds: 290 }, 9);

    await expect(refresh(world, { timeMs: longMs })).rejects.toMatchObject({
      code: 'ProviderUnavailable',
    });

    expect(world.tokenRequests()).toHaveLength(2);
  });

  it('do not bind a request without one', async () => {
    const world = await startSeededWorld();
    world.provider.orderFault({ kind: 'rateLimit', retryAfterSeconds: 290 }, 3);

    const exchanged = await exchange(world.run({ timeMs: longMs }), probeAt(world));

    expect(exchanged.kind).toBe('granted');
    expect(world.tokenRequests()).toHaveLength(4);
  });
});

describe('an answer without a refresh token', () => {
  it('is asked for again with the same token', async () => {
    const world = await startSeededWorld();
    world.provider.orderFault({ kind: 'noRefreshToken' });

    const exchanged = await refresh(world);

    expect(exchanged).toMatchObject({ grant: { refreshToken: expect.any(Redacted) } });
    const [first, second, ...more] = world.tokenRequests().map(({ fingerprint }) => fingerprint);
    expect(more).toEqual([]);
    expect(second).toBe(first);
  });

  it('is taken as it is the fourth time', async () => {
    const world = await startSeededWorld();
    world.provider.orderFault({ kind: 'noRefreshToken' }, 9);

    const exchanged = await refresh(world);

    expect(exchanged.kind === 'granted' && exchanged.grant.refreshToken).toBe(undefined);
    expect(world.tokenRequests()).toHaveLength(4);
  });

  it('serves where the next one refuses the request', async () => {
    const world = await startSeededWorld();
    world.provider.orderFault({ kind: 'noRefreshToken' });
    world.provider.orderFault({ kind: 'status', status: 400 });

    const exchanged = await refresh(world);

    expect(exchanged.kind).toBe('granted');
  });

  it('is all that is wanted where just the credentials are asked about', async () => {
    const world = await startSeededWorld();

    const exchanged = await exchange(world.run(), probeAt(world));

    expect(exchanged.kind).toBe('granted');
    expect(world.tokenRequests()).toHaveLength(1);
  });
});

describe('the successor in an answer that is of no other use', () => {
  const successor = (world: LocalWorld) => world.provider.model.refreshTokens().at(-1)?.token;

  it.each([
    ['every answer is such a one', { kind: 'badExpiresIn', value: -1 }, 'ProviderUnavailable'],
    ['the later ones say less', { kind: 'internal', consumed: false }, 'ProviderUnavailable'],
    ['the next one refuses the request', { kind: 'status', status: 400 }, 'InvalidConfig'],
  ] as const)('is kept as a version of its own where %s', async (_, later, code) => {
    const world = await startSeededWorld();
    const current = world.stored.versionOf('AWSCURRENT');
    world.provider.orderFault({ kind: 'wrongTypes', member: 'accessToken' });
    world.provider.orderFault(later, 99);

    await expect(refresh(world)).rejects.toMatchObject({ code });

    expect(world.stored.salvaged()).toBe(successor(world));
    expect(world.stored.versionOf('AWSCURRENT')).toBe(current);
    expect(world.telemetry.warnings()).toEqual([
      'Kept the refresh token of an answer that could not be used otherwise',
    ]);
  });

  it.each(['same-successor', 'another-successor'] as const)(
    'is not forgotten where the later ones lack any, and a second use gives %s',
    async (secondUse) => {
      const world = await startSeededWorld({ secondUse });
      world.provider.orderFault({ kind: 'wrongTypes', member: 'accessToken' });
      world.provider.orderFault({ kind: 'noRefreshToken' }, 99);

      const exchanged = await refresh(world);

      const [, first] = world.provider.model.refreshTokens();
      const granted = exchanged.kind === 'granted' ? exchanged.grant.refreshToken : undefined;
      expect(granted?.reveal() ?? world.stored.salvaged()).toBe(first?.token);
    },
  );
});
