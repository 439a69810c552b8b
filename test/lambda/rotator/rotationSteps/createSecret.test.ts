import { secondUses } from '../../../../local/provider/refreshTokens';
import { whole } from '../../../support/localWorld';
import { minuteMs, secondMs } from '../../../support/simulatedClock';
import { startDueWorld } from '../../../support/startWorld';
import { recordFollowUps } from '../rotation/invocations';
import { refreshes, upTo, versionId } from './steps';

/** Lets Secrets Manager refuse the write of the pending version, or any write of a value. */
const failWrites = {
  operation: 'PutSecretValue',
  kind: 'unavailable',
  calls: 'untilCancelled',
} as const;

describe('createSecret', () => {
  it('publishes the new token set at once, and puts a copy under AWSPENDING', async () => {
    const world = await startDueWorld();

    const result = await world.step('createSecret', versionId);

    expect(result).toMatchObject({ outcome: 'rotated', versionId });
    expect(world.stored.versionOf('AWSPENDING')).toBe(versionId);
    expect(world.stored.versionOf('AWSCURRENT')).not.toBe(versionId);
    expect(world.stored.read({ VersionId: versionId })).toEqual(world.stored.current());
    expect(world.chainState()).toEqual(whole);
  });

  it('gets over a lost answer of the provider and of Secrets Manager', async () => {
    const world = await startDueWorld();
    world.provider.orderFault({ kind: 'dropAfter' });
    world.aws.orderFault({ operation: 'PutSecretValue', kind: 'dropAfter' });

    await upTo('finishSecret', world);

    expect(world.chainState()).toEqual(whole);
  });

  it('leaves its token set to the next try in the escrow', async () => {
    const world = await startDueWorld();
    const heal = world.aws.orderFault(failWrites);
    await expect(world.step('createSecret', versionId)).rejects.toMatchObject({
      code: 'StoreUnavailable',
    });
    const parked = world.stored.escrow();
    heal();
    world.clock.advance(minuteMs);
    world.startNewEnvironment();

    await upTo('finishSecret', world);

    expect(parked).toEqual(expect.any(String));
    expect(world.stored.versionOf('AWSCURRENT')).toBe(versionId);
    expect(world.chainState()).toEqual(whole);
  });

  it('a copy that could not be written is written by the next try, without another refresh', async () => {
    const world = await startDueWorld();
    const { secretStore } = world.effects;
    const dying: typeof secretStore = {
      ...secretStore,
      put: (...version) =>
        version[3]?.includes('AWSPENDING')
          ? Promise.reject(new Error('the process ended here'))
          : secretStore.put(...version),
    };
    await expect(world.step('createSecret', versionId, { secretStore: dying })).rejects.toThrow(
      'ended here',
    );
    const before = refreshes(world);
    world.clock.advance(10 * secondMs);

    await upTo('finishSecret', world);

    expect(refreshes(world)).toBe(before);
    expect(world.stored.versionOf('AWSCURRENT')).toBe(versionId);
    expect(world.chainState()).toEqual(whole);
  });

  describe.each(secondUses)(
    'of a fresh token that dies with its environment, if a second use gives %s',
    (secondUse) => {
      async function dieInCreateSecret() {
        const world = await startDueWorld({ secondUse });
        await world.rotate();
        world.clock.advance(10 * minuteMs);
        const { secretStore } = world.effects;
        const dying: typeof secretStore = {
          ...secretStore,
          put: () => Promise.reject(new Error('the process ended here')),
        };
        const { followUps, sent } = recordFollowUps();
        const invocation = { secretStore: dying, followUps };
        await expect(world.step('createSecret', versionId, invocation)).rejects.toThrow(
          'ended here',
        );
        world.startNewEnvironment();
        return { world, sent };
      }

      it('is gone on with by the message that it has sent, a minute later', async () => {
        const { world, sent } = await dieInCreateSecret();
        expect(sent).toEqual([{ connection: 'acme', force: true }]);
        world.clock.advance(minuteMs);

        const { result } = await world.deliver({ force: true, isFollowUp: true });

        expect(result?.outcome).toBe('rotated');
        expect(world.chainState()).toEqual(whole);
      });

      it('is gone on with by Secrets Manager, which repeats the step three minutes later', async () => {
        const { world } = await dieInCreateSecret();
        world.clock.advance(3 * minuteMs);

        await upTo('finishSecret', world);

        expect(world.stored.versionOf('AWSCURRENT')).toBe(versionId);
        expect(world.chainState()).toEqual(whole);
      });

      it('is gone on with by the next tick though that finds a fresh token', async () => {
        const { world } = await dieInCreateSecret();
        world.clock.advance(4 * minuteMs);

        const { result } = await world.deliver();

        expect(result?.outcome).toBe('rotated');
        expect(world.chainState()).toEqual(whole);
      });
    },
  );
});
