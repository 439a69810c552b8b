import { versionBudget } from '../../../../lambda/core/limits';
import { Redacted } from '../../../../lambda/core/redacted';
import { type LocalWorld, whole } from '../../../support/localWorld';
import { minuteMs, secondMs } from '../../../support/simulatedClock';
import { startDueWorld } from '../../../support/startWorld';
import { posts, refreshedUnseen } from './invocations';

const fingerprint = (token = '') => new Redacted(token).fingerprint;
const stagesOfCurrent = ({ stored }: LocalWorld) =>
  stored.stages()[stored.versionOf('AWSCURRENT') ?? ''];

/** Two successors of AWSPREVIOUS's token: the one that was revoked in AWSCURRENT, its rival wherever. */
async function startRivals() {
  const world = await startDueWorld({ secondUse: 'revokes-first' });
  const { refreshToken: forerunner } = world.stored.current();
  const revoked = refreshedUnseen(world, forerunner);
  const rival = refreshedUnseen(world, forerunner);
  world.stored.put(revoked, ['AWSCURRENT', 'SFMC_OPEN']);
  return { world, forerunner, revoked, rival };
}

describe('a confirmation that is refused', () => {
  it('since a late request has revoked the successor goes back to the forerunner in its window', async () => {
    const world = await startDueWorld({ secondUse: 'revokes-first' });
    const startedAtMs = world.clock.now();
    const { refreshToken: forerunner } = world.stored.current();
    const takenUp = { afterRequests: 1 };
    world.provider.orderFault({ kind: 'exchange', takenUp, answer: 'closed' });

    const result = await world.rotate();

    expect(result.outcome).toBe('recovered');
    const asked = world.tokenRequests().map((request) => request.fingerprint);
    expect(asked.filter((token) => token === fingerprint(forerunner)).length).toBe(3);
    expect(world.clock.now() - startedAtMs).toBeLessThan(10 * secondMs);
    expect(stagesOfCurrent(world)).toEqual(['AWSCURRENT']);
    expect(world.chainState()).toEqual(whole);
  });

  it('uses a rival in the escrow before the forerunner, which would revoke it', async () => {
    const { world, forerunner, rival } = await startRivals();
    const parked = { ...rival, open: true, parent: fingerprint(forerunner) };
    world.stored.putParameter('escrow', JSON.stringify(parked));

    const { result } = await world.deliver();

    expect(result?.outcome).toBe('recovered');
    const asked = world.tokenRequests().map((request) => request.fingerprint);
    expect(asked).toContain(fingerprint(rival.refreshToken));
    expect(asked).not.toContain(fingerprint(forerunner));
    expect(world.chainState()).toEqual(whole);
  });

  it.each([
    ['labelled', ['SFMC_SALVAGED']],
    ['without a label', undefined],
  ])('finds a rival in a version %s once the forerunner is over', async (_, stages) => {
    const { world, forerunner, revoked, rival } = await startRivals();
    world.clock.advance(secondMs);
    world.stored.put(rival, stages ?? ['AWSCURRENT']);
    if (stages === undefined) world.stored.put(revoked, ['AWSCURRENT', 'SFMC_OPEN']);
    if (stages === undefined) world.stored.put(revoked, ['AWSCURRENT', 'SFMC_OPEN']);
    world.clock.advance(4 * minuteMs);
    expect(world.provider.model.accepts(forerunner ?? '', world.clock.now() + minuteMs)).toBe(
      false,
    );

    const { result } = await world.deliver();

    expect(result?.outcome).toBe('recovered');
    expect(world.chainState()).toEqual(whole);
  });

  it('is a refusal of the credentials if these are refused too: the open end stays', async () => {
    const { world } = await startRivals();
    world.provider.model.clientSecrets.stage('present', world.clock.now() - 10 * minuteMs);
    world.provider.model.clientSecrets.expire(world.provider.clientSecret);

    await expect(world.rotate()).rejects.toMatchObject({ code: 'CredentialsRejected' });
    world.stored.putParameter('client-secret', 'present');
    world.startNewEnvironment();
    const { result } = await world.deliver();

    expect(result?.outcome).toBe('recovered');
    expect(world.chainState()).toEqual(whole);
  });
});

