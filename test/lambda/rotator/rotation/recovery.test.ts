import { type LocalWorld, whole } from '../../../support/localWorld';
import { minuteMs } from '../../../support/simulatedClock';
import { startDueWorld, startSeededWorld } from '../../../support/startWorld';
import { posts, refreshedUnseen } from './invocations';

const versionId = '11111111-2222-3333-4444-555555555555';

describe('a refresh token that was used by something else', () => {
  it.each(['AWSPENDING', 'SFMC_SALVAGED', 'MY_LABEL'])(
    'is made up for by the version that holds its successor under %s, which stays there',
    async (label) => {
      const world = await startDueWorld();
      const successor = refreshedUnseen(world, world.stored.current().refreshToken);
      const versionId = world.stored.put(successor, [label]);
      world.clock.advance(6 * minuteMs);

      const result = await world.rotate();

      expect(result.outcome).toBe('recovered');
      expect(world.stored.versionOf(label)).toBe(versionId);
      expect(world.chainState()).toEqual(whole);
    },
  );

  it('whose successor is under AWSPENDING is left alone while the token is fresh', async () => {
    const world = await startDueWorld();
    await world.rotate();
    world.clock.advance(minuteMs);
    world.stored.put(refreshedUnseen(world, world.stored.current().refreshToken), ['AWSPENDING']);
    world.clearRequests();

    const result = await world.rotate();

    expect(result.outcome).toBe('fresh');
    expect(world.requests).toEqual(['GetSecretValue']);
  });
});

it('what was listed of other versions is read again if AWSCURRENT has moved since', async () => {
  const world = await startDueWorld();
  const { model, refreshToken } = world.provider;
  model.revokeChain(refreshToken);
  const { secretStore } = world.effects;
  let lists = 0;
  const overtaken: typeof secretStore = {
    ...secretStore,
    async listVersions(id) {
      const listed = await secretStore.listVersions(id);
      if (lists++ === 0) {
        world.stored.put({ refreshToken: 'another-dead-one' });
        const alive = model.startChain('user', world.clock.now());
        world.stored.put({ refreshToken: alive }, ['SFMC_SALVAGED']);
      }
      return listed;
    },
  };

  const result = await world.rotate({}, { secretStore: overtaken, timeMs: 5 * minuteMs });

  expect(lists).toBeGreaterThan(1);
  expect(result.outcome).toBe('recovered');
  expect(world.chainState()).toEqual(whole);
});

describe('a secret that CloudFormation has reset to its template value', () => {
  it('heals from the version before', async () => {
    const world = await startDueWorld();
    await world.rotate();
    const before = world.stored.current();
    world.stored.put('{}');
    world.startNewEnvironment();
    world.clearRequests();

    const result = await world.rotate();

    expect(result.outcome).toBe('recovered');
    expect(posts(world)).toEqual([]);
    expect(world.stored.current()).toEqual(before);
    expect(world.chainState()).toEqual(whole);
  });

  it('heals and rotates if the token is due', async () => {
    const world = await startDueWorld();
    world.stored.put('{}');

    const result = await world.rotate();

    expect(result.outcome).toBe('recovered');
    expect(posts(world).length).toBeGreaterThan(0);
    expect(world.chainState()).toEqual(whole);
  });

  it('heals from a first refresh token that was never used', async () => {
    const world = await startSeededWorld();
    world.stored.put('{}');

    const result = await world.rotate();

    expect(result.outcome).toBe('recovered');
    expect(world.chainState()).toEqual(whole);
  });

  it('heals from the escrow, if that holds what is newest', async () => {
    const world = await startDueWorld();
    const successor = refreshedUnseen(world, world.stored.current().refreshToken);
    world.stored.putParameter('escrow', JSON.stringify(successor));
    world.stored.put('{}');

    const result = await world.rotate();

    expect(result.outcome).toBe('recovered');
    expect(world.stored.current().refreshToken).toBe(successor.refreshToken);
    expect(world.chainState()).toEqual(whole);
  });
});

describe('a secret that was never seeded', () => {
  const waiting = { connection: 'acme', outcome: 'waiting' };

  async function startUnseededWorld(): Promise<LocalWorld> {
    const world = await startSeededWorld();
    world.aws.secretsManager.deleteSecret({
      SecretId: 'sfmc/acme',
      ForceDeleteWithoutRecovery: true,
    });
    return world;
  }

  it.each(['{}', '{"refreshToken":""}', '{"note":"put the first refresh token here"}'])(
    'waits, says how to seed it, and sends nothing: %s',
    async (text) => {
      const world = await startUnseededWorld();
      world.stored.put(text);

      const result = await world.rotate();

      expect(result).toEqual(waiting);
      expect(world.telemetry.lines).toEqual([
        {
          level: 'info',
          message: 'Waiting for the first refresh token',
          fields: { outcome: 'waiting', remedy: 'npm run ops -- seed acme' },
        },
      ]);
      expect(world.telemetry.counted).toEqual([]);
      expect(posts(world)).toEqual([]);
    },
  );

  it('waits if it has no value at all', async () => {
    const world = await startUnseededWorld();
    world.aws.secretsManager.createSecret({ Name: 'sfmc/acme', ClientRequestToken: versionId });

    expect(await world.rotate()).toEqual(waiting);
  });

  it.each(['config', 'client-secret'])('waits though its %s is not there yet', async (leaf) => {
    const world = await startUnseededWorld();
    world.stored.put('{}');
    world.stored.deleteParameter(leaf);

    expect(await world.rotate()).toEqual(waiting);
  });

  it('says so to a person who forces a rotation', async () => {
    const world = await startUnseededWorld();
    world.stored.put('{}');

    const forced = world.rotate({ force: true });

    await expect(forced).rejects.toMatchObject({
      code: 'NotSeeded',
      message:
        'Connection "acme": the secret sfmc/acme holds no refresh token yet. Store the first one: ' +
        'npm run ops -- seed acme',
    });
    expect(posts(world)).toEqual([]);
  });

  it('is taken up once it is seeded', async () => {
    const world = await startUnseededWorld();
    world.stored.put('{}');
    await world.rotate();
    world.stored.put({ refreshToken: world.provider.refreshToken });

    const result = await world.rotate();

    expect(result.outcome).toBe('rotated');
    expect(world.chainState()).toEqual(whole);
  });
});
