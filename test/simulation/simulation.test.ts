import { playRandomHistory } from './randomHistory';
import type { Report } from './report';
import { run } from './runner';

const seeds = 20_000;

describe('the rotation, simulated', () => {
  let exhaustive: Report;
  let random: Report;

  const ending = new AbortController();
  // Where the time for it is over, a simulation would go on.
  afterAll(() => ending.abort());

  beforeAll(async () => {
    const { signal } = ending;
    exhaustive = await run({ kind: 'exhaustive', pairs: true }, { signal });
    random = await run({ kind: 'random', first: 1, seeds }, { signal });
    // Printed by jest's reporter: how much was looked at is part of the result.
    process.stdout.write(
      `simulated ${exhaustive.histories} histories of every fault and pair of faults, ` +
        `${random.histories} random lives with ${random.faults} faults\n`,
    );
  });

  it('loses no chain to any single fault or pair of faults', () => {
    expect(exhaustive.violations).toEqual([]);
    expect(exhaustive.histories).toBeGreaterThan(250_000);
  });

  it('loses no chain in 700 days of bad weather, whatever the seed', () => {
    expect(random.violations).toEqual([]);
    expect(random.histories).toBe(seeds);
    expect(random.faults).toBeGreaterThan(2 * seeds);
  });

  it('plays the same history for the same seed', async () => {
    const [first, second] = [
      await playRandomHistory({ seed: 7 }),
      await playRandomHistory({ seed: 7 }),
    ];

    expect(second.story).toEqual(first.story);
    expect(second.simulation.trace).toEqual(first.simulation.trace);
  });
});
