import { secondUses } from '../../../../local/provider/refreshTokens';
import { whole } from '../../../support/localWorld';
import { minuteMs } from '../../../support/simulatedClock';
import { startDueWorld, startSeededWorld } from '../../../support/startWorld';
import { refreshes, steps, upTo, versionId } from './steps';

describe("Secrets Manager's rotation", () => {
  it('renews the token in its four steps, and tests it once', async () => {
    const world = await startDueWorld();
    const { refreshToken } = world.stored.current();

    await upTo('finishSecret', world);

    expect(world.stored.versionOf('AWSCURRENT')).toBe(versionId);
    expect(world.stored.versionOf('AWSPENDING')).toBeUndefined();
    expect(world.stored.current().refreshToken).not.toBe(refreshToken);
    expect(world.stored.read({ VersionStage: 'AWSPREVIOUS' })).toEqual(world.stored.current());
    const tests = world.provider.requests.filter(({ path }) => path !== '/v1/requestToken');
    expect(tests.map(({ path }) => path)).toEqual(['/platform/v1/tokenContext']);
    expect(world.chainState()).toEqual(whole);
  });

  it('takes the ARN of the secret for its name', async () => {
    const world = await startDueWorld();
    const SecretId = world.aws.secretsManager.arnOf('sfmc/acme') ?? '';

    for (const step of steps) await world.step(step, versionId, { SecretId });

    expect(SecretId).toMatch(/^arn:/);
    expect(world.stored.versionOf('AWSCURRENT')).toBe(versionId);
    expect(world.chainState()).toEqual(whole);
  });

  it('rotates a token that is fresh, and one that was just seeded', async () => {
    const world = await startSeededWorld();
    const { refreshToken } = world.stored.current();

    await upTo('finishSecret', world);
    const first = world.stored.current().refreshToken;
    world.clock.advance(minuteMs);
    const again = versionId.replaceAll('1', '2');
    for (const step of steps) await world.step(step, again);

    expect(world.stored.versionOf('AWSCURRENT')).toBe(again);
    expect(new Set([refreshToken, first, world.stored.current().refreshToken]).size).toBe(3);
    expect(world.chainState()).toEqual(whole);
  });

  it.each(steps)('may repeat %s, which then changes nothing', async (step) => {
    const world = await startDueWorld();
    await upTo(step, world);
    const first = await world.step(step, versionId);
    const stages = world.stored.stages();
    const before = refreshes(world);

    const second = await world.step(step, versionId);

    expect(second).toEqual(first);
    expect(world.stored.stages()).toEqual(stages);
    expect(refreshes(world)).toBe(before);
  });

  it.each(steps)('may begin again from createSecret after %s', async (step) => {
    const world = await startDueWorld();
    await upTo(step, world);
    const before = refreshes(world);

    await upTo('finishSecret', world);

    expect(refreshes(world)).toBe(before);
    expect(world.stored.versionOf('AWSCURRENT')).toBe(versionId);
    expect(world.stored.versionOf('AWSPENDING')).toBeUndefined();
    expect(world.chainState()).toEqual(whole);
  });

  it.each(['setSecret', 'finishSecret'])('refuses %s before createSecret', async (step) => {
    const world = await startDueWorld();

    await expect(world.step(step, versionId)).rejects.toMatchObject({
      code: 'InvalidEvent',
      message:
        `Connection "acme": the version ${versionId} of sfmc/acme holds no token set. The step ` +
        'createSecret comes first; start the rotation again.',
    });

    expect(world.provider.requests).toEqual([]);
  });

  it('spends nothing on a connection that is not configured', async () => {
    const world = await startDueWorld();
    world.stored.deleteParameter('config');

    await expect(world.step('createSecret', versionId)).rejects.toMatchObject({
      code: 'InvalidConfig',
    });

    expect(world.provider.requests).toEqual([]);
    expect(world.stored.versionOf('AWSPENDING')).toBeUndefined();
  });

  it('of a secret that was never seeded says how to seed it', async () => {
    const world = await startSeededWorld();
    world.aws.secretsManager.deleteSecret({
      SecretId: 'sfmc/acme',
      ForceDeleteWithoutRecovery: true,
    });
    world.stored.put('{}');

    await expect(world.step('createSecret', versionId)).rejects.toMatchObject({
      code: 'NotSeeded',
    });
  });
});

describe('a tick between createSecret and finishSecret', () => {
  it('finds a fresh token, by one call, and leaves the rotation alone', async () => {
    const world = await startDueWorld();
    await world.step('createSecret', versionId);
    world.clock.advance(minuteMs);
    world.clearRequests();

    const tick = await world.rotate();
    const requests = [...world.requests];
    await upTo('finishSecret', world);

    expect(tick.outcome).toBe('fresh');
    expect(requests).toEqual(['GetSecretValue']);
    expect(world.stored.versionOf('AWSCURRENT')).toBe(versionId);
    expect(world.chainState()).toEqual(whole);
  });

  it.each(secondUses)('that rotates wins, if a second use gives %s', async (secondUse) => {
    const world = await startDueWorld({ secondUse });
    await world.step('createSecret', versionId);
    world.clock.advance(25 * minuteMs);
    world.startNewEnvironment();

    const tick = await world.rotate();
    const ticked = world.stored.current();
    for (const step of steps) await world.step(step, versionId);

    expect(tick.outcome).toBe('rotated');
    expect(world.stored.current().refreshToken).toBe(ticked.refreshToken);
    expect(world.stored.versionOf('AWSPENDING')).toBeUndefined();
    expect(world.chainState()).toEqual(whole);
  });

  it.each(secondUses)(
    'that ends the pending access token early supersedes it, if a second use gives %s',
    async (secondUse) => {
      const world = await startDueWorld({ newTokenEndsPrevious: true, secondUse });
      await world.step('createSecret', versionId);
      world.clock.advance(25 * minuteMs);
      world.startNewEnvironment();
      await world.rotate();
      const ticked = world.stored.versionOf('AWSCURRENT');

      for (const step of steps) await world.step(step, versionId);

      expect(world.stored.versionOf('AWSCURRENT')).toBe(ticked);
      expect(world.stored.versionOf('AWSPENDING')).toBeUndefined();
      expect(world.chainState()).toEqual(whole);
    },
  );
});
