import {
  closingReserveMs,
  providerAttemptMs,
  publishReserveMs,
  shortestProviderAttemptMs,
} from '../../../../lambda/core/limits';
import { noAnswerInTime } from '../../../../lambda/core/providerAnswer';
import { exchange } from '../../../../lambda/rotator/exchange';
import { refusal } from '../../../../local/provider/answers';
import { minuteMs, secondMs, startMs } from '../../../support/simulatedClock';
import { startSeededWorld } from '../../../support/startWorld';
import { answering, probeAt, refresh, refreshAt } from './requests';

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
    const { provider, timeoutsMs } = answering(world, () => ({
      kind: 'noResponse',
      reason: 'no answer',
    }));

    await expect(refresh(world, { provider, timeMs: leastMs + 1_000 })).rejects.toMatchObject({
      code: 'ProviderUnavailable',
    });

    expect(timeoutsMs[0]).toBe(shortestProviderAttemptMs + 1_000);
    expect(Math.min(...timeoutsMs)).toBeGreaterThanOrEqual(shortestProviderAttemptMs);
    expect(timeoutsMs.length).toBeGreaterThan(1);
    expect(world.clock.now()).toBeLessThanOrEqual(startMs + 1_000);
  });

  it('is not spent on one attempt alone', async () => {
    const world = await startSeededWorld();
    const { provider, timeoutsMs } = answering(world, () => ({
      kind: 'response',
      status: 200,
      body: '{"accessToken":"a","refreshToken":"b","expiresIn":3600}',
    }));

    await refresh(world, { provider, timeMs: 20 * minuteMs });

    expect(timeoutsMs).toEqual([providerAttemptMs]);
  });

  it('is given whole to the next attempts once one was too short for a slow provider', async () => {
    const world = await startSeededWorld();
    const { provider, timeoutsMs } = answering(world, (timeoutMs) => {
      world.clock.advance(timeoutMs);
      return { kind: 'noResponse', reason: noAnswerInTime };
    });

    await expect(refresh(world, { provider })).rejects.toMatchObject({
      code: 'ProviderUnavailable',
    });

    const [first = 0, second = 0, ...more] = timeoutsMs;
    expect(first).toBe(providerAttemptMs);
    expect(second).toBeGreaterThan(2 * providerAttemptMs);
    expect(more).toEqual([]);
  });

  describe('in a message that has failed before', () => {
    const timeoutsOf = async (receiveCount: number) => {
      const world = await startSeededWorld();
      const { provider, timeoutsMs } = answering(world, (timeoutMs) => {
        world.clock.advance(timeoutMs);
        return { kind: 'noResponse', reason: noAnswerInTime };
      });
      const sentAtMs = startMs - (receiveCount - 1) * minuteMs;
      const delivery = { by: 'queue', receiveCount, sentAtMs } as const;
      const run = { ...world.run({ provider }), delivery };

      await expect(exchange(run, refreshAt(world))).rejects.toMatchObject({
        code: 'ProviderUnavailable',
      });

      return timeoutsMs;
    };

    it.each([2, 4])('is all for the first attempt at delivery %d', async (receiveCount) => {
      expect(await timeoutsOf(receiveCount)).toEqual([35 * secondMs]);
    });

    it.each([3, 5, 6, 8])(
      'is for two long attempts at delivery %d: 14 seconds, and the rest',
      async (receiveCount) => {
        const [first = 0, second = 0, ...more] = await timeoutsOf(receiveCount);

        expect(first).toBe(14 * secondMs);
        expect(second).toBeGreaterThan(first);
        expect(more).toEqual([]);
      },
    );
  });
});

describe('an answer that asks to wait', () => {
  it.each([
    ['seconds', { seconds: 5 }, 5 * secondMs],
    ['a fraction of seconds', { seconds: 1.5 }, 1_500],
    ['a date', { seconds: 7, as: 'date' }, 7 * secondMs],
  ] as const)('is obeyed if it does so by %s', async (_, retryAfter, waitedMs) => {
    const world = await startSeededWorld();
    const answer = { status: 503, retryAfter, body: '<html></html>' };
    world.provider.orderFault({ kind: 'exchange', takenUp: 'never', answer });

    await refresh(world);

    expect(world.clock.sleptMs).toEqual([waitedMs]);
  });

  it('is obeyed if it does so in its body alone, as the rate limit does', async () => {
    const world = await startSeededWorld();
    const { headers, status } = refusal(429, 50100);
    const body = '{"message":"Rate limit exceeded","errorcode":50100,"retryAfter":6}';
    const answer = { status, body, ...(headers && { headers }) };
    world.provider.orderFault({ kind: 'exchange', takenUp: 'never', answer });

    await refresh(world);

    expect(world.clock.sleptMs).toEqual([6 * secondMs]);
  });

  it('ends an exchange that has used nothing if the wait goes beyond the invocation', async () => {
    const world = await startSeededWorld();
    world.provider.orderFault({ kind: 'rateLimit', retryAfterSeconds: 60 });

    await expect(refresh(world)).rejects.toMatchObject({
      code: 'ProviderUnavailable',
      message: expect.stringContaining('the refresh token is unused'),
    });

    expect(world.tokenRequests()).toHaveLength(1);
    expect(world.clock.sleptMs).toEqual([]);
  });

  it('is asked once more before the end if the token may have been used', async () => {
    const world = await startSeededWorld();
    world.provider.orderFault({ kind: 'dropAfter' });
    world.provider.orderFault({ kind: 'rateLimit', retryAfterSeconds: 60 });

    const exchanged = await refresh(world);

    expect(exchanged.kind).toBe('granted');
    expect(world.clock.now() - startMs).toBeGreaterThan(30 * secondMs);
  });
});

describe('the five minutes after the first use of a refresh token', () => {
  const longMs = 20 * minuteMs;

  it('end its attempts, however long the invocation may take', async () => {
    const world = await startSeededWorld();
    world.provider.orderFault({ kind: 'dropAfter' });
    world.provider.orderFault({ kind: 'rateLimit', retryAfterSeconds: 290 }, 9);

    await expect(refresh(world, { timeMs: longMs })).rejects.toMatchObject({
      code: 'ProviderUnavailable',
    });

    const [first, ...more] = world.tokenRequests();
    expect(more.length).toBeGreaterThan(0);
    for (const { atMs } of more) expect(atMs - (first?.atMs ?? 0)).toBeLessThan(5 * minuteMs);
  });

  it('do not bind a request without one', async () => {
    const world = await startSeededWorld();
    world.provider.orderFault({ kind: 'rateLimit', retryAfterSeconds: 290 }, 3);

    const exchanged = await exchange(world.run({ timeMs: longMs }), probeAt(world));

    expect(exchanged.kind).toBe('granted');
    expect(world.tokenRequests()).toHaveLength(4);
  });
});
