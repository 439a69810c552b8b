import { dayCases } from '../../simulator/days';
import { playRandomHistory } from '../../simulator/randomHistory';
import type { Report } from '../../simulator/report';
import { run } from '../../simulator/runner';
import { few } from './few';

// Work for the processor, in processes of their own: a busy machine takes as long as it needs.
jest.setTimeout(30 * 60_000);

/** A look at each change; `npm run simulate` plays every fault and pair of faults, and more lives. */
const seeds = process.env.TEST_FULL === 'true' ? 600 : 120;
const oneFirstFaultIn = 650;

describe('the rotation, simulated', () => {
  const ending = new AbortController();
  const { signal } = ending;
  afterAll(() => ending.abort());
  // Printed by jest's reporter: how much was looked at is part of the result.
  const print = ({ played, faults }: Report, what: string) =>
    process.stdout.write(`simulated ${played} ${what} with ${faults} faults\n`);

  it('loses no chain to one fault, or to two', async () => {
    const { report: singles, classes } = await run({ kind: 'singles', ...few }, { signal });
    const part = { only: few.only, oneIn: oneFirstFaultIn };
    const { report: pairs } = await run({ kind: 'pairs', classes, ...part }, { signal });
    print(singles, 'histories');
    print(pairs, 'histories');

    expect([...singles.violations, ...pairs.violations]).toEqual([]);
    expect(singles.played).toBeGreaterThan(2_000);
    expect(pairs.played).toBeGreaterThan(400);
  });

  it('loses no chain in 700 days of bad weather', async () => {
    const { report: random } = await run({ kind: 'random', first: 1, seeds }, { signal });
    print(random, 'random lives');

    expect(random.violations).toEqual([]);
    expect(random.histories).toBe(seeds);
    expect(random.faults).toBeGreaterThan(4 * seeds);
  });

  it('goes well for two days with each provider that can be served, alone and in a fleet', async () => {
    const { report } = await run({ kind: 'days' }, { signal });

    expect(report.violations).toEqual([]);
    expect(report.histories).toBe(dayCases.length);
  });

  it('plays the same history for the same seed', async () => {
    const [first, second] = [
      await playRandomHistory({ seed: 7, isTraced: true }),
      await playRandomHistory({ seed: 7, isTraced: true }),
    ];

    expect(second.simulation.story).toEqual(first.simulation.story);
    expect(second.simulation.effects).toEqual(first.simulation.effects);
  });
});
