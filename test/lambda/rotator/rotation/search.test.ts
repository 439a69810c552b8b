import { type LocalWorld, whole } from '../../../support/localWorld';
import { minuteMs } from '../../../support/simulatedClock';
import { startDueWorld } from '../../../support/startWorld';
import { refreshedUnseen } from './invocations';

const passing = ['throttle', 'internal', 'unavailable', 'dropBefore', 'dropAfter'] as const;
const lasting = ['deny', 'denyKms', 'limitExceeded'] as const;

/** AWSCURRENT's token was used by something else: its successor is in a labelled version. */
async function startStrandedWorld(): Promise<LocalWorld> {
  const world = await startDueWorld();
  world.stored.put(refreshedUnseen(world, world.stored.current().refreshToken), ['ELSEWHERE']);
  world.clock.advance(6 * minuteMs);
  return world;
}

describe('the search for another refresh token', () => {
  it.each(passing)('gets over %s of the list', async (kind) => {
    const world = await startStrandedWorld();
    world.aws.orderFault({ operation: 'ListSecretVersionIds', kind });

    const result = await world.rotate();

    expect(result.outcome).toBe('recovered');
    expect(world.chainState()).toEqual(whole);
  });

  it.each(lasting)('is taken up by the next delivery after %s of the list', async (kind) => {
    const world = await startStrandedWorld();
    const operation = 'ListSecretVersionIds';
    world.aws.orderFault({ operation, kind, calls: 6 });

    const { result } = await world.deliver({ keepsEnvironment: true });

    expect(result?.outcome).toBe('recovered');
    expect(world.chainState()).toEqual(whole);
  });

  it.each([...passing, ...lasting])('goes on after %s of a version', async (kind) => {
    const world = await startStrandedWorld();
    const { secretStore } = world.effects;
    let struck = false;
    const failing: typeof secretStore = {
      ...secretStore,
      readVersion(...version) {
        if (!struck) world.aws.orderFault({ operation: 'GetSecretValue', kind });
        struck = true;
        return secretStore.readVersion(...version);
      },
    };

    const { result } = await world.deliver({}, { secretStore: failing });

    expect(struck).toBe(true);
    expect(result?.outcome).toBe('recovered');
    expect(world.chainState()).toEqual(whole);
  });

  it('does not end at a version that is gone, or that holds what nobody can read', async () => {
    const world = await startStrandedWorld();
    world.stored.put('no JSON', ['AWSPENDING']);
    const { secretStore } = world.effects;
    const gone: typeof secretStore = {
      ...secretStore,
      async listVersions(id) {
        const listed = await secretStore.listVersions(id);
        return [...listed, { versionId: 'x'.repeat(32), stages: ['GONE'], createdAtMs: 0 }];
      },
    };

    const result = await world.rotate({}, { secretStore: gone });

    expect(result.outcome).toBe('recovered');
    expect(world.chainState()).toEqual(whole);
  });
});
