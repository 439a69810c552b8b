import { labels } from '../../../../lambda/core/labels';
import {
  closingReserveMs,
  messageLifeMs,
  publishReserveMs,
  shortestProviderAttemptMs,
  storeAttemptMs,
} from '../../../../lambda/core/limits';
import { whole } from '../../../support/localWorld';
import { minuteMs, secondMs } from '../../../support/simulatedClock';
import { startDueWorld } from '../../../support/startWorld';

describe('the time of the invocation', () => {
  const toReadMs = storeAttemptMs + closingReserveMs;
  const toRefreshMs = shortestProviderAttemptMs + publishReserveMs + closingReserveMs;

  it.each([
    ['even to read', toReadMs - 1, []],
    ['to refresh and publish', toRefreshMs - 1, ['GetSecretValue', 'GetParameters']],
  ])('may be too short %s: nothing is sent to the provider', async (_, timeMs, requests) => {
    const world = await startDueWorld();
    const before = world.stored.current();

    await expect(world.rotate({}, { timeMs })).rejects.toMatchObject({ code: 'DeadlineExceeded' });

    expect(world.requests).toEqual(requests);
    expect(world.stored.current()).toEqual(before);
  });

  it('ends with its message: the next one of the group may begin then', async () => {
    const world = await startDueWorld();
    world.stored.put(world.stored.current(), ['AWSCURRENT', labels.open]);
    const sentAtMs = world.clock.now() - messageLifeMs + 20 * secondMs;
    world.provider.orderFault({ kind: 'rateLimit', retryAfterSeconds: 1 }, 99);

    await expect(world.rotate({ receiveCount: 2, sentAtMs })).rejects.toMatchObject({
      code: 'ProviderUnavailable',
    });

    expect(world.tokenRequests().length).toBeGreaterThan(1);
    expect(world.clock.now()).toBeLessThanOrEqual(sentAtMs + messageLifeMs);
  });

  it('may be used up by slow reads: nothing is sent to the provider', async () => {
    const world = await startDueWorld();
    const { secretStore } = world.effects;
    const slow: typeof secretStore = {
      ...secretStore,
      async readCurrent(id) {
        world.clock.advance(1);
        return secretStore.readCurrent(id);
      },
    };
    const invocation = { secretStore: slow, timeMs: toRefreshMs };

    await expect(world.rotate({}, invocation)).rejects.toMatchObject({ code: 'DeadlineExceeded' });

    expect(world.tokenRequests()).toEqual([]);
    expect(world.chainState()).toEqual(whole);
  });

  it('suffices for a rotation if nothing is slow', async () => {
    const world = await startDueWorld();

    const result = await world.rotate({}, { timeMs: toRefreshMs });

    expect(result.outcome).toBe('rotated');
    expect(world.chainState()).toEqual(whole);
  });
});

it('a race that has no end is left to the next invocation after 170 steps', async () => {
  const world = await startDueWorld();
  const { secretStore } = world.effects;
  const before = world.stored.current();
  let rivals = 0;
  const overtaken: typeof secretStore = {
    ...secretStore,
    async moveStage(...move) {
      await secretStore.moveStage(...move);
      rivals += 1;
      world.stored.put({ ...before, accessToken: `of-rival-${rivals}` });
    },
  };
  const message = { receiveCount: 2, sentAtMs: world.clock.now() - minuteMs };

  await expect(world.rotate(message, { secretStore: overtaken })).rejects.toMatchObject({
    code: 'DeadlineExceeded',
    message:
      'Connection "acme": no end was reached in 170 steps. The next invocation goes on from here.',
  });

  const steps = ['ListSecretVersionIds', 'UpdateSecretVersionStage'];
  expect(world.requests.filter((name) => steps.includes(name))).toHaveLength(170);
  expect(world.tokenRequests()).toEqual([]);
  expect(world.stored.current().refreshToken).toBe(before.refreshToken);
});
