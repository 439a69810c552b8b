import { RotationError } from '../../../../lambda/core/errors';
import { versionIdOf } from '../../../../lambda/core/lineage';
import { Redacted } from '../../../../lambda/core/redacted';
import { type LocalWorld, whole } from '../../../support/localWorld';
import { minuteMs, secondMs } from '../../../support/simulatedClock';
import { startDueWorld } from '../../../support/startWorld';

const fingerprint = (token = '') => new Redacted(token).fingerprint;

/** What a person puts there over a chain that is alive: a token of a new login. */
async function startSeededAnew() {
  const world = await startDueWorld();
  await world.rotate();
  const old = world.stored.current();
  const oldVersionId = world.stored.versionOf('AWSCURRENT') ?? '';
  world.clock.advance(minuteMs);
  const refreshToken = newChain(world);
  world.stored.put({ refreshToken }, ['AWSCURRENT', 'SFMC_SEEDED']);
  world.clock.advance(minuteMs);
  world.startNewEnvironment();
  const asked = world.tokenRequests().length;
  return {
    world,
    old,
    oldVersionId,
    refreshToken,
    /** Of the refresh tokens that were sent since. */
    sent: () =>
      world
        .tokenRequests()
        .slice(asked)
        .flatMap((request) => request.fingerprint ?? []),
  };
}

function newChain({ provider, clock }: LocalWorld): string {
  return provider.model.startChain('user', clock.now());
}

it('what a person has put there is taken up, and its label stays where it is', async () => {
  const { world, refreshToken, sent } = await startSeededAnew();
  const seeded = world.stored.versionOf('SFMC_SEEDED');

  const result = await world.rotate();

  expect(result.outcome).toBe('rotated');
  expect(sent()).toEqual([fingerprint(refreshToken)]);
  expect(world.stored.versionOf('SFMC_SEEDED')).toBe(seeded);
  expect(world.chainState()).toEqual(whole);
});

describe('once a person has begun a new chain, and it is refused', () => {
  it('no version from before is asked about, though its token is alive', async () => {
    const { world, refreshToken, sent } = await startSeededAnew();
    world.provider.model.revokeChain(refreshToken);

    await expect(world.rotate()).rejects.toMatchObject({ code: 'ChainBroken' });

    expect(new Set(sent())).toEqual(new Set([fingerprint(refreshToken)]));
  });

  it('no version that descends from one before is, though it was written since', async () => {
    const { world, old, oldVersionId, refreshToken, sent } = await startSeededAnew();
    world.provider.model.revokeChain(refreshToken);
    const text = JSON.stringify({ ...old, legacyToken: 'late' });
    world.aws.secretsManager.putSecretValue({
      SecretId: 'sfmc/acme',
      ClientRequestToken: versionIdOf(oldVersionId, text),
      SecretString: text,
      VersionStages: ['SFMC_SALVAGED'],
    });

    await expect(world.rotate()).rejects.toMatchObject({ code: 'ChainBroken' });

    expect(new Set(sent())).toEqual(new Set([fingerprint(refreshToken)]));
  });

  it('no token set that was parked before is, nor is it published', async () => {
    const { world, old, refreshToken, sent } = await startSeededAnew();
    world.provider.model.revokeChain(refreshToken);
    world.stored.putParameter('escrow', JSON.stringify(old));

    await expect(world.rotate()).rejects.toMatchObject({ code: 'ChainBroken' });

    expect(world.stored.current().refreshToken).toBe(refreshToken);
    expect(new Set(sent())).toEqual(new Set([fingerprint(refreshToken)]));
  });

  it('a version that was written since counts', async () => {
    const { world, refreshToken } = await startSeededAnew();
    const salvaged = newChain(world);
    world.stored.put({ refreshToken: salvaged }, ['SFMC_SALVAGED']);
    world.provider.model.revokeChain(refreshToken);

    const result = await world.rotate();

    expect(result.outcome).toBe('recovered');
    expect(world.chainState()).toEqual(whole);
  });
});

it('a token set that came of what a person has put there is published from the escrow', async () => {
  const { world, refreshToken } = await startSeededAnew();
  const cancel = world.aws.orderFault({
    operation: 'PutSecretValue',
    kind: 'unavailable',
    calls: 'untilCancelled',
  });
  await expect(world.rotate()).rejects.toMatchObject({ code: 'StoreUnavailable' });
  cancel();
  world.clock.advance(minuteMs);
  world.startNewEnvironment();

  const result = await world.rotate({ receiveCount: 2 });

  expect(result.outcome).toBe('recovered');
  expect(world.stored.current().refreshToken).not.toBe(refreshToken);
  expect(world.chainState()).toEqual(whole);
});

it('the label counts wherever it stands: an AWSCURRENT of other descent makes nothing older eligible', async () => {
  const { world, old, sent } = await startSeededAnew();
  const refreshToken = newChain(world);
  world.stored.put({ refreshToken });
  world.provider.model.revokeChain(refreshToken);
  const seeded = world.stored.read({ VersionStage: 'SFMC_SEEDED' });

  const result = await world.rotate();

  expect(result.outcome).toBe('recovered');
  expect(sent()).toContain(fingerprint(seeded.refreshToken));
  expect(sent()).not.toContain(fingerprint(old.refreshToken));
  expect(world.chainState()).toEqual(whole);
});

it('what an environment has used before is not asked about once nothing else can be read', async () => {
  const world = await startDueWorld();
  const { refreshToken: replaced } = world.stored.current();
  const sentAtMs = world.clock.now();
  world.provider.orderFault({ kind: 'dropAfter' }, { forMs: 40 * secondMs });
  await expect(world.rotate()).rejects.toMatchObject({ code: 'ProviderUnavailable' });
  world.endProviderFaults();
  const refreshToken = newChain(world);
  world.stored.put({ refreshToken }, ['AWSCURRENT', 'SFMC_SEEDED']);
  world.clock.advance(minuteMs);
  world.provider.orderFault({ kind: 'dropAfter' });
  const asked = world.tokenRequests().length;
  const { secretStore } = world.effects;
  const put: typeof secretStore.put = async (...version) => {
    await secretStore.put(...version);
    world.provider.model.revokeChain(refreshToken);
    for (const operation of ['GetSecretValue', 'ListSecretVersionIds']) {
      world.aws.orderFault({ operation, kind: 'deny', calls: 'untilCancelled' });
    }
  };

  const again = world.rotate(
    { receiveCount: 2, sentAtMs },
    { secretStore: { ...secretStore, put } },
  );

  await expect(again).rejects.toThrow(RotationError);
  const sent = world.tokenRequests().slice(asked);
  expect(sent.map((request) => request.fingerprint)).toContain(fingerprint(refreshToken));
  expect(sent.map((request) => request.fingerprint)).not.toContain(fingerprint(replaced));
});
