import { messageLifeMs, mostReceives } from '../../../../lambda/core/limits';
import { StoreFailure } from '../../../../lambda/effects/storeFailure';
import { secondUses } from '../../../../local/provider/refreshTokens';
import { whole } from '../../../support/localWorld';
import { minuteMs, secondMs } from '../../../support/simulatedClock';
import { startDueWorld } from '../../../support/startWorld';
import { posts, recordFollowUps } from './invocations';

const fleetPeriodMs = 20 * minuteMs;

/** A message of a fleet that has waited so long in the queue before it is received first. */
async function startWaited(ageMs: number, options?: Parameters<typeof startDueWorld>[0]) {
  const world = await startDueWorld(options);
  const settings = { ...world.invocation().settings, tickPeriodMs: fleetPeriodMs };
  const sentAtMs = world.clock.now() - ageMs;
  return { world, settings, sentAtMs };
}

describe('a message that is nearly over', () => {
  it.each([15.1, 17.5, 19.5])(
    'after %d minutes begins no first use: the next one of the schedule does',
    async (minutes) => {
      const { world, settings, sentAtMs } = await startWaited(minutes * minuteMs);
      const { followUps, sent } = recordFollowUps();

      await expect(world.rotate({ sentAtMs }, { settings, followUps })).rejects.toMatchObject({
        code: 'DeadlineExceeded',
        message: expect.stringContaining('Nothing was sent; the next message begins it.'),
      });

      expect(posts(world)).toEqual([]);
      expect(sent).toEqual([]);
      expect(world.chainState()).toEqual(whole);
    },
  );

  it('and that somebody has sent to force a rotation is replaced by a new one', async () => {
    const { world, settings, sentAtMs } = await startWaited(18 * minuteMs);
    const { followUps, sent } = recordFollowUps();

    await expect(
      world.rotate({ sentAtMs, force: true }, { settings, followUps }),
    ).rejects.toMatchObject({ code: 'DeadlineExceeded' });

    expect(posts(world)).toEqual([]);
    expect(sent).toEqual([{ connection: 'acme', force: true }]);
  });

  it('since it was received too often begins none either', async () => {
    const { world, settings, sentAtMs } = await startWaited(10 * minuteMs);
    const receiveCount = mostReceives - 4;

    await expect(world.rotate({ receiveCount, sentAtMs }, { settings })).rejects.toMatchObject({
      code: 'DeadlineExceeded',
    });

    expect(posts(world)).toEqual([]);
  });

  it('whose successor the queue does not take is left to the schedule', async () => {
    const { world, settings, sentAtMs } = await startWaited(18 * minuteMs);
    const followUps = { send: () => Promise.reject(new Error('canary')) };

    await expect(
      world.rotate({ sentAtMs, force: true }, { settings, followUps }),
    ).rejects.toMatchObject({ code: 'DeadlineExceeded' });

    expect(world.telemetry.warnings()).toEqual(['The queue did not take a message that goes on']);
  });

  it('finds a fresh token as any other does', async () => {
    const { world, settings } = await startWaited(0);
    await world.rotate();
    const sentAtMs = world.clock.now() - 19 * minuteMs;

    const result = await world.rotate({ sentAtMs }, { settings });

    expect(result.outcome).toBe('fresh');
  });

  it('goes on with what an earlier delivery has parked and may have sent', async () => {
    const { world, settings, sentAtMs } = await startWaited(14 * minuteMs);
    const { secretStore, provider } = world.effects;
    const fail = () => Promise.reject(new StoreFailure('Secrets Manager', 'denied', 'no writes'));
    let requests = 0;
    const losing: typeof provider = {
      ...provider,
      async requestToken(...request) {
        requests += 1;
        const answer = await provider.requestToken(...request);
        // The second one brings the successor that is parked; using that is not answered.
        return requests === 2 ? answer : { kind: 'noResponse', reason: 'lost' };
      },
    };
    const writing = { secretStore: { ...secretStore, put: fail, moveStage: fail } };
    await world.rotate({ sentAtMs }, { settings, provider: losing, ...writing }).catch(() => {});
    expect(world.stored.escrow()).toContain('"sent":true');
    world.clock.advance(minuteMs);
    world.startNewEnvironment();
    world.clearRequests();

    // The eighth: what the first one may have used without a mark is over by then.
    await world.rotate({ receiveCount: 8, sentAtMs }, { settings });

    expect(posts(world).length).toBeGreaterThan(0);
    expect(world.chainState()).toEqual(whole);
  });

  it('goes on with what an earlier delivery has begun', async () => {
    const { world, settings, sentAtMs } = await startWaited(14 * minuteMs);
    world.provider.orderFault({ kind: 'dropAfter' }, 99);
    await expect(world.rotate({ sentAtMs }, { settings })).rejects.toMatchObject({
      code: 'ProviderUnavailable',
    });
    world.endProviderFaults();
    world.clock.advance(90 * secondMs);
    world.startNewEnvironment();

    const result = await world.rotate({ receiveCount: 3, sentAtMs }, { settings });

    expect(result.outcome).toBe('rotated');
    expect(world.chainState()).toEqual(whole);
  });
});

it.each(secondUses)(
  'one that begins at the last moment sees answers that are lost for 170 s through, if a second use gives %s',
  async (secondUse) => {
    const { world, settings, sentAtMs } = await startWaited(14.9 * minuteMs, { secondUse });
    world.provider.orderFault({ kind: 'dropAfter' }, { forMs: 170 * secondMs });
    const forMs = messageLifeMs;

    const { result } = await world.deliver({ sentAtMs, forMs }, { settings });

    expect(result?.outcome).toBe('rotated');
    expect(world.chainState()).toEqual(whole);
  },
);
