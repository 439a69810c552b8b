import { StoreFailure } from '../../../../lambda/effects/storeFailure';
import { SECOND_USES } from '../../../../local/provider/refreshTokens';
import { type LocalWorld, type Overrides, whole } from '../../../support/localWorld';
import { minuteMs, secondMs } from '../../../support/simulatedClock';
import { startDueWorld } from '../../../support/startWorld';

type Happening = () => Promise<unknown>;

/** An invocation that something happens to just before it publishes. */
function beforePublishing(world: LocalWorld, happening: Happening): Overrides {
  const { secretStore } = world.effects;
  let happened = false;
  return {
    secretStore: {
      ...secretStore,
      async put(...version) {
        if (!happened) {
          happened = true;
          await happening();
        }
        return secretStore.put(...version);
      },
    },
  };
}

/** An invocation that something happens to just before it sends its refresh token. */
function beforeRefreshing(world: LocalWorld, happening: Happening): Overrides {
  const { provider } = world.effects;
  let happened = false;
  return {
    provider: {
      ...provider,
      async requestToken(request, timeoutMs) {
        if (!happened) {
          happened = true;
          await happening();
        }
        return provider.requestToken(request, timeoutMs);
      },
    },
  };
}

/** Lets one invocation wait for another. */
function signal() {
  let give = () => {};
  const given = new Promise<void>((resolve) => {
    give = resolve;
  });
  return { given, give: () => give() };
}

/** An invocation at the same time in a container of its own. */
function another(world: LocalWorld, overrides: Overrides = {}) {
  world.clock.advance(secondMs);
  world.startNewContainer();
  return world.rotate({}, overrides);
}

async function rotateOnceDueAgain(world: LocalWorld) {
  world.clock.advance(25 * minuteMs);
  world.startNewContainer();
  return world.rotate();
}

describe.each(SECOND_USES)('two invocations at once, where a second use gives %s', (secondUse) => {
  it('leave the chain whole when the other one is done before this one refreshes', async () => {
    const world = await startDueWorld({ secondUse });

    await world.rotate(
      {},
      beforeRefreshing(world, () => another(world)),
    );

    expect(world.chainState()).toEqual(whole);
  });

  it('heal when the other one is done before this one publishes', async () => {
    const world = await startDueWorld({ secondUse });
    await world.rotate(
      {},
      beforePublishing(world, () => another(world)),
    );
    const { accessToken } = world.chainState();

    const result = await rotateOnceDueAgain(world);

    expect(accessToken).toBe('valid');
    // Where the other one's use revoked this one's successor, the one in AWSPREVIOUS is alive.
    expect(result.outcome).toBe(secondUse === 'revokes-first' ? 'recovered' : 'rotated');
    expect(world.chainState()).toEqual(whole);
  });

  it('heal among three of which the last to refresh is the first to publish', async () => {
    const world = await startDueWorld({ secondUse });
    const third = () => another(world);
    const second = () => another(world, beforePublishing(world, third));
    await world.rotate({}, beforePublishing(world, second));

    const result = await rotateOnceDueAgain(world);

    expect(result.outcome).toBe(secondUse === 'revokes-first' ? 'recovered' : 'rotated');
    expect(world.chainState()).toEqual(whole);
  });

  it('heal in whatever order their times say, by trying each version', async () => {
    const world = await startDueWorld({ secondUse });
    const simultaneous = (overrides: Overrides = {}) => {
      world.startNewContainer();
      return world.rotate({}, overrides);
    };
    const second = () => simultaneous(beforePublishing(world, () => simultaneous()));
    await world.rotate({}, beforePublishing(world, second));

    await rotateOnceDueAgain(world);

    expect(world.chainState()).toEqual(whole);
  });

  it('leave in the escrow what the other one has parked there since', async () => {
    const world = await startDueWorld({ secondUse });
    const { secretStore } = world.effects;
    const out = () => Promise.reject(new StoreFailure('Secrets Manager', 'transient', 'is out'));
    const parked = signal();
    const healed = signal();
    const untilHealed: typeof secretStore.put = async (...version) => {
      if (world.stored.escrow() === undefined) return out();
      parked.give();
      await healed.given;
      return secretStore.put(...version);
    };
    let winner: Promise<unknown> | undefined;
    const { provider } = beforeRefreshing(world, () => {
      winner = another(world, {
        timeMs: 60_000,
        secretStore: { ...secretStore, put: untilHealed },
      });
      return parked.given;
    });
    const loser = world.rotate(
      {},
      { ...(provider && { provider }), secretStore: { ...secretStore, put: out } },
    );
    await expect(loser).rejects.toMatchObject({ code: 'StoreUnavailable' });
    healed.give();
    await winner;

    await rotateOnceDueAgain(world);

    expect(world.chainState()).toEqual(whole);
  });

  it('adopt the winner where this one read AWSCURRENT too early', async () => {
    const world = await startDueWorld({ secondUse });
    await another(world);
    const winner = world.stored.versionOf('AWSCURRENT');
    world.clock.advance(6 * minuteMs);
    world.startNewContainer();
    world.clearRequests();
    world.aws.orderFault({ operation: 'GetSecretValue', kind: 'staleRead' });

    const result = await world.rotate();

    expect(result).toMatchObject({ outcome: 'fresh', versionId: winner });
    expect(world.requests).toEqual([
      'GetSecretValue',
      'GetParameters',
      'POST /v1/requestToken?legacy=1',
      'GetSecretValue',
    ]);
    expect(world.stored.versionOf('AWSCURRENT')).toBe(winner);
    expect(world.chainState()).toEqual(whole);
  });

  it('adopt the winner where the rotation was forced: it has just been rotated', async () => {
    const world = await startDueWorld({ secondUse });
    await another(world);
    world.clock.advance(6 * minuteMs);
    world.startNewContainer();
    world.clearRequests();
    world.aws.orderFault({ operation: 'GetSecretValue', kind: 'staleRead' });

    const result = await world.rotate({ force: true });

    expect(result.outcome).toBe('fresh');
    expect(world.requests.filter((name) => name.startsWith('POST'))).toHaveLength(1);
    expect(world.chainState()).toEqual(whole);
  });
});
