import { secondUses } from '../../../../local/provider/refreshTokens';
import { whole } from '../../../support/localWorld';
import { minuteMs, secondMs } from '../../../support/simulatedClock';
import { startDueWorld } from '../../../support/startWorld';
import { dieBeforeStoring } from './invocations';

describe.each(secondUses)('if a second use gives %s', (secondUse) => {
  it.each([1, 2, 3, 4])(
    'a message whose first %d invocations end before they store loses nothing',
    async (deaths) => {
      const world = await startDueWorld({ secondUse });
      const sentAtMs = world.clock.now();
      for (let receiveCount = 1; receiveCount <= deaths; receiveCount++) {
        await dieBeforeStoring(world, { receiveCount, sentAtMs });
        world.clock.advance(minuteMs);
      }

      const { result } = await world.deliver({ receiveCount: deaths + 1, sentAtMs });

      expect(result?.outcome).toBe('rotated');
      expect(world.chainState()).toEqual(whole);
    },
  );

  it('a forced message of a fresh token does not either, though it looks fresh to the repetition', async () => {
    const world = await startDueWorld({ secondUse });
    await world.rotate();
    world.clock.advance(10 * minuteMs);
    const sentAtMs = world.clock.now();
    await dieBeforeStoring(world, { force: true });
    world.clock.advance(minuteMs);

    const { result } = await world.deliver({ force: true, receiveCount: 2, sentAtMs });

    expect(result?.outcome).toBe('rotated');
    expect(world.chainState()).toEqual(whole);
  });

  it('an earlier exchange with the same token that has come to nothing changes nothing', async () => {
    const world = await startDueWorld({ secondUse });
    const sentAtMs = world.clock.now();
    const heal = world.provider.orderFault({ kind: 'refuse' }, { forMs: 50 * secondMs });
    await expect(world.rotate()).rejects.toMatchObject({ code: 'ProviderUnavailable' });
    heal();
    world.clock.advance(30 * secondMs);
    await dieBeforeStoring(world, { receiveCount: 2, sentAtMs });
    world.clock.advance(minuteMs);

    const { result } = await world.deliver({ receiveCount: 3, sentAtMs });

    expect(result?.outcome).toBe('rotated');
    expect(world.chainState()).toEqual(whole);
  });

  it('a death after storing, before the end, is no reason to rotate again', async () => {
    const world = await startDueWorld({ secondUse });
    const sentAtMs = world.clock.now();
    const { secretStore } = world.effects;
    const dying: typeof secretStore = {
      ...secretStore,
      async put(...version) {
        await secretStore.put(...version);
        throw new Error('the process ended here');
      },
    };
    await expect(world.rotate({}, { secretStore: dying })).rejects.toThrow('ended here');
    const stored = world.stored.versionOf('AWSCURRENT');
    world.startNewEnvironment();
    world.clock.advance(minuteMs);

    const result = await world.rotate({ receiveCount: 2, sentAtMs });

    expect(result).toMatchObject({ outcome: 'fresh', versionId: stored });
    expect(world.chainState()).toEqual(whole);
  });
});
