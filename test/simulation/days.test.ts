import { behaviours, playDays, wrongWith } from './days';

describe('two days under the schedule of one connection', () => {
  it.each(behaviours)('go well with a provider that $name', async (behaviour) => {
    const days = await playDays(behaviour, { days: 2, seed: 1, isFleet: false });

    expect(wrongWith(days, behaviour)).toEqual([]);
  });
});

describe("two days under a fleet's messages", () => {
  const served = behaviours.filter(({ isForFleets = true }) => isForFleets);

  it.each(served)('go well with a provider that $name', async (behaviour) => {
    const days = await playDays(behaviour, { days: 2, seed: 1, isFleet: true });

    expect(wrongWith(days, behaviour)).toEqual([]);
  });
});
