import { isChildOf } from '../../../../lambda/core/lineage';
import type { ParameterStore } from '../../../../lambda/effects/parameterStore';
import { parkInEscrow, settleEscrow } from '../../../../lambda/rotator/escrow';
import type { LocalWorld } from '../../../support/localWorld';
import { minuteMs, startMs } from '../../../support/simulatedClock';
import { startSeededWorld } from '../../../support/startWorld';
import { fingerprints, heldOf } from './tokenSets';

/** The refresh tokens in the escrow, in their order. */
function escrowed(world: LocalWorld): string[] {
  const parked = JSON.parse(world.stored.escrow() ?? '[]');
  return [parked].flat().map(({ refreshToken }) => refreshToken);
}

/** A store in which another invocation writes just before this one does, so many times. */
function written(world: LocalWorld, times: number): { parameterStore: () => ParameterStore } {
  const store = world.effects.parameterStore();
  let left = times;
  return {
    parameterStore: () => ({
      ...store,
      async writeSecure(...parameter) {
        if (left > 0) {
          left -= 1;
          await parkInEscrow(world.run(), [heldOf(`other-${left}`)]);
        }
        return store.writeSecure(...parameter);
      },
    }),
  };
}

describe('parking a token set in the escrow', () => {
  it('writes an object for one, and a list for more, beside what stands there', async () => {
    const world = await startSeededWorld();

    await parkInEscrow(world.run(), [heldOf('first')]);
    const alone = JSON.parse(world.stored.escrow() ?? '');
    const kept = await parkInEscrow(world.run(), [heldOf('second', { open: true })]);

    expect(alone).toMatchObject({ refreshToken: 'first' });
    expect(escrowed(world)).toEqual(['first', 'second']);
    expect(fingerprints(kept)).toEqual(fingerprints([heldOf('first'), heldOf('second')]));
  });

  it('notes once more of a token that stands there what is known since, and forgets nothing', async () => {
    const world = await startSeededWorld();
    await parkInEscrow(world.run(), [heldOf('first', { open: true, parent: '0123abcd' })]);

    await parkInEscrow(world.run(), [heldOf('first', { sent: true })]);

    expect(JSON.parse(world.stored.escrow() ?? '')).toMatchObject({
      refreshToken: 'first',
      open: true,
      sent: true,
      parent: '0123abcd',
    });
  });

  it.each([
    ['an empty escrow', []],
    ['one that holds something', ['before']],
  ])('loses nothing if another invocation writes to %s at the same moment', async (_, before) => {
    const world = await startSeededWorld();
    for (const token of before) await parkInEscrow(world.run(), [heldOf(token)]);

    await parkInEscrow(world.run(written(world, 1)), [heldOf('own')]);

    expect(escrowed(world).sort()).toEqual([...before, 'other-0', 'own']);
  });

  it('merges again if the other one writes time after time', async () => {
    const world = await startSeededWorld();

    await parkInEscrow(world.run(written(world, 2)), [heldOf('own')]);

    expect(escrowed(world).sort()).toEqual(['other-0', 'other-1', 'own']);
  });

  it('replaces what nobody can read', async () => {
    const world = await startSeededWorld();
    world.stored.putParameter('escrow', 'no JSON');

    await parkInEscrow(world.run(), [heldOf('own')]);

    expect(escrowed(world)).toEqual(['own']);
  });
});

