import { secondUses } from '../../../../local/provider/refreshTokens';
import { type LocalWorld, whole } from '../../../support/localWorld';
import { minuteMs, secondMs } from '../../../support/simulatedClock';
import { startDueWorld, startSeededWorld } from '../../../support/startWorld';
import { dyingBeforeStoring, posts, recordFollowUps } from './invocations';

/** A world whose token is fresh. */
async function startFreshWorld(options?: Parameters<typeof startDueWorld>[0]): Promise<LocalWorld> {
  const world = await startDueWorld(options);
  await world.rotate();
  world.clock.advance(10 * minuteMs);
  world.startNewEnvironment();
  world.clearRequests();
  return world;
}

describe('a direct invocation', () => {
  it('puts a message into the queue before anything is marked or sent', async () => {
    const world = await startFreshWorld();
    const { followUps, sent } = recordFollowUps();
    const before: string[][] = [];
    const looking = {
      send: async (followUp: Parameters<typeof followUps.send>[0]) => {
        before.push([...world.requests].sort());
        await followUps.send(followUp);
      },
    };

    const result = await world.rotateByHand({ force: true }, { followUps: looking });

    expect(result.outcome).toBe('rotated');
    expect(before).toEqual([['GetParameters', 'GetSecretValue']]);
    expect(sent).toEqual([{ connection: 'acme', force: true }]);
    expect(world.chainState()).toEqual(whole);
  });

  it('that finds a fresh token sends no message', async () => {
    const world = await startFreshWorld();
    const { followUps, sent } = recordFollowUps();

    const result = await world.rotateByHand({}, { followUps });

    expect(result.outcome).toBe('fresh');
    expect(sent).toEqual([]);
    expect(world.requests).toEqual(['GetSecretValue']);
  });

  it('uses no token if the queue takes no message', async () => {
    const world = await startFreshWorld();
    const denied = Object.assign(new Error('canary'), { name: 'AccessDenied' });
    const followUps = { send: () => Promise.reject(denied) };

    await expect(world.rotateByHand({ force: true }, { followUps })).rejects.toMatchObject({
      code: 'StoreUnavailable',
      message: expect.stringContaining('its queue does not take a message (AccessDenied)'),
    });

    expect(posts(world)).toEqual([]);
    expect(world.said()).not.toContain('canary');
  });

  it('sends it once, however many exchanges there are', async () => {
    const world = await startFreshWorld();
    const { followUps, sent } = recordFollowUps();
    world.provider.orderFault({ kind: 'dropAfter' }, 2);

    await world.rotateByHand({ force: true }, { followUps });

    expect(posts(world).length).toBeGreaterThan(2);
    expect(sent).toHaveLength(1);
  });

  it('sends nothing if it cannot read AWSCURRENT, whatever its environment has used: others may have gone on', async () => {
    const world = await startDueWorld();
    const heal = world.provider.orderFault({ kind: 'dropAfter' }, { forMs: 50 * secondMs });
    await expect(world.rotate()).rejects.toMatchObject({ code: 'ProviderUnavailable' });
    heal();
    world.clearRequests();
    world.aws.orderFault({ operation: 'GetSecretValue', kind: 'deny', calls: 'untilCancelled' });

    await expect(world.rotateByHand({ force: true })).rejects.toMatchObject({
      code: 'StoreUnavailable',
    });

    expect(posts(world)).toEqual([]);
  });

  it('rotates what is due without force, and a first refresh token', async () => {
    const world = await startSeededWorld();

    const seeded = await world.rotateByHand();
    world.clock.advance(25 * minuteMs);
    const due = await world.rotateByHand();

    expect([seeded.outcome, due.outcome]).toEqual(['rotated', 'rotated']);
    expect(world.chainState()).toEqual(whole);
  });
});

describe.each(secondUses)('one that dies, if a second use gives %s', (secondUse) => {
  it.each([
    ['a fresh token', startFreshWorld],
    ['a token that is due', startDueWorld],
  ] as const)('with %s is gone on with by its message', async (_, start) => {
    const world = await start({ secondUse });
    const sentAtMs = world.clock.now();
    const { followUps, sent } = recordFollowUps();
    const dying = { ...dyingBeforeStoring(world), followUps };
    await expect(world.rotateByHand({ force: true }, dying)).rejects.toThrow('ended here');
    world.startNewEnvironment();
    world.clock.advance(minuteMs);

    // Its first delivery has nothing to do.
    const [{ force } = { force: false }] = sent;
    const followUp = { receiveCount: 2, sentAtMs, isFollowUp: true, force };
    const { result } = await world.deliver(followUp);

    expect(result?.outcome).toBe('rotated');
    expect(world.chainState()).toEqual(whole);
  });

  it('beside a tick that is under way loses nothing either', async () => {
    const world = await startDueWorld({ secondUse });
    const { provider } = world.effects;
    const { followUps, sent } = recordFollowUps();
    let died = false;
    const overtaken: typeof provider = {
      ...provider,
      async requestToken(...request) {
        const answer = await provider.requestToken(...request);
        if (died) return answer;
        died = true;
        world.startNewEnvironment();
        const dying = { ...dyingBeforeStoring(world), followUps };
        await world.rotateByHand({ force: true }, dying).catch(() => undefined);
        return answer;
      },
    };
    await world.deliver({}, { provider: overtaken });
    world.startNewEnvironment();
    world.clock.advance(minuteMs);

    await world.deliver({ force: true, isFollowUp: true });
    world.clock.advance(25 * minuteMs);
    const { result } = await world.deliver();

    expect(sent).toHaveLength(1);
    expect(result?.outcome).toMatch(/^(rotated|recovered)$/);
    expect(world.chainState()).toEqual(whole);
  });
});

it('a first delivery that goes on with a direct invocation is no first use: it is marked', async () => {
  const world = await startDueWorld();

  await world.rotate({ isFollowUp: true });

  expect(world.requests.slice(0, 4)).toEqual([
    'GetSecretValue',
    'GetParameters',
    'ListSecretVersionIds',
    'UpdateSecretVersionStage',
  ]);
  expect(world.chainState()).toEqual(whole);
});
