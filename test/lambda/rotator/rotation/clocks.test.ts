import { type LocalWorld, whole } from '../../../support/localWorld';
import { minuteMs } from '../../../support/simulatedClock';
import { startDueWorld } from '../../../support/startWorld';
import type { StoredTokenSet } from '../../../support/storedConnection';

const hourMs = 60 * minuteMs;

/** What a machine whose clock is so far ahead would have put there just now. */
function datedAhead({ clock, stored }: LocalWorld, aheadMs: number): StoredTokenSet {
  const iso = (ms: number) => new Date(clock.now() + aheadMs + ms).toISOString();
  return { ...stored.current(), issuedAt: iso(0), expiresAt: iso(hourMs) };
}

describe('a token set that was dated by a clock that is wrong', () => {
  it.each([1, 3, 24])('%d hours ahead is due at once, never fresh', async (hours) => {
    const world = await startDueWorld();
    world.stored.put(datedAhead(world, hours * hourMs));

    const { result } = await world.deliver();

    expect(result?.outcome).toBe('rotated');
    expect(Date.parse(world.stored.current().expiresAt ?? '')).toBe(world.clock.now() + hourMs);
    expect(world.chainState()).toEqual(whole);
  });

  it('to live for a week is due at once', async () => {
    const world = await startDueWorld();
    const expiresAt = new Date(world.clock.now() + 7 * 24 * hourMs).toISOString();
    world.stored.put({ ...world.stored.current(), expiresAt });

    const { result } = await world.deliver();

    expect(result?.outcome).toBe('rotated');
    expect(world.chainState()).toEqual(whole);
  });

  it('a few minutes ahead, as two environments may differ, is as fresh as it says', async () => {
    const world = await startDueWorld();
    await world.rotate();
    world.stored.put(datedAhead(world, 5 * minuteMs));
    world.clearRequests();

    const result = await world.rotate();

    expect(result.outcome).toBe('fresh');
    expect(world.requests).toEqual(['GetSecretValue']);
  });

  it('is marked before its token is used: nobody can know whether it was', async () => {
    const world = await startDueWorld();
    world.clock.advance(10 * minuteMs);
    const version = world.stored.put(datedAhead(world, 3 * hourMs));
    world.clock.advance(10 * minuteMs);
    const { provider } = world.effects;
    const marked: (string | undefined)[] = [];
    const looking: typeof provider = {
      ...provider,
      requestToken(...request) {
        marked.push(world.stored.versionOf('SFMC_SENT'));
        return provider.requestToken(...request);
      },
    };

    await world.rotate({}, { provider: looking });

    expect(marked[0]).toBe(version);
    expect(world.chainState()).toEqual(whole);
  });
});

it('an environment whose clock is behind finds due what an earlier delivery has found due', async () => {
  const world = await startDueWorld();
  const sentAtMs = world.clock.now();
  world.provider.orderFault({ kind: 'dropAfter' }, 99);
  await expect(world.rotate()).rejects.toMatchObject({ code: 'ProviderUnavailable' });
  world.endProviderFaults();
  world.startNewEnvironment();
  // The next environment's clock shows 9 minutes less.
  const behindMs = world.clock.now() - 9 * minuteMs;
  const clock = { ...world.clock, now: () => behindMs, sleep: world.clock.sleep };

  const repeated = world.rotate(
    { receiveCount: 2, sentAtMs },
    { clock, deadlineMs: behindMs + 40_000 },
  );

  await expect(repeated).resolves.toMatchObject({ outcome: 'rotated' });
  expect(world.chainState()).toEqual(whole);
});
