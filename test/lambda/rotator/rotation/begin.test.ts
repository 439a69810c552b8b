import type { Delivery } from '../../../../lambda/core/delivery';
import { reuseWindowMs } from '../../../../lambda/core/limits';
import { observe, runOf } from '../../../../lambda/rotator/rotation';
import type { Run } from '../../../../lambda/rotator/run';
import type { LocalWorld } from '../../../support/localWorld';
import { minuteMs } from '../../../support/simulatedClock';
import { startDueWorld } from '../../../support/startWorld';
import { issued, notSeeded, versionOf } from '../../core/facts';

const byHand: Delivery = { by: 'hand' };

async function startFreshWorld(): Promise<LocalWorld> {
  const world = await startDueWorld();
  world.clock.advance(-15 * minuteMs);
  world.clearRequests();
  return world;
}

/** A delivery of a message that was sent with the first of them, a minute apart. */
const delivered = (world: LocalWorld, receiveCount: number): Delivery => ({
  by: 'queue',
  receiveCount,
  sentAtMs: world.clock.now() - (receiveCount - 1) * minuteMs,
});

/** What is known as an invocation begins that was asked for so. */
function begin(
  world: LocalWorld,
  delivery: Delivery,
  { prepare = (_: Run): void => undefined, force = false } = {},
) {
  const run = runOf(world.invocation(), { connection: 'acme', force, delivery });
  prepare(run);
  return observe(run).then((facts) => ({ facts, run }));
}

const used =
  (world: LocalWorld, agoMs: number) =>
  ({ memory }: Run): void => {
    memory.lastUsedAtMs = world.clock.now() - agoMs;
  };

describe('an invocation that begins', () => {
  it('knows nothing of its own yet', async () => {
    const world = await startFreshWorld();

    const { facts, run } = await begin(world, delivered(world, 1));

    expect(facts).toMatchObject({
      isOwnCurrent: false,
      isRecalled: false,
      currentMayBeStale: false,
      parameters: undefined,
      parametersMissing: false,
      escrowPresent: false,
      escrowUnknown: false,
      listFailed: false,
      refusesWrites: false,
      markFailed: false,
      isOwnMark: false,
      mayBeUsedUnseen: false,
      mayBeUsedBetween: false,
      lacksSuccessor: false,
      repaired: false,
      endpointsAsked: false,
      followUpSent: true,
      refreshes: 0,
    });
    expect(run.progress.staysToDeadline).toBe(false);
    expect(world.requests).toEqual(['GetSecretValue']);
  });

  it('has a message to send if there is a queue', async () => {
    const world = await startFreshWorld();

    const { facts } = await begin(world, byHand, {
      prepare: (run) => Object.assign(run, { followUps: { send: async () => undefined } }),
    });

    expect(facts.followUpSent).toBe(false);
  });

  it('reads the parameters as well if a refresh is likely', async () => {
    const world = await startFreshWorld();
    const left = (ms: number) => (run: Run) => {
      run.memory.expiresAtMs = world.clock.now() + ms;
    };
    const reads = async (options: Parameters<typeof begin>[2]) => {
      world.clearRequests();
      await begin(world, delivered(world, 1), options);
      return world.requests.includes('GetParameters');
    };

    expect(await reads({})).toBe(false);
    expect(await reads({ force: true })).toBe(true);
    expect(await reads({ prepare: left(40 * minuteMs - 1) })).toBe(true);
    expect(await reads({ prepare: left(40 * minuteMs) })).toBe(false);
  });

  it('reads them in a repetition too, unless this environment has handled the ones before', async () => {
    const world = await startFreshWorld();
    const sentAtMs = world.clock.now();
    const reads = async (receiveCount: number) => {
      world.clearRequests();
      await begin(world, { by: 'queue', receiveCount, sentAtMs });
      return world.requests.includes('GetParameters');
    };

    expect(await reads(12)).toBe(true);
    world.startNewEnvironment();
    expect([await reads(1), await reads(2), await reads(3)]).toEqual([false, false, false]);
    world.startNewEnvironment();
    expect(await reads(4)).toBe(true);
  });

  it('needs no parameters for a token that is fresh, and fails without them for one that is due', async () => {
    const denied = async (world: LocalWorld) => {
      world.aws.orderFault({ operation: 'GetParameters', kind: 'deny', calls: 'untilCancelled' });
      return begin(world, delivered(world, 1), {
        prepare: ({ memory }) => {
          memory.expiresAtMs = 0;
        },
      });
    };

    const { facts } = await denied(await startFreshWorld());
    expect(facts.parameters).toBeUndefined();
    await expect(denied(await startDueWorld())).rejects.toMatchObject({ code: 'StoreUnavailable' });
  });
});

