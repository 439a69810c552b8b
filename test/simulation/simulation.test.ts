import { calibrating } from './calibrating';
import { playRandomHistory } from './randomHistory';
import type { Report } from './report';
import { run } from './runner';

const seeds = 20_000;

describe('the rotation, simulated', () => {
  let pairs: Report;
  let random: Report;

  const ending = new AbortController();
  // Where the time for it is over, a simulation would go on.
  afterAll(() => ending.abort());

  beforeAll(async () => {
    const { signal } = ending;
    const { classes } = await run({ kind: 'singles', ...calibrating }, { signal });
    pairs = (await run({ kind: 'pairs', classes }, { signal })).report;
    random = (await run({ kind: 'random', first: 1, seeds }, { signal })).report;
    // Printed by jest's reporter: how much was looked at is part of the result.
    process.stdout.write(
      `simulated ${pairs.histories} histories of every fault and pair of faults, ` +
        `${random.histories} random lives with ${random.faults} faults\n`,
    );
  });

  it('loses no chain to any single fault or pair of faults', () => {
    expect(pairs.violations).toEqual([]);
    expect(pairs.histories).toBeGreaterThan(500_000);
  });

  it('loses no chain in 700 days of bad weather, whatever the seed', () => {
    expect(random.violations).toEqual([]);
    expect(random.histories).toBe(seeds);
    expect(random.faults).toBeGreaterThan(4 * seeds);
  });

  it('plays the same history for the same seed', async () => {
    const [first, second] = [
      await playRandomHistory({ seed: 7, isTold: true }),
      await playRandomHistory({ seed: 7, isTold: true }),
    ];

    expect(second.simulation.story).toEqual(first.simulation.story);
    expect(second.simulation.effects).toEqual(first.simulation.effects);
  });
});
