import { newVersionReadAttempts } from '../../../../lambda/core/limits';
import type { Provider } from '../../../../lambda/effects/provider';
import type { LocalWorld } from '../../../support/localWorld';
import { minuteMs } from '../../../support/simulatedClock';
import { startDueWorld } from '../../../support/startWorld';
import { upTo, versionId } from './steps';

const move = 'UpdateSecretVersionStage';
const sent = (world: LocalWorld, operation: string) =>
  world.requests.filter((name) => name === operation).length;

async function startFinishing(): Promise<LocalWorld> {
  const world = await startDueWorld();
  await upTo('testSecret', world);
  world.clock.advance(minuteMs);
  world.clearRequests();
  return world;
}

describe('createSecret', () => {
  it('says that it has recovered the chain', async () => {
    const world = await startDueWorld();
    const heal = world.aws.orderFault({
      operation: 'PutSecretValue',
      kind: 'unavailable',
      calls: 'untilCancelled',
    });
    await expect(world.rotate()).rejects.toMatchObject({ code: 'StoreUnavailable' });
    world.clock.advance(25 * minuteMs);
    world.startNewEnvironment();
    heal();

    expect(await world.step('createSecret', versionId)).toMatchObject({
      outcome: 'recovered',
      versionId,
    });
  });

  it('copies nothing if AWSCURRENT was replaced by a refresh token alone meanwhile', async () => {
    const world = await startDueWorld();
    const { secretStore } = world.effects;
    const replacing: typeof secretStore = {
      ...secretStore,
      async put(...version) {
        await secretStore.put(...version);
        world.stored.put({ refreshToken: 'seeded' });
      },
    };

    const step = world.step('createSecret', versionId, { secretStore: replacing });

    await expect(step).rejects.toMatchObject({
      code: 'NotSeeded',
      message: 'Connection "acme": the secret sfmc/acme holds no token set.',
    });
  });
});

describe('testSecret', () => {
  it('reads a version that is not there yet six times', async () => {
    const world = await startDueWorld();
    world.clearRequests();

    await world.step('testSecret', versionId);

    expect(sent(world, 'GetSecretValue')).toBe(newVersionReadAttempts);
    expect(newVersionReadAttempts).toBe(6);
  });

  it('asks at the address that is stored if the config does not say it', async () => {
    const world = await startDueWorld();
    await world.step('createSecret', versionId);
    const restBaseUrl = 'https://www.exacttargetapis.com';
    const { restBaseUrl: _r, soapBaseUrl: _s, ...tokenSet } = world.stored.current();
    const pending = world.stored.put({ ...tokenSet, restBaseUrl }, ['AWSPENDING']);
    const { clientId } = world.provider;
    world.stored.configure({ authBaseUrl: 'https://auth-test.exacttargetapis.com', clientId });
    const asked: string[] = [];
    const provider: Provider = {
      ...world.effects.provider,
      async tokenContext(url) {
        asked.push(url);
        return { kind: 'response', status: 202, body: '' };
      },
    };

    await world.step('testSecret', pending, { provider });

    expect(asked).toEqual([restBaseUrl]);
  });
});

describe('finishSecret', () => {
  it('moves no label once it is done', async () => {
    const world = await startFinishing();
    await world.step('finishSecret', versionId);
    world.clearRequests();

    await world.step('finishSecret', versionId);

    expect(sent(world, move)).toBe(0);
  });

  it('leaves an AWSCURRENT that a person has emptied meanwhile', async () => {
    const world = await startFinishing();
    const emptied = world.stored.put({});

    await world.step('finishSecret', versionId);

    expect(world.stored.versionOf('AWSCURRENT')).toBe(emptied);
    expect(world.stored.versionOf('AWSPENDING')).toBeUndefined();
  });

  it('is given up after four times that AWSCURRENT could not be moved, and says why', async () => {
    const world = await startFinishing();
    world.aws.orderFault({ operation: move, kind: 'deny', calls: 'untilCancelled' });

    const thrown: unknown = await world.step('finishSecret', versionId).catch((it) => it);

    expect(thrown).toMatchObject({ code: 'StoreUnavailable' });
    expect((thrown as Error).cause).toMatchObject({ name: 'StoreFailure', kind: 'denied' });
    expect(sent(world, move)).toBe(4);
  });

  it('passes on what no store has said', async () => {
    const world = await startFinishing();
    const ended = new Error('the invocation ended');
    const { secretStore } = world.effects;
    const failing = { ...secretStore, moveStage: () => Promise.reject(ended) };

    await expect(world.step('finishSecret', versionId, { secretStore: failing })).rejects.toBe(
      ended,
    );
  });

  it('ends no label that stands on a version that is not listed', async () => {
    const world = await startFinishing();
    const { secretStore } = world.effects;
    const hiding: typeof secretStore = { ...secretStore, listVersions: async () => [] };

    await world.step('finishSecret', versionId, { secretStore: hiding });

    expect(world.stored.versionOf('AWSPENDING')).toBe(versionId);
  });
});