describe('an earlier use may have been the first one', () => {
  it('if deliveries before this one were not seen', async () => {
    const world = await startFreshWorld();
    const known = async (delivery: Delivery) => {
      world.startNewEnvironment();
      const { facts, run } = await begin(world, delivery);
      expect(run.progress.staysToDeadline).toBe(facts.mayBeUsedUnseen);
      return [facts.mayBeUsedUnseen, facts.mayBeUsedBetween];
    };

    expect(await known(delivered(world, 1))).toEqual([false, false]);
    expect(await known(delivered(world, 2))).toEqual([true, false]);
    expect(await known(delivered(world, 3))).toEqual([true, true]);
    expect(await known(delivered(world, 12))).toEqual([false, false]);
    expect(await known(byHand)).toEqual([false, false]);
  });

  it('but not if this environment has handled all of them, one after the other', async () => {
    const world = await startFreshWorld();
    const sentAtMs = world.clock.now();
    const unseen = async (receiveCount: number, at = sentAtMs) => {
      const { facts } = await begin(world, { by: 'queue', receiveCount, sentAtMs: at });
      return facts.mayBeUsedUnseen;
    };

    expect([await unseen(1), await unseen(2), await unseen(3)]).toEqual([false, false, false]);
    expect(await unseen(5)).toBe(true);
    expect(await unseen(6)).toBe(true);
    expect(await unseen(1)).toBe(false);
    expect(await unseen(2, sentAtMs - 1)).toBe(true);
  });

  it('if this environment has used a token whose successor can still be had', async () => {
    const world = await startFreshWorld();
    const within = used(world, reuseWindowMs - 1);

    const { facts, run } = await begin(world, byHand, { prepare: within });

    expect([facts.mayBeUsedUnseen, facts.mayBeUsedBetween]).toEqual([true, false]);
    expect(run.progress.staysToDeadline).toBe(true);
  });

  it('if AWSCURRENT has an open end, for which the invocation stays to its deadline', async () => {
    const world = await startFreshWorld();
    world.stored.put(world.stored.current(), ['AWSCURRENT', 'SFMC_OPEN']);

    const { facts, run } = await begin(world, delivered(world, 1));

    expect(facts.mayBeUsedUnseen).toBe(false);
    expect(run.progress.staysToDeadline).toBe(true);
  });

  it('so that a repetition reads again what is denied, and a first delivery does not', async () => {
    const denied = async (receiveCount: number) => {
      const world = await startFreshWorld();
      const sentAtMs = world.clock.now();
      await begin(world, { by: 'queue', receiveCount: 1, sentAtMs });
      world.aws.orderFault({ operation: 'GetSecretValue', kind: 'deny' });
      const { run } = await begin(world, { by: 'queue', receiveCount, sentAtMs });
      return run.progress.staysToDeadline;
    };

    expect(await denied(2)).toBe(false);
    await expect(denied(1)).rejects.toMatchObject({ code: 'StoreUnavailable' });
  });
});

it('a mark is its own if it stands on AWSCURRENT, and nothing was used since', async () => {
  const world = await startFreshWorld();
  const isOwn = async (marked: string | undefined, agoMs = reuseWindowMs) => {
    const { facts } = await begin(world, byHand, {
      prepare: (run) => {
        used(world, agoMs)(run);
        if (marked !== undefined) run.memory.marked = marked;
        else delete run.memory.marked;
      },
    });
    return facts.isOwnMark;
  };

  expect(await isOwn(world.stored.versionOf('AWSCURRENT'))).toBe(true);
  expect(await isOwn(world.stored.versionOf('AWSCURRENT'), 0)).toBe(false);
  expect(await isOwn('another')).toBe(false);
  expect(await isOwn(undefined)).toBe(false);
});

describe('a version that a person has put back', () => {
  const holding = (token: string, versionId: string) => versionOf(issued(token), { versionId });
  const isPutBackUsed = async (
    inUseOf: (token: string, currentId: string) => ReturnType<typeof holding>[],
    agoMs = 0,
  ) => {
    const world = await startFreshWorld();
    const { refreshToken = '' } = world.stored.current();
    const { facts } = await begin(world, delivered(world, 1), {
      prepare: (run) => {
        used(world, agoMs)(run);
        run.memory.inUse = inUseOf(refreshToken, world.stored.versionOf('AWSCURRENT') ?? '');
      },
    });
    return facts.isPutBackUsed;
  };
  const last = holding('last', 'last');

  it('may hold a token that this environment has used', async () => {
    expect(await isPutBackUsed((token) => [last, holding(token, 'before')])).toBe(true);
    expect(await isPutBackUsed((token) => [holding(token, 'before'), last])).toBe(true);
    const emptied = versionOf(notSeeded, { versionId: 'emptied' });
    expect(await isPutBackUsed((token) => [emptied, holding(token, 'before')])).toBe(true);
  });

  it('holds none if it is the last one, was never used, or was used long ago', async () => {
    expect(await isPutBackUsed((token, id) => [holding(token, id)])).toBe(false);
    expect(await isPutBackUsed(() => [last])).toBe(false);
    expect(await isPutBackUsed(() => [])).toBe(false);
    expect(await isPutBackUsed((token) => [last, holding(token, 'before')], reuseWindowMs)).toBe(
      false,
    );
  });
});

it('a rotation that fails for another reason than a broken chain tells the bus of none', async () => {
  const world = await startDueWorld();
  const put: unknown[] = [];
  world.stored.putParameter('client-secret', 'wrong');

  const events = { put: async (event: unknown) => void put.push(event) };
  await expect(world.rotate({}, { events })).rejects.toMatchObject({ code: 'CredentialsRejected' });

  expect(put).toEqual([]);
});
