import { secondUses } from '../../../../local/provider/refreshTokens';
import { type LocalWorld, type Message, whole } from '../../../support/localWorld';
import { minuteMs, secondMs } from '../../../support/simulatedClock';
import { startDueWorld } from '../../../support/startWorld';
import { dieBeforeStoring, posts } from './invocations';

const stagesOfCurrent = ({ stored }: LocalWorld) =>
  stored.stages()[stored.versionOf('AWSCURRENT') ?? ''];

/** An invocation whose environment is lost after so many versions were written. */
async function dieAfterPublishing(
  world: LocalWorld,
  writes: number,
  message: Message = {},
): Promise<void> {
  const { secretStore } = world.effects;
  let [left, dead] = [writes, false];
  const alive = <Args extends unknown[], T>(call: (...args: Args) => Promise<T>) => {
    return async (...args: Args) => {
      if (dead) throw new Error('the process ended here');
      return call(...args);
    };
  };
  const put: typeof secretStore.put = async (...version) => {
    await secretStore.put(...version);
    left -= 1;
    dead = left === 0;
  };
  const store = {
    readCurrent: alive(secretStore.readCurrent),
    readVersion: alive(secretStore.readVersion),
    listVersions: alive(secretStore.listVersions),
    put: alive(put),
    moveStage: alive(secretStore.moveStage),
  };
  const { provider } = world.effects;
  const rotating = world.rotate(message, {
    secretStore: store,
    provider: { ...provider, requestToken: alive(provider.requestToken) },
  });
  await expect(rotating).rejects.toThrow('the process ended here');
  world.startNewEnvironment();
}

describe.each(secondUses)(
  'an exchange that was not clean, if a second use gives %s',
  (secondUse) => {
    it('is published open and confirmed in the same invocation, its token marked before', async () => {
      const world = await startDueWorld({ secondUse });
      world.provider.orderFault({ kind: 'dropAfter' });

      const result = await world.rotate();

      expect(result.outcome).toBe('rotated');
      expect(world.requests).toEqual([
        'GetSecretValue',
        'GetParameters',
        'POST /v1/requestToken?legacy=1',
        'POST /v1/requestToken?legacy=1',
        'PutSecretValue',
        'ListSecretVersionIds',
        'UpdateSecretVersionStage',
        'GetSecretValue',
        'POST /v1/requestToken?legacy=1',
        'PutSecretValue',
      ]);
      expect(stagesOfCurrent(world)).toEqual(['AWSCURRENT']);
      expect(world.stored.versionCount()).toBe(4);
      expect(world.chainState()).toEqual(whole);
    });

    it('that is published and not confirmed is seen to by the next delivery', async () => {
      const world = await startDueWorld({ secondUse });
      const sentAtMs = world.clock.now();
      world.provider.orderFault({ kind: 'dropAfter' });
      await dieAfterPublishing(world, 1);
      expect(stagesOfCurrent(world)).toEqual(['AWSCURRENT', 'SFMC_OPEN']);
      world.clock.advance(minuteMs);

      const result = await world.rotate({ receiveCount: 2, sentAtMs });

      expect(result.outcome).toBe('rotated');
      expect(stagesOfCurrent(world)).toEqual(['AWSCURRENT']);
      expect(world.chainState()).toEqual(whole);
    });

    it('is confirmed though the access token beside it is fresh and another message came', async () => {
      const world = await startDueWorld({ secondUse });
      world.provider.orderFault({ kind: 'dropAfter' });
      await dieAfterPublishing(world, 1);
      world.clock.advance(2 * minuteMs);

      const result = await world.rotate();

      expect(result.outcome).toBe('rotated');
      expect(stagesOfCurrent(world)).toEqual(['AWSCURRENT']);
      expect(world.chainState()).toEqual(whole);
    });

    it('whose confirmation dies is begun again: a success of the second one is open in its turn', async () => {
      const world = await startDueWorld({ secondUse });
      const sentAtMs = world.clock.now();
      world.provider.orderFault({ kind: 'dropAfter' });
      await dieAfterPublishing(world, 1);
      world.clock.advance(minuteMs);
      await dieBeforeStoring(world, { receiveCount: 2, sentAtMs });
      expect(stagesOfCurrent(world)).toEqual(['AWSCURRENT', 'SFMC_OPEN', 'SFMC_SENT']);
      world.clock.advance(minuteMs);

      const { result } = await world.deliver({ receiveCount: 3, sentAtMs });

      expect(result?.outcome).toBe('rotated');
      expect(stagesOfCurrent(world)).toEqual(['AWSCURRENT']);
      expect(world.chainState()).toEqual(whole);
    });
  },
);