describe('an escrow that is full', () => {
  const rivals = ['first', 'second', 'third', 'fourth'];

  async function startFull(marks: Parameters<typeof heldOf>[1] = {}): Promise<LocalWorld> {
    const world = await startSeededWorld();
    const held = rivals.map((token, at) => heldOf(token, { issuedAtMs: startMs + at, ...marks }));
    await parkInEscrow(world.run(), held);
    return world;
  }

  it('leaves out what was refused twice first', async () => {
    const world = await startFull();
    const run = world.run();
    const [dead = ''] = fingerprints([heldOf('third')]);
    const refusal = {
      count: 2,
      sinceMs: startMs,
      firstAtMs: startMs,
      lastAtMs: startMs,
      reason: 'HTTP 401',
    };
    run.memory.refusals = new Map([[dead, refusal]]);

    await parkInEscrow(run, [heldOf('own', { issuedAtMs: startMs + 9 })]);

    expect(escrowed(world)).toEqual(['first', 'second', 'fourth', 'own']);
  });

  it('then what is long over', async () => {
    const world = await startFull();
    const late = heldOf('own', { issuedAtMs: startMs + 16 * minuteMs });
    world.clock.advance(16 * minuteMs);

    await parkInEscrow(world.run(), [late]);

    expect(escrowed(world)).toEqual(['second', 'third', 'fourth', 'own']);
    expect(world.stored.salvaged()).toBeUndefined();
  });

  it('then what has a successor from a clean exchange', async () => {
    const world = await startFull({ open: true });
    const [parent] = fingerprints([heldOf('second')]);

    await parkInEscrow(world.run(), [heldOf('own', { issuedAtMs: startMs + 9, parent })]);

    expect(escrowed(world)).toEqual(['first', 'third', 'fourth', 'own']);
    expect(world.stored.salvaged()).toBeUndefined();
  });

  it('gives the oldest live rival a labelled version of its own', async () => {
    const world = await startFull({ open: true });

    await parkInEscrow(world.run(), [heldOf('own', { issuedAtMs: startMs + 9, open: true })]);

    expect(escrowed(world)).toEqual(['second', 'third', 'fourth', 'own']);
    expect(world.stored.salvaged()).toBe('first');
    const versionId = world.stored.versionOf('SFMC_SALVAGED') ?? '';
    const text = JSON.stringify(world.stored.read({ VersionId: versionId }));
    expect(isChildOf(fingerprints([heldOf('first')])[0] ?? '', { versionId, text })).toBe(true);
  });

  it('keeps no more than a parameter takes', async () => {
    const world = await startSeededWorld();
    const long = (token: string) => heldOf(token + 'x'.repeat(1_400), { open: true });

    await parkInEscrow(world.run(), [long('first'), long('second'), long('third')]);

    expect(Buffer.byteLength(world.stored.escrow() ?? '')).toBeLessThanOrEqual(8 * 1024);
    expect(world.stored.salvaged()).toMatch(/^first/);
  });
});

describe('settling the escrow once a token set was published', () => {
  it('asks for nothing but a look if there is none', async () => {
    const world = await startSeededWorld();

    expect(await settleEscrow(world.run(), heldOf('published'))).toEqual([]);

    expect(world.requests).toEqual(['GetParameters']);
  });

  it('keeps an older rival after an open one was published, and deletes it after a clean one', async () => {
    const world = await startSeededWorld();
    await parkInEscrow(world.run(), [heldOf('rival')]);
    const published = heldOf('published', { issuedAtMs: startMs + 16 * minuteMs });

    const afterOpen = await settleEscrow(world.run(), { ...published, open: true });
    const afterClean = await settleEscrow(world.run(), published);

    expect(fingerprints(afterOpen)).toEqual(fingerprints([heldOf('rival')]));
    expect(afterClean).toEqual([]);
    expect(world.stored.escrow()).toBeUndefined();
  });

  it('keeps a rival that is no older than the windows of both after a clean one, too', async () => {
    const world = await startSeededWorld();
    await parkInEscrow(world.run(), [heldOf('rival')]);
    const published = heldOf('published', { issuedAtMs: startMs + 14 * minuteMs });

    const kept = await settleEscrow(world.run(), published);

    expect(fingerprints(kept)).toEqual(fingerprints([heldOf('rival')]));
    expect(escrowed(world)).toEqual(['rival']);
  });

  it('loses nothing that another invocation parks at the same moment', async () => {
    const world = await startSeededWorld();
    await parkInEscrow(world.run(), [heldOf('published'), heldOf('rival')]);

    await settleEscrow(world.run(written(world, 1)), heldOf('published', { open: true }));

    expect(escrowed(world)).toEqual(expect.arrayContaining(['other-0', 'rival']));
  });
});
