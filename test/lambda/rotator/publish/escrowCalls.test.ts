import { fingerprintOf } from '../../../../lambda/core/held';
import type { ParameterStore } from '../../../../lambda/effects/parameterStore';
import { StoreFailure } from '../../../../lambda/effects/storeFailure';
import { parkInEscrow, settleEscrow } from '../../../../lambda/rotator/escrow';
import type { LocalWorld } from '../../../support/localWorld';
import { minuteMs, startMs } from '../../../support/simulatedClock';
import { startSeededWorld } from '../../../support/startWorld';
import { fingerprints, heldOf } from './tokenSets';

/** A run whose calls to Parameter Store are noted, after something that happens before each write. */
function watched(world: LocalWorld, beforeWrite: (nth: number) => unknown = () => undefined) {
  const store = world.effects.parameterStore();
  const reads: string[] = [];
  const overwrites: boolean[] = [];
  const parameterStore = (): ParameterStore => ({
    ...store,
    read(names) {
      reads.push(...names.map((name) => name.replace('/sfmc/acme/escrow', 'escrow')));
      return store.read(names);
    },
    async writeSecure(name, value, options) {
      overwrites.push(options.overwrite);
      await beforeWrite(overwrites.length);
      return store.writeSecure(name, value, options);
    },
  });
  return { run: world.run({ parameterStore }), reads, overwrites };
}

const other = (world: LocalWorld) => (nth: number) =>
  parkInEscrow(world.run(), [heldOf(`other-${nth}`)]);

describe('a write to the escrow', () => {
  it('is to make it at first, and to replace it from then on', async () => {
    const world = await startSeededWorld();
    const { run, overwrites, reads } = watched(world);

    await parkInEscrow(run, [heldOf('a')]);
    await parkInEscrow(run, [heldOf('b')]);

    expect(overwrites).toEqual([false, true]);
    expect(reads).toEqual(['escrow', 'escrow']);
  });

  it('is made three times at most, whoever writes in between', async () => {
    const world = await startSeededWorld();
    await parkInEscrow(world.run(), [heldOf('before')]);
    const { run, overwrites } = watched(world, other(world));

    const kept = await parkInEscrow(run, [heldOf('own')]);

    expect(overwrites).toHaveLength(3);
    expect(fingerprints(kept)).toContain(fingerprintOf(heldOf('own')));
    expect([...run.progress.inEscrow].sort()).toEqual(fingerprints(kept).toSorted());
  });

  it('that is to make it is given up after three times, too', async () => {
    const world = await startSeededWorld();
    const { run, overwrites } = watched(world, () => {
      throw new StoreFailure('Parameter Store', 'exists', 'it is there');
    });

    await expect(parkInEscrow(run, [heldOf('own')])).rejects.toMatchObject({ kind: 'exists' });
    expect(overwrites).toEqual([false, false, false]);
  });

  it('is not made again if it fails otherwise', async () => {
    const world = await startSeededWorld();
    const { run, overwrites } = watched(world, () => {
      throw new StoreFailure('Parameter Store', 'denied', 'no');
    });

    await expect(parkInEscrow(run, [heldOf('own')])).rejects.toMatchObject({ kind: 'denied' });
    expect(overwrites).toHaveLength(1);
  });

  it('looks for what it has hidden in the versions between, five at most', async () => {
    const world = await startSeededWorld();
    await parkInEscrow(world.run(), [heldOf('before')]);
    const { run, reads } = watched(world, async (nth) => {
      if (nth === 1) await other(world)(nth);
    });
    await parkInEscrow(run, [heldOf('own')]);
    expect(reads).toEqual(['escrow', 'escrow:2']);

    const often = watched(world, async (nth) => {
      for (let n = 0; n < 7 && nth === 1; n++) world.stored.putParameter('escrow', 'no JSON');
    });
    await parkInEscrow(often.run, [heldOf('late')]);
    expect(often.reads).toEqual(['escrow', ...[7, 8, 9, 10, 11].map((n) => `escrow:${n}`)]);
  });
});

it('an escrow that another invocation deletes right after a write is written again', async () => {
  const world = await startSeededWorld();
  await parkInEscrow(world.run(), [heldOf('before')]);
  const { run } = watched(world, (nth) => nth === 1 && other(world)(nth));
  const store = run.parameterStore();
  const deleting = (): ParameterStore => ({
    ...store,
    async read(names) {
      if (names.includes('/sfmc/acme/escrow:2')) world.stored.deleteParameter('escrow');
      return store.read(names);
    },
  });

  await parkInEscrow({ ...run, parameterStore: deleting }, [heldOf('own')]);

  expect(world.stored.escrow()).toContain('"own"');
  expect(world.stored.escrow()).toContain('"before"');
});

describe('settling the escrow', () => {
  const rival = heldOf('rival', { issuedAtMs: startMs - 20 * minuteMs });
  const open = heldOf('published', { open: true });

  it('writes nothing if nothing goes', async () => {
    const world = await startSeededWorld();
    await parkInEscrow(world.run(), [rival]);
    const { run, overwrites } = watched(world);

    await settleEscrow(run, open);

    expect(overwrites).toEqual([]);
  });

  it('replaces it once if something goes and nobody else has written', async () => {
    const world = await startSeededWorld();
    await parkInEscrow(world.run(), [rival, open]);
    const { run, overwrites, reads } = watched(world);

    const kept = await settleEscrow(run, open);

    expect(fingerprints(kept)).toEqual(fingerprints([rival]));
    expect(overwrites).toEqual([true]);
    expect(reads).toEqual(['escrow']);
  });

  it('takes out what is old and was refused', async () => {
    const world = await startSeededWorld();
    await parkInEscrow(world.run(), [rival]);
    const run = world.run();
    const refusal = { count: 2, sinceMs: 0, firstAtMs: 0, lastAtMs: startMs, reason: 'why' };
    run.memory.refusals = new Map([[fingerprintOf(rival), refusal]]);

    expect(await settleEscrow(run, open)).toEqual([]);
    expect(world.stored.escrow()).toBeUndefined();
  });
});