describe('an open end', () => {
  it('whose confirmation began late and died is seen to for five minutes more', async () => {
    const world = await startDueWorld({ secondUse: 'revokes-first' });
    world.provider.orderFault({ kind: 'dropAfter' });
    await dieAfterPublishing(world, 1);
    world.clock.advance(9 * minuteMs);
    await dieBeforeStoring(world);
    world.clock.advance(3 * minuteMs);

    const { result } = await world.deliver();

    expect(result?.outcome).toBe('rotated');
    expect(stagesOfCurrent(world)).toEqual(['AWSCURRENT']);
    expect(world.chainState()).toEqual(whole);
  });

  it('that nobody has confirmed while its forerunner could be used is let be', async () => {
    const world = await startDueWorld();
    world.provider.orderFault({ kind: 'dropAfter' });
    await dieAfterPublishing(world, 1);
    world.clock.advance(11 * minuteMs);
    world.clearRequests();

    const result = await world.rotate();

    expect(result.outcome).toBe('fresh');
    expect(world.requests).toEqual(['GetSecretValue']);
    expect(world.chainState()).toEqual(whole);
  });

  it('that was let be is used like any other: what a repetition brings of it is confirmed', async () => {
    const world = await startDueWorld({ secondUse: 'revokes-first' });
    world.provider.orderFault({ kind: 'dropAfter' });
    await dieAfterPublishing(world, 1);
    world.clock.advance(25 * minuteMs);
    const sentAtMs = world.clock.now();
    await dieBeforeStoring(world, { sentAtMs });
    expect(stagesOfCurrent(world)).toEqual(['AWSCURRENT', 'SFMC_OPEN']);
    world.clock.advance(minuteMs);
    world.clearRequests();

    await world.rotate({ receiveCount: 2, sentAtMs });

    expect(posts(world)).toHaveLength(2);
    expect(stagesOfCurrent(world)).toEqual(['AWSCURRENT']);
    expect(world.chainState()).toEqual(whole);
  });

  it.each(['ListSecretVersionIds', 'UpdateSecretVersionStage'])(
    'is confirmed though %s is denied: the escrow bears the mark',
    async (operation) => {
      const world = await startDueWorld({ secondUse: 'revokes-first' });
      world.provider.orderFault({ kind: 'dropAfter' });
      world.aws.orderFault({ operation, kind: 'deny', calls: 'untilCancelled' });
      const { provider } = world.effects;
      const marks: unknown[] = [];
      const looking: typeof provider = {
        ...provider,
        requestToken(...request) {
          marks.push(JSON.parse(world.stored.escrow() ?? '{}').sent);
          return provider.requestToken(...request);
        },
      };

      const result = await world.rotate({}, { provider: looking });

      expect(result.outcome).toBe('rotated');
      expect(marks).toEqual([undefined, undefined, true]);
      expect(stagesOfCurrent(world)).toEqual(['AWSCURRENT']);
      expect(world.chainState()).toEqual(whole);
    },
  );

  it('fails the message while it cannot be confirmed, so that the message comes again', async () => {
    const world = await startDueWorld({ secondUse: 'revokes-first' });
    world.provider.orderFault({ kind: 'dropAfter' });
    world.provider.orderFault({ kind: 'exchange', takenUp: 'now', answer: 'valid' });
    world.provider.orderFault({ kind: 'dropBefore' }, { forMs: 100 * secondMs });

    const { result, failures } = await world.deliver();

    expect(failures.length).toBeGreaterThan(0);
    expect(result?.outcome).toBe('rotated');
    expect(stagesOfCurrent(world)).toEqual(['AWSCURRENT']);
    expect(world.chainState()).toEqual(whole);
  });

  it('is confirmed from the escrow while Secrets Manager takes no writes, and all is published then', async () => {
    const world = await startDueWorld({ secondUse: 'revokes-first' });
    world.provider.orderFault({ kind: 'dropAfter' });
    const cancels = ['PutSecretValue', 'UpdateSecretVersionStage'].map((operation) =>
      world.aws.orderFault({ operation, kind: 'unavailable', calls: 'untilCancelled' }),
    );
    await expect(world.rotate()).rejects.toMatchObject({ code: 'StoreUnavailable' });
    const uses = posts(world).length;
    for (const cancel of cancels) cancel();
    world.clock.advance(minuteMs);
    world.startNewEnvironment();

    const { result } = await world.deliver({ receiveCount: 2 });

    expect(uses).toBe(3);
    expect(result?.outcome).toBe('recovered');
    expect(stagesOfCurrent(world)).toEqual(['AWSCURRENT']);
    expect(world.chainState()).toEqual(whole);
    world.clock.advance(25 * minuteMs);
    await world.rotate();
    expect(world.stored.escrow()).toBeUndefined();
    expect(world.chainState()).toEqual(whole);
  });
});

describe('a first delivery', () => {
  it('is not taken for the first use of a token that was due a message earlier', async () => {
    const world = await startDueWorld();
    world.clock.advance(2 * minuteMs);

    const result = await world.rotate();

    expect(result.outcome).toBe('rotated');
    expect(world.requests.slice(0, 5)).toEqual([
      'GetSecretValue',
      'GetParameters',
      'ListSecretVersionIds',
      'UpdateSecretVersionStage',
      'GetSecretValue',
    ]);
    expect(posts(world)).toHaveLength(2);
    expect(stagesOfCurrent(world)).toEqual(['AWSCURRENT']);
    expect(world.chainState()).toEqual(whole);
  });

  it.each([1_200, 300])(
    'follows from how often a message of the connection comes: every %d s',
    async (seconds) => {
      const world = await startDueWorld();
      world.clock.advance(10 * minuteMs);
      const settings = { ...world.invocation().settings, tickPeriodMs: seconds * secondMs };

      await world.rotate({}, { settings });

      expect(posts(world)).toHaveLength(seconds === 1_200 ? 1 : 2);
      expect(world.chainState()).toEqual(whole);
    },
  );
});
