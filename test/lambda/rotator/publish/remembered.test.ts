import { fingerprintOf, type HeldTokenSet } from '../../../../lambda/core/held';
import { publish } from '../../../../lambda/rotator/publish';
import type { Run } from '../../../../lambda/rotator/run';
import { minuteMs, startMs } from '../../../support/simulatedClock';
import { startSeededWorld } from '../../../support/startWorld';
import { fingerprints, heldOf, optionsOf } from './tokenSets';

const set = heldOf('refresh');
const open = heldOf('refresh', { open: true });

/** Refused twice, so that it counts as dead. */
function letDie(run: Run, dead: HeldTokenSet): void {
  const [sinceMs, reason] = [startMs, 'HTTP 401, errorcode 1'];
  const refusal = { count: 2, sinceMs, firstAtMs: sinceMs, lastAtMs: sinceMs, reason };
  run.memory.refusals = new Map([[fingerprintOf(dead), refusal]]);
}

describe('an environment remembers', () => {
  it('the versions in use from an open one on, newest first, three at most', async () => {
    const world = await startSeededWorld();
    const run = world.run();
    const published: (string | undefined)[] = [];
    for (const name of ['a', 'b', 'c', 'd']) {
      await publish(run, heldOf(name, { open: true }), optionsOf(world));
      published.unshift(world.stored.versionOf('AWSCURRENT'));
    }

    expect(run.memory.inUse.map(({ versionId }) => versionId)).toEqual(published.slice(0, 3));
  });

  it('none of them once a clean one was published, nor when one was used', async () => {
    const world = await startSeededWorld();
    const run = world.run();
    run.memory.possiblyUsedAtMs = startMs;
    run.memory.lastUsedAtMs = startMs;

    await publish(run, open, optionsOf(world));
    expect(run.memory).toMatchObject({ possiblyUsedAtMs: startMs, lastUsedAtMs: startMs });
    expect(run.memory.inUse).toHaveLength(1);

    await publish(run, heldOf('next'), optionsOf(world));
    expect(run.memory.inUse).toEqual([]);
    expect(run.memory).not.toHaveProperty('possiblyUsedAtMs');
    expect(run.memory).not.toHaveProperty('lastUsedAtMs');
  });

  it('the last five versions that it replaced', async () => {
    const world = await startSeededWorld();
    const run = world.run();
    const replaced: (string | undefined)[] = [];
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) {
      replaced.push(world.stored.versionOf('AWSCURRENT'));
      await publish(run, heldOf(name), optionsOf(world));
    }

    expect(run.memory.replaced).toEqual(replaced.slice(-5));
  });

  it('an old rival beside one that is to be confirmed, unless that was refused', async () => {
    const world = await startSeededWorld();
    const run = world.run();
    const [old, dead] = ['old', 'dead'].map((name) =>
      heldOf(name, { issuedAtMs: startMs - 20 * minuteMs }),
    ) as [HeldTokenSet, HeldTokenSet];
    run.memory.held = [old, dead];
    letDie(run, dead);

    const published = await publish(run, open, optionsOf(world, { held: [old, dead] }));

    expect(fingerprints(published.held)).toEqual(fingerprints([old]));
    expect(fingerprints(run.memory.held)).toEqual(fingerprints([old]));
  });
});

describe('while AWSCURRENT is not known', () => {
  it('a token set is parked, and written over nothing', async () => {
    const world = await startSeededWorld();

    const published = await publish(world.run(), set, optionsOf(world, { parksOnly: true }));

    expect(published).toEqual({ kind: 'parked', held: [set] });
    expect(world.requests).toEqual(['GetParameters', 'PutParameter']);
    expect(world.stored.escrow()).toContain('"refresh"');
  });

  it('it becomes a version of its own if Parameter Store does not take it', async () => {
    const world = await startSeededWorld();
    const run = world.run();
    const before = world.stored.versionOf('AWSCURRENT');
    world.aws.orderFault({ operation: 'PutParameter', kind: 'deny' });

    const published = await publish(run, set, optionsOf(world, { parksOnly: true }));

    expect(published).toEqual({ kind: 'parked', held: [set] });
    expect(world.stored.versionOf('AWSCURRENT')).toBe(before);
    expect(world.stored.salvaged()).toBe('refresh');
    expect(run.memory.held).toEqual([set]);
    expect(world.telemetry.lines.at(-1)).toEqual({
      level: 'warn',
      message: 'Kept the token set as a version beside AWSCURRENT, which cannot be read',
      fields: { refreshToken: fingerprintOf(set) },
    });
  });
});

it('an open token set that no store takes is not taken for parked', async () => {
  const world = await startSeededWorld();
  world.aws.orderFault({ kind: 'deny', calls: 'untilCancelled' });

  const thrown: unknown = await publish(world.run(), open, optionsOf(world)).catch((it) => it);

  expect(thrown).toMatchObject({ code: 'StoreUnavailable' });
  expect((thrown as Error).cause).toMatchObject({ kind: 'denied' });
});
