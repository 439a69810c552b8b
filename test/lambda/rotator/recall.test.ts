import type { Delivery } from '../../../lambda/core/delivery';
import { reuseWindowMs } from '../../../lambda/core/limits';
import {
  isSuccessorMissing,
  readOrRecallCurrent,
  readOrRecallOtherVersions,
  readOrRecallParameters,
  rereadCurrent,
} from '../../../lambda/rotator/recall';
import type { Run } from '../../../lambda/rotator/run';
import type { AwsFault } from '../../../local/aws/faults';
import { startSeededWorld } from '../../support/startWorld';
import { held, issued, parametersOf, versionOf } from '../core/facts';

const inUse = versionOf(issued('in use'), { versionId: 'in use' });
const forerunner = versionOf(issued('before'), { versionId: 'before' });
const unavailable = { code: 'StoreUnavailable' };

/** An environment that has used a refresh token just now, and some call that nobody answers. */
async function startRun({
  failing,
  usedAgoMs = 0,
  delivery,
}: {
  readonly failing?: AwsFault['operation'];
  readonly usedAgoMs?: number;
  readonly delivery?: Delivery;
} = {}) {
  const world = await startSeededWorld();
  const run: Run = { ...world.run(), ...(delivery && { delivery }) };
  run.memory.inUse = [inUse, forerunner];
  run.memory.lastUsedAtMs = world.clock.now() - usedAgoMs;
  if (failing) {
    const fault = { operation: failing, kind: 'unavailable' } as const;
    world.aws.orderFault({ ...fault, calls: 'untilCancelled' });
  }
  return { world, run };
}

it('a successor can be had for 5 minutes after the last use, if there was one', async () => {
  const missing = async (usedAgoMs: number) =>
    isSuccessorMissing((await startRun({ usedAgoMs })).run);

  expect(await missing(reuseWindowMs - 1)).toBe(true);
  expect(await missing(reuseWindowMs)).toBe(false);
  expect(isSuccessorMissing((await startSeededWorld()).run())).toBe(false);
});

describe('AWSCURRENT that cannot be read', () => {
  const failing = 'GetSecretValue';
  const sentAtMs = 4_711;
  const queued: Delivery = { by: 'queue', receiveCount: 2, sentAtMs };
  const followUp: Delivery = { ...queued, isFollowUp: true };
  const recalled = { current: inUse, isRecalled: true };

  it('is what this environment has used, if it has handled every delivery since', async () => {
    const { world, run } = await startRun({ failing });

    expect(await readOrRecallCurrent(run, true)).toEqual(recalled);
    expect(world.requests).toEqual([failing, failing, failing]);
    expect(world.telemetry.warnings()).toEqual([
      'AWSCURRENT cannot be read: going on with what was read before',
    ]);
  });

  it.each([
    ['this very message', sentAtMs, queued],
    ['a direct invocation that this message goes on with', 'hand' as const, followUp],
  ])('is the same if that was used for %s', async (_, usedFor, delivery) => {
    const { run } = await startRun({ failing, delivery });
    run.memory.usedFor = usedFor;

    expect(await readOrRecallCurrent(run, false)).toEqual(recalled);
  });

  it.each([
    ['another message', sentAtMs - 1, queued],
    ['another message than what this one goes on with', sentAtMs - 1, followUp],
    ['another one than the direct invocation that this goes on with', sentAtMs - 1, followUp],
    ['a direct invocation, which others may have gone on with', 'hand' as const, queued],
    ['another direct invocation', 'hand' as const, { by: 'hand' } as const],
  ])('is not known if that was used for %s', async (_, usedFor, delivery) => {
    const { run } = await startRun({ failing, delivery });
    run.memory.usedFor = usedFor;

    await expect(readOrRecallCurrent(run, false)).rejects.toMatchObject(unavailable);
  });

  it('is not known if nothing was used within 5 minutes, or nothing is remembered', async () => {
    const late = await startRun({ failing, usedAgoMs: reuseWindowMs });
    await expect(readOrRecallCurrent(late.run, true)).rejects.toMatchObject(unavailable);

    const { run } = await startRun({ failing });
    run.memory.inUse = [];
    await expect(readOrRecallCurrent(run, true)).rejects.toMatchObject(unavailable);
  });

  it('is wrong, and not unknown, if what it holds makes no sense', async () => {
    const { world, run } = await startRun();
    world.stored.put('no JSON');

    const invalid = { code: 'InvalidConfig' };
    await expect(readOrRecallCurrent(run, true)).rejects.toMatchObject(invalid);
    await expect(rereadCurrent(run, inUse)).rejects.toMatchObject(invalid);
  });

  it('counts as unchanged when it is read again, as long as a successor can be had', async () => {
    const { world, run } = await startRun({ failing });

    expect(await rereadCurrent(run, inUse)).toEqual(recalled);
    expect(world.requests).toEqual([failing, failing, failing]);

    const late = await startRun({ failing, usedAgoMs: reuseWindowMs });
    await expect(rereadCurrent(late.run, inUse)).rejects.toMatchObject(unavailable);
  });
});

