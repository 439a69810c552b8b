import { secondUses } from '../../../../local/provider/refreshTokens';
import { type LocalWorld, whole } from '../../../support/localWorld';
import { minuteMs } from '../../../support/simulatedClock';
import { startDueWorld } from '../../../support/startWorld';
import { dieBeforeStoring, posts } from './invocations';

const stagesOfCurrent = ({ stored }: LocalWorld) =>
  stored.stages()[stored.versionOf('AWSCURRENT') ?? ''];

/** A world whose token is fresh: nothing is due, and nobody may have used it. */
async function startFreshWorld(options?: Parameters<typeof startDueWorld>[0]): Promise<LocalWorld> {
  const world = await startDueWorld(options);
  await world.rotate();
  world.clock.advance(10 * minuteMs);
  world.startNewEnvironment();
  world.clearRequests();
  return world;
}

describe('a use that is not a first one', () => {
  const marked = [
    'ListSecretVersionIds',
    'UpdateSecretVersionStage',
    'GetSecretValue',
    'POST /v1/requestToken?legacy=1',
    'PutSecretValue',
  ];

  it('is marked before it is sent, AWSCURRENT read again in between, and so is its confirmation', async () => {
    const world = await startFreshWorld();

    const result = await world.rotateByHand({ force: true });

    expect(result.outcome).toBe('rotated');
    expect([...world.requests].sort().slice(0, 2)).toEqual(['GetParameters', 'GetSecretValue']);
    expect(world.requests.slice(2)).toEqual([...marked, ...marked]);
    expect(stagesOfCurrent(world)).toEqual(['AWSCURRENT']);
    expect(world.chainState()).toEqual(whole);
  });

  it('finds the label on its version at the moment of sending, and nowhere else', async () => {
    const world = await startFreshWorld();
    const { provider } = world.effects;
    const seen: (readonly string[] | undefined)[] = [];
    const looking: typeof provider = {
      ...provider,
      requestToken(...request) {
        seen.push(stagesOfCurrent(world));
        return provider.requestToken(...request);
      },
    };

    await world.rotateByHand({ force: true }, { provider: looking });
    world.clock.advance(2 * minuteMs);
    await world.rotateByHand({ force: true }, { provider: looking });

    const first = ['AWSCURRENT', 'SFMC_SENT'];
    const confirmation = ['AWSCURRENT', 'SFMC_OPEN', 'SFMC_SENT'];
    expect(seen).toEqual([first, confirmation, first, confirmation]);
    expect(world.chainState()).toEqual(whole);
  });

  it.each(['throttle', 'dropBefore', 'dropAfter'] as const)(
    'is sent after the marking has met %s once',
    async (kind) => {
      const world = await startFreshWorld();
      world.aws.orderFault({ operation: 'UpdateSecretVersionStage', kind });

      const result = await world.rotateByHand({ force: true });

      expect(result.outcome).toBe('rotated');
      expect(posts(world)).toHaveLength(2);
      expect(world.chainState()).toEqual(whole);
    },
  );

  it('is not sent if AWSCURRENT moved on between mark and reading: that one is adopted', async () => {
    const world = await startFreshWorld();
    const { secretStore } = world.effects;
    let winner: string | undefined;
    const overtaken: typeof secretStore = {
      ...secretStore,
      async moveStage(...move) {
        await secretStore.moveStage(...move);
        winner ??= world.stored.put(world.stored.current());
      },
    };

    const result = await world.rotateByHand({ force: true }, { secretStore: overtaken });

    expect(result).toMatchObject({ outcome: 'fresh', versionId: winner });
    expect(posts(world)).toEqual([]);
    expect(world.chainState()).toEqual(whole);
  });
});

describe('a fresh token that cannot be marked', () => {
  it.each([
    ['by hand', (world: LocalWorld) => world.rotateByHand({ force: true })],
    [
      'by a repeated message',
      (world: LocalWorld) =>
        world.rotate({
          force: true,
          receiveCount: 8,
          sentAtMs: world.clock.now() - 8 * minuteMs,
        }),
    ],
  ])('is not sent %s', async (_, rotate) => {
    const world = await startFreshWorld();
    world.aws.orderFault({
      operation: 'UpdateSecretVersionStage',
      kind: 'deny',
      calls: 'untilCancelled',
    });

    await expect(rotate(world)).rejects.toMatchObject({
      code: 'StoreUnavailable',
      message: expect.stringContaining(
        'The refresh token was not sent: without a mark a crash could lose its successor.',
      ),
    });

    expect(posts(world)).toEqual([]);
    expect(world.chainState()).toEqual(whole);
  });
});

it('a token that is due is sent though it cannot be marked: what is due is never taken for unused', async () => {
  const world = await startDueWorld();
  world.clock.advance(2 * minuteMs);
  world.aws.orderFault({
    operation: 'UpdateSecretVersionStage',
    kind: 'deny',
    calls: 'untilCancelled',
  });

  const { result } = await world.deliver();

  expect(result?.outcome).toBe('rotated');
  expect(world.chainState()).toEqual(whole);
});

describe.each(secondUses)(
  'a mark found on a fresh token, if a second use gives %s',
  (secondUse) => {
    it('is resolved by the next message: its successor is had again, and confirmed', async () => {
      const world = await startFreshWorld({ secondUse });
      const { refreshToken } = world.stored.current();
      const dying = { ...world.effects.secretStore, put: () => Promise.reject(new Error('ended')) };
      await expect(world.rotateByHand({ force: true }, { secretStore: dying })).rejects.toThrow(
        'ended',
      );
      expect(stagesOfCurrent(world)).toEqual(['AWSCURRENT', 'SFMC_SENT']);
      world.startNewEnvironment();
      world.clock.advance(3 * minuteMs);

      const result = await world.rotate();

      expect(result.outcome).toBe('rotated');
      expect(world.stored.current().refreshToken).not.toBe(refreshToken);
      expect(stagesOfCurrent(world)).toEqual(['AWSCURRENT']);
      expect(world.chainState()).toEqual(whole);
    });

    it('by a forced message that died is resolved by its repetition', async () => {
      const world = await startFreshWorld({ secondUse });
      const sentAtMs = world.clock.now();
      await dieBeforeStoring(world, { force: true });
      world.clock.advance(minuteMs);

      const { result } = await world.deliver({ force: true, receiveCount: 2, sentAtMs });

      expect(result?.outcome).toBe('rotated');
      expect(stagesOfCurrent(world)).toEqual(['AWSCURRENT']);
      expect(world.chainState()).toEqual(whole);
    });
  },
);

it('a mark on another version than AWSCURRENT means nothing', async () => {
  const world = await startFreshWorld();
  await world.rotateByHand({ force: true });
  world.clock.advance(minuteMs);
  world.clearRequests();

  const result = await world.rotate();

  expect(result.outcome).toBe('fresh');
  expect(world.requests).toEqual(['GetSecretValue']);
});
