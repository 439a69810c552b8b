import type { Delivery } from '../../../../lambda/core/delivery';
import { providerAttemptMs, reuseWindowMs } from '../../../../lambda/core/limits';
import { noAnswerInTime } from '../../../../lambda/core/providerAnswer';
import { exchange } from '../../../../lambda/rotator/exchange';
import { refusal } from '../../../../local/provider/answers';
import { secondMs } from '../../../support/simulatedClock';
import { startSeededWorld } from '../../../support/startWorld';
import { answering, probeAt, refresh, refreshAt } from './requests';

const unanswered = { kind: 'noResponse', reason: 'no answer (ECONNRESET)' } as const;

describe('an exchange notes', () => {
  it('the first and the last use of a token, while its successor can be had', async () => {
    const world = await startSeededWorld();
    const run = world.run();
    const firstUseMs = world.clock.now();
    world.provider.orderFault({ kind: 'dropAfter' });

    await exchange(run, refreshAt(world));

    expect(run.memory.possiblyUsedAtMs).toBe(firstUseMs);
    expect(run.memory.lastUsedAtMs).toBe(world.clock.now());
    expect(world.clock.now()).toBeGreaterThan(firstUseMs);
    expect(run.progress.staysToDeadline).toBe(true);
  });

  it('a new first use once what was used before is over', async () => {
    const world = await startSeededWorld();
    const run = world.run();
    const nowMs = world.clock.now();
    Object.assign(run.memory, { possiblyUsedAtMs: 1, lastUsedAtMs: nowMs - reuseWindowMs });

    await exchange(run, refreshAt(world));
    expect(run.memory.possiblyUsedAtMs).toBe(nowMs);

    Object.assign(run.memory, { possiblyUsedAtMs: 1, lastUsedAtMs: nowMs - reuseWindowMs + 1 });
    await exchange(run, refreshAt(world));
    expect(run.memory.possiblyUsedAtMs).toBe(1);
  });

  it.each([
    ['the message', { by: 'queue', receiveCount: 1, sentAtMs: 4_711 }, 4_711],
    ['a direct invocation', { by: 'hand' }, 'hand'],
  ] satisfies [string, Delivery, number | 'hand'][])(
    'for what a token was used: %s',
    async (_, delivery, usedFor) => {
      const world = await startSeededWorld();
      const run = { ...world.run(), delivery };

      await exchange(run, refreshAt(world));

      expect(run.memory.usedFor).toBe(usedFor);
    },
  );

  it('no use by a request without a token, nor by one that was refused', async () => {
    const world = await startSeededWorld();
    const run = world.run();

    await exchange(run, probeAt(world));
    world.provider.orderFault({ kind: 'exchange', takenUp: 'never', answer: refusal(401, 1) });
    const refused = await exchange(run, refreshAt(world));

    expect(refused).not.toHaveProperty('possiblyUsedAtMs');
    expect(run.memory).not.toHaveProperty('lastUsedAtMs');
    expect(run.progress.staysToDeadline).toBe(false);
  });

  it('how many requests it took, and how long they were under way', async () => {
    const world = await startSeededWorld();
    const run = world.run({
      provider: answering(world, () => {
        world.clock.advance(3 * secondMs);
        return unanswered;
      }).provider,
    });

    await exchange(run, refreshAt(world)).catch(() => undefined);

    expect(run.progress.attempts).toBeGreaterThan(2);
    expect(run.progress.providerMs).toBe(run.progress.attempts * 3 * secondMs);
  });

  it.each([
    ['slow if no answer came in time', noAnswerInTime, true],
    ['no slower than usual if a connection broke', unanswered.reason, false],
  ])('that the provider is %s', async (_, reason, isSlow) => {
    const world = await startSeededWorld();
    const { provider, timeoutsMs } = answering(world, () => ({ kind: 'noResponse', reason }));
    const run = world.run({ provider });

    await exchange(run, refreshAt(world)).catch(() => undefined);

    expect(run.progress.isProviderSlow).toBe(isSlow);
    expect(timeoutsMs[0]).toBe(providerAttemptMs);
    expect((timeoutsMs[1] ?? 0) > providerAttemptMs).toBe(isSlow);
  });
});

it('an answer without a refresh token that is not asked for again was the only use', async () => {
  const world = await startSeededWorld();
  world.provider.orderFault({ kind: 'noRefreshToken' });

  const exchanged = await exchange(world.run(), refreshAt(world), {
    askForRefreshTokenAttempts: 1,
  });

  expect(exchanged).toMatchObject({ kind: 'granted', isOnlyUse: true });
  expect(exchanged).not.toHaveProperty('grant.refreshToken');
});

it('an exchange that there is no time for says so', async () => {
  const world = await startSeededWorld();

  await expect(refresh(world, { timeMs: secondMs })).rejects.toMatchObject({
    code: 'DeadlineExceeded',
    message: expect.stringContaining(
      "not enough of the invocation's time is left to ask the provider",
    ),
  });
});