it('AWSCURRENT is read where it can be, whatever is remembered', async () => {
  const { world, run } = await startRun();
  const versionId = world.stored.versionOf('AWSCURRENT');

  const expected = { current: { versionId }, isRecalled: false };
  expect(await readOrRecallCurrent(run, true)).toMatchObject(expected);
  expect(await readOrRecallCurrent(run, false)).toMatchObject(expected);
  expect(await rereadCurrent(run, inUse)).toMatchObject(expected);
  run.memory.lastUsedAtMs = 0;
  expect(await rereadCurrent(run, inUse)).toMatchObject(expected);
});

describe('other versions that cannot be listed', () => {
  const failing = 'ListSecretVersionIds';

  it('are the forerunners that this environment has used', async () => {
    const { run } = await startRun({ failing });

    expect(await readOrRecallOtherVersions(run, inUse)).toEqual({
      versions: [forerunner],
      listed: [],
      listFailed: true,
    });
  });

  it('are not known without any, or once no successor can be had', async () => {
    const { run } = await startRun({ failing });
    run.memory.inUse = [inUse];
    await expect(readOrRecallOtherVersions(run, inUse)).rejects.toMatchObject(unavailable);

    const late = await startRun({ failing, usedAgoMs: reuseWindowMs });
    await expect(readOrRecallOtherVersions(late.run, inUse)).rejects.toMatchObject(unavailable);
  });

  it('are not known either if the time for that is over', async () => {
    const { run } = await startRun();
    const late = { ...run, deadlineMs: run.clock.now() };

    await expect(readOrRecallOtherVersions(late, inUse)).rejects.toMatchObject({
      code: 'DeadlineExceeded',
    });
  });

  it('are read where they can be', async () => {
    const { world, run } = await startRun();
    world.stored.put({ refreshToken: 'next' });

    for (const lastUsedAtMs of [world.clock.now(), 0]) {
      run.memory.lastUsedAtMs = lastUsedAtMs;
      const read = await readOrRecallOtherVersions(run, inUse);
      expect(read).toMatchObject({ listFailed: false });
      expect(read.versions).not.toContain(forerunner);
      expect(read.listed).toHaveLength(2);
    }
  });
});

describe('parameters that cannot be read', () => {
  const failing = 'GetParameters';
  const remembering = (run: Run) => {
    run.memory.parameters = parametersOf();
    run.memory.held = [held('here')];
    run.progress.staysToDeadline = true;
  };

  it('are those that were read last, while a successor is at stake', async () => {
    const { world, run } = await startRun({ failing });
    remembering(run);

    expect(await readOrRecallParameters(run)).toEqual({
      parameters: parametersOf(),
      held: run.memory.held,
      escrowPresent: true,
      escrowUnknown: true,
    });
    expect(world.requests).toEqual([failing, failing, failing]);
    expect(world.telemetry.warnings()).toEqual([
      'The parameters cannot be read: going on with what was read before',
    ]);
  });

  it('are not known if none is, or nothing was read before', async () => {
    const calm = await startRun({ failing });
    remembering(calm.run);
    calm.run.progress.staysToDeadline = false;
    await expect(readOrRecallParameters(calm.run)).rejects.toMatchObject(unavailable);

    const { run } = await startRun({ failing });
    remembering(run);
    delete run.memory.parameters;
    await expect(readOrRecallParameters(run)).rejects.toMatchObject(unavailable);
  });

  it('are wrong, and not unknown, if they make no sense', async () => {
    const { world, run } = await startRun();
    remembering(run);
    world.stored.putParameter('config', 'no JSON', 'String');

    await expect(readOrRecallParameters(run)).rejects.toMatchObject({ code: 'InvalidConfig' });
  });
});
