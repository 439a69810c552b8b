import { behaviours, playDays } from './days';

/** Secrets Manager keeps 100 versions and removes none that is younger than a day. */
const [mostKept, mostWrittenInADay] = [100, 90];

describe.each([
  ['the schedule of one connection', false],
  ['the messages of a fleet', true],
])('two days under %s', (_, isFleet) => {
  it.each(behaviours)('of a provider that $name', async (behaviour) => {
    const played = await playDays(behaviour, { days: 2, seed: 1, isFleet });

    expect(played.simulation.checker.violations).toEqual([]);
    expect(played.mostWrittenInADay).toBeLessThanOrEqual(mostWrittenInADay);
    expect(played.mostKept).toBeLessThanOrEqual(mostKept);
  });
});
