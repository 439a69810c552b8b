import { StoreFailure } from '../../../../lambda/effects/storeFailure';
import { secondUses } from '../../../../local/provider/refreshTokens';
import { type LocalWorld, type Overrides, whole } from '../../../support/localWorld';
import { minuteMs, secondMs } from '../../../support/simulatedClock';
import { startDueWorld } from '../../../support/startWorld';
import {
  another,
  aroundRefreshing,
  beforePublishing,
  beforeRefreshing,
  posts,
} from './invocations';

/** As the schedule goes on with it, until whatever the race has left behind is seen to. */
async function keepForAnHour(world: LocalWorld): Promise<void> {
  for (let tick = 0; tick < 12; tick++) {
    world.startNewEnvironment();
    await world.deliver({ forMs: 5 * minuteMs });
    world.clock.advance(5 * minuteMs);
  }
}

/** By hand at the same time, in an environment of its own. */
async function byHand(world: LocalWorld, overrides: Overrides = {}): Promise<void> {
  world.clock.advance(30);
  world.startNewEnvironment();
  // What it answers matters to nobody here: what it leaves behind does.
  await world.rotateByHand({ force: true }, overrides).catch(() => undefined);
}

/** Secrets Manager takes no value for so long. */
function withoutWrites({ effects, clock }: LocalWorld, forMs: number): Overrides {
  const { secretStore } = effects;
  const untilMs = clock.now() + forMs;
  return {
    secretStore: {
      ...secretStore,
      async put(...version) {
        if (clock.now() >= untilMs) return secretStore.put(...version);
        clock.advance(500);
        throw new StoreFailure('Secrets Manager', 'transient', 'is out');
      },
    },
  };
}

describe.each(secondUses)('two invocations at once, if a second use gives %s', (secondUse) => {
  it('leave the chain whole when the other one is done before this one refreshes', async () => {
    const world = await startDueWorld({ secondUse });

    await world.rotate(
      {},
      beforeRefreshing(world, () => another(world)),
    );
    await keepForAnHour(world);

    expect(world.chainState()).toEqual(whole);
  });

  it('heal when the other one is done before this one publishes', async () => {
    const world = await startDueWorld({ secondUse });
    await world.rotate(
      {},
      beforePublishing(world, () => another(world)),
    );
    const { accessToken } = world.chainState();

    await keepForAnHour(world);

    expect(accessToken).toBe('valid');
    expect(world.chainState()).toEqual(whole);
  });

  it('heal among three, when the last to refresh is the first to publish', async () => {
    const world = await startDueWorld({ secondUse });
    const third = () => another(world);
    const second = () => another(world, beforePublishing(world, third));
    await world.rotate({}, beforePublishing(world, second));

    await keepForAnHour(world);

    expect(world.chainState()).toEqual(whole);
  });

  it('heal in whatever order their times say, by trying each version', async () => {
    const world = await startDueWorld({ secondUse });
    const simultaneous = (overrides: Overrides = {}) => {
      world.startNewEnvironment();
      return world.rotate({}, overrides);
    };
    const second = () => simultaneous(beforePublishing(world, () => simultaneous()));
    await world.rotate({}, beforePublishing(world, second));

    await keepForAnHour(world);

    expect(world.chainState()).toEqual(whole);
  });

  it.each([
    ['after', 'before'],
    ['before', 'after'],
  ] as const)(
    'keep both successors while nothing can be published: a tick, taken up %s one by hand',
    async (_, when) => {
      const world = await startDueWorld({ secondUse });
      const out = withoutWrites(world, 45 * secondMs);
      const meanwhile = aroundRefreshing(world, when, () => byHand(world, out));

      await world.deliver({}, { ...out, ...meanwhile });
      await keepForAnHour(world);

      expect(world.chainState()).toEqual(whole);
    },
  );

  it('adopt the winner if this one read AWSCURRENT too early', async () => {
    const world = await startDueWorld({ secondUse });
    await world.rotate();
    const winner = world.stored.versionOf('AWSCURRENT');
    world.clock.advance(6 * minuteMs);
    world.startNewEnvironment();
    world.clearRequests();
    world.aws.orderFault({ operation: 'GetSecretValue', kind: 'staleRead' });

    const result = await world.rotate();

    expect(result).toMatchObject({ outcome: 'fresh', versionId: winner });
    // The stale one has been due since before the last message: it is marked first, and read again.
    expect(posts(world)).toEqual([]);
    expect(world.stored.versionOf('AWSCURRENT')).toBe(winner);
    expect(world.chainState()).toEqual(whole);
  });

  it('adopt the winner if the rotation was forced: it has just been rotated', async () => {
    const world = await startDueWorld({ secondUse });
    await world.rotate();
    world.clock.advance(6 * minuteMs);
    world.startNewEnvironment();
    world.clearRequests();
    world.aws.orderFault({ operation: 'GetSecretValue', kind: 'staleRead' });

    const result = await world.rotate({ force: true });

    expect(result.outcome).toBe('fresh');
    expect(posts(world)).toEqual([]);
    expect(world.chainState()).toEqual(whole);
  });
});

it('a rotation by hand sends nothing while Secrets Manager takes no mark', async () => {
  const world = await startDueWorld();
  world.aws.orderFault({
    operation: 'UpdateSecretVersionStage',
    kind: 'unavailable',
    calls: 'untilCancelled',
  });

  await expect(world.rotateByHand({ force: true })).rejects.toMatchObject({
    code: 'StoreUnavailable',
  });

  expect(posts(world)).toEqual([]);
  expect(world.chainState()).toEqual(whole);
});
