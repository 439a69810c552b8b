import { SECOND_USES } from '../../../../local/provider/refreshTokens';
import { whole } from '../../../support/localWorld';
import { minuteMs } from '../../../support/simulatedClock';
import { startDueWorld, startSeededWorld } from '../../../support/startWorld';
import { asked, steps, upTo, versionId } from './steps';

describe("Secrets Manager's rotation", () => {
  it('renews the token in its four steps, with one refresh and one test', async () => {
    const world = await startDueWorld();
    const before = world.stored.versionOf('AWSCURRENT');

    await upTo('finishSecret', world);

    expect(world.stored.stages()).toEqual({
      [String(before)]: ['AWSPREVIOUS'],
      [versionId]: ['AWSCURRENT'],
    });
    expect(asked(world)).toEqual(['/v1/requestToken', '/platform/v1/tokenContext']);
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

    await upTo('finishSecret', world);
    world.clock.advance(minuteMs);
    const again = versionId.replaceAll('1', '2');
    for (const step of steps) await world.step(step, again);

    expect(world.stored.versionOf('AWSCURRENT')).toBe(again);
    expect(world.chainState()).toEqual(whole);
  });

  it.each(steps)('may repeat %s, which then changes nothing', async (step) => {
    const world = await startDueWorld();
    await upTo(step, world);
    const first = await world.step(step, versionId);
    const stages = world.stored.stages();
    const refreshes = world.tokenRequests().length;

    const second = await world.step(step, versionId);

    expect(second).toEqual(first);
    expect(world.stored.stages()).toEqual(stages);
    expect(world.tokenRequests()).toHaveLength(refreshes);
  });

  it.each(steps)('may begin again from createSecret after %s', async (step) => {
    const world = await startDueWorld();
    await upTo(step, world);

    await upTo('finishSecret', world);

    expect(world.tokenRequests()).toHaveLength(1);
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
});

describe('createSecret', () => {
  it('puts the new token set beside AWSCURRENT, under AWSPENDING', async () => {
    const world = await startDueWorld();
    const current = world.stored.versionOf('AWSCURRENT');

    const result = await world.step('createSecret', versionId);

    expect(result).toMatchObject({ outcome: 'rotated', versionId });
    expect(world.stored.versionOf('AWSCURRENT')).toBe(current);
    expect(world.stored.versionOf('AWSPENDING')).toBe(versionId);
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
    const heal = world.aws.orderFault({
      operation: 'PutSecretValue',
      kind: 'unavailable',
      calls: 'untilCancelled',
    });
    await expect(world.step('createSecret', versionId)).rejects.toMatchObject({
      code: 'StoreUnavailable',
    });
    heal();
    world.clock.advance(minuteMs);
    world.startNewContainer();

    await upTo('finishSecret', world);

    expect(world.tokenRequests()).toHaveLength(1);
    expect(world.stored.escrow()).toBeUndefined();
    expect(world.stored.versionOf('AWSCURRENT')).toBe(versionId);
    expect(world.chainState()).toEqual(whole);
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
});

describe('a tick between createSecret and finishSecret', () => {
  it('that finds a fresh token leaves the rotation alone', async () => {
    const world = await startSeededWorld();
    await world.rotate();
    world.clock.advance(minuteMs);
    await world.step('createSecret', versionId);
    world.startNewContainer();

    const tick = await world.rotate();
    await upTo('finishSecret', world);

    expect(tick.outcome).toBe('fresh');
    expect(world.stored.versionOf('AWSCURRENT')).toBe(versionId);
    expect(world.chainState()).toEqual(whole);
  });

  it.each(SECOND_USES)('that rotates wins, where a second use gives %s', async (secondUse) => {
    const world = await startDueWorld({ secondUse });
    await world.step('createSecret', versionId);
    world.clock.advance(minuteMs);
    world.startNewContainer();

    const tick = await world.rotate();
    const ticked = world.stored.current();
    for (const step of steps) await world.step(step, versionId);

    expect(tick.outcome).toBe('rotated');
    expect(world.stored.current().refreshToken).toBe(ticked.refreshToken);
    expect(world.stored.versionOf('AWSPENDING')).toBeUndefined();
    expect(world.chainState()).toEqual(whole);
  });

  it.each(SECOND_USES)(
    'that ends the pending access token early supersedes it, where a second use gives %s',
    async (secondUse) => {
      const world = await startDueWorld({ newTokenEndsPrevious: true, secondUse });
      await world.step('createSecret', versionId);
      world.clock.advance(minuteMs);
      world.startNewContainer();
      const tick = await world.rotate();

      for (const step of steps) await world.step(step, versionId);

      expect(world.stored.versionOf('AWSCURRENT')).toBe(tick.versionId);
      expect(world.stored.versionOf('AWSPENDING')).toBeUndefined();
      expect(world.chainState()).toEqual(whole);
    },
  );
});