it('what a repetition brings is confirmed once, though Parameter Store cannot be read any more', async () => {
  const world = await startDueWorld();
  const sentAtMs = world.clock.now();
  const heal = world.provider.orderFault({ kind: 'dropAfter' }, { forMs: 50 * secondMs });
  await expect(world.rotate()).rejects.toMatchObject({ code: 'ProviderUnavailable' });
  heal();
  world.clock.advance(20 * secondMs);
  world.aws.orderFault({ operation: 'GetParameters', kind: 'deny', calls: 'untilCancelled' });
  world.clearRequests();

  const result = await world.rotate({ receiveCount: 2, sentAtMs });

  expect(result.outcome).toBe('rotated');
  expect(posts(world)).toHaveLength(2);
  expect(stagesOfCurrent(world)).toEqual(['AWSCURRENT']);
  expect(world.chainState()).toEqual(whole);
});

describe('if the day has had too many versions', () => {
  /** So many versions in the last hours that came soon after the one before. */
  async function startSpentWorld(extra: number): Promise<LocalWorld> {
    const world = await startDueWorld({ secondUse: 'revokes-first' });
    const current = world.stored.current();
    for (let version = 0; version < extra; version++) world.stored.put(current);
    world.clock.advance(secondMs);
    return world;
  }

  it('an open end stays open and counts as fresh, which is reported', async () => {
    const world = await startSpentWorld(versionBudget.mostExtra);
    world.provider.orderFault({ kind: 'dropAfter' });

    const result = await world.rotate();

    expect(result.outcome).toBe('rotated');
    expect(posts(world)).toHaveLength(2);
    expect(stagesOfCurrent(world)).toEqual(['AWSCURRENT', 'SFMC_OPEN']);
    expect(world.telemetry.counted).toEqual(['LeftOpen', 'Rotated']);
    expect(world.telemetry.warnings()).toContain(
      'An open end is not confirmed: the secret has had too many versions today',
    );
    expect(world.chainState()).toEqual(whole);
  });

  it('the next message finds it fresh, and sends nothing', async () => {
    const world = await startSpentWorld(versionBudget.mostExtra);
    world.provider.orderFault({ kind: 'dropAfter' });
    await world.rotate();
    world.clock.advance(2 * minuteMs);
    world.clearRequests();

    const result = await world.rotate();

    expect(result.outcome).toBe('fresh');
    expect(posts(world)).toEqual([]);
  });

  it('the last one that is allowed is confirmed', async () => {
    const world = await startSpentWorld(versionBudget.mostExtra - 2);
    world.provider.orderFault({ kind: 'dropAfter' });

    await world.rotate();

    expect(posts(world)).toHaveLength(3);
    expect(stagesOfCurrent(world)).toEqual(['AWSCURRENT']);
  });

  it('versions of the day before count no more', async () => {
    const world = await startSpentWorld(versionBudget.mostExtra);
    world.clock.advance(24 * 60 * minuteMs);
    const { refreshToken, model } = world.provider;
    const used = model.refreshTokenState(refreshToken).state;
    world.provider.orderFault({ kind: 'dropAfter' });

    await world.deliver();

    expect(used).toBe('used');
    expect(world.telemetry.counted).not.toContain('LeftOpen');
    expect(stagesOfCurrent(world)).toEqual(['AWSCURRENT']);
    expect(world.chainState()).toEqual(whole);
  });

  it('what comes due is rotated all the same', async () => {
    const world = await startSpentWorld(versionBudget.mostExtra);

    const result = await world.rotate();

    expect(result.outcome).toBe('rotated');
    expect(world.chainState()).toEqual(whole);
  });
});
