import { type LocalWorld, whole } from '../../../support/localWorld';
import { minuteMs } from '../../../support/simulatedClock';
import { startDueWorld, startSeededWorld } from '../../../support/startWorld';

const versionId = '11111111-2222-3333-4444-555555555555';
const posts = ({ requests }: LocalWorld) => requests.filter((name) => name.startsWith('POST'));

/** A rotation whose process ends with the successor in its memory alone. */
async function dieBeforeStoring(
  world: Awaited<ReturnType<typeof startSeededWorld>>,
  event: { readonly force?: boolean },
): Promise<void> {
  const secretStore = {
    ...world.effects.secretStore,
    put: () => Promise.reject(new Error('the process ended here')),
  };
  await expect(world.rotate(event, { secretStore })).rejects.toThrow('the process ended here');
  world.restartProcess();
}

describe('a stranded AWSPENDING', () => {
  async function startStrandedWorld(): Promise<LocalWorld> {
    const world = await startDueWorld();
    await world.step('createSecret', versionId);
    world.startNewContainer();
    world.clearRequests();
    return world;
  }

  it('is adopted by the next tick, and its label removed', async () => {
    const world = await startStrandedWorld();
    const pending = world.stored.read({ VersionId: versionId });
    world.clock.advance(6 * minuteMs);

    const result = await world.rotate();

    expect(result.outcome).toBe('recovered');
    expect(world.stored.current()).toEqual(pending);
    expect(world.stored.versionOf('AWSPENDING')).toBeUndefined();
    expect(posts(world)).toHaveLength(2);
    expect(world.chainState()).toEqual(whole);
  });

  it('is refreshed as well where its access token is due by then', async () => {
    const world = await startStrandedWorld();
    world.clock.advance(50 * minuteMs);

    const result = await world.rotate();

    expect(result.outcome).toBe('recovered');
    expect(world.stored.versionOf('AWSPENDING')).toBeUndefined();
    expect(world.chainState()).toEqual(whole);
  });

  it('whose token set is current in a copy is finished without harm', async () => {
    const world = await startStrandedWorld();
    world.clock.advance(6 * minuteMs);
    await world.rotate();

    await world.step('finishSecret', versionId);

    expect(world.stored.versionOf('AWSCURRENT')).toBe(versionId);
    expect(world.chainState()).toEqual(whole);
  });
});

describe('a secret that CloudFormation has reset to its template value', () => {
  it('heals from the version before', async () => {
    const world = await startDueWorld();
    await world.rotate();
    const before = world.stored.current();
    world.stored.put('{}');
    world.startNewContainer();
    world.clearRequests();

    const result = await world.rotate();

    expect(result.outcome).toBe('recovered');
    expect(posts(world)).toEqual([]);
    expect(world.stored.current()).toEqual(before);
    expect(world.chainState()).toEqual(whole);
  });

  it('heals and rotates where the token is due', async () => {
    const world = await startDueWorld();
    world.stored.put('{}');

    const result = await world.rotate();

    expect(result.outcome).toBe('recovered');
    expect(posts(world)).toHaveLength(1);
    expect(world.chainState()).toEqual(whole);
  });

  it('heals from a first refresh token that was never used', async () => {
    const world = await startSeededWorld();
    world.stored.put('{}');

    const result = await world.rotate();

    expect(result.outcome).toBe('recovered');
    expect(world.chainState()).toEqual(whole);
  });
});

describe('a secret that was never seeded', () => {
  const message =
    'Connection "acme": the secret sfmc/acme holds no refresh token yet. Store the first one: npm ' +
    'run ops -- seed acme';

  async function startUnseededWorld(): Promise<LocalWorld> {
    const world = await startSeededWorld();
    world.aws.secretsManager.deleteSecret({
      SecretId: 'sfmc/acme',
      ForceDeleteWithoutRecovery: true,
    });
    return world;
  }

  it.each(['{}', '{"refreshToken":""}', '{"note":"put the first refresh token here"}'])(
    'says how to seed it, and sends nothing: %s',
    async (text) => {
      const world = await startUnseededWorld();
      world.stored.put(text);

      await expect(world.rotate()).rejects.toMatchObject({ code: 'NotSeeded', message });

      expect(posts(world)).toEqual([]);
    },
  );

  it('says so where it has no value at all', async () => {
    const world = await startUnseededWorld();
    world.aws.secretsManager.createSecret({ Name: 'sfmc/acme', ClientRequestToken: versionId });

    await expect(world.rotate()).rejects.toMatchObject({ code: 'NotSeeded', message });

    expect(posts(world)).toEqual([]);
  });

  it('is taken up once it is seeded', async () => {
    const world = await startUnseededWorld();
    world.stored.put('{}');
    await expect(world.rotate()).rejects.toMatchObject({ code: 'NotSeeded' });
    world.stored.put({ refreshToken: world.provider.refreshToken });

    const result = await world.rotate();

    expect(result.outcome).toBe('rotated');
    expect(world.chainState()).toEqual(whole);
  });
});

describe('an exchange that a crash cut off', () => {
  it.each(['same-successor', 'another-successor', 'revokes-first'] as const)(
    'is made up for though the old access token still looks fresh, where a second use gives %s',
    async (secondUse) => {
      const world = await startSeededWorld({ secondUse });
      await world.rotate();
      world.clock.advance(10 * minuteMs);
      await dieBeforeStoring(world, { force: true });
      world.clock.advance(minuteMs);

      const result = await world.rotate();

      expect(result.outcome).toBe('rotated');
      expect(world.chainState()).toEqual(whole);
    },
  );

  it('is made up for though an earlier exchange with the same token had come to nothing', async () => {
    const world = await startSeededWorld();
    await world.rotate();
    world.clock.advance(10 * minuteMs);
    world.provider.orderFault({ kind: 'refuse' }, 99);
    await expect(world.rotate({ force: true })).rejects.toMatchObject({
      code: 'ProviderUnavailable',
    });
    world.endProviderFaults();
    world.clock.advance(4 * minuteMs);
    await dieBeforeStoring(world, {});
    world.clock.advance(minuteMs);

    const result = await world.rotate();

    expect(result.outcome).toBe('rotated');
    expect(world.chainState()).toEqual(whole);
  });
});
