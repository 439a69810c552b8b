import { behaviours, playDays, wrongWith } from '../../simulator/days';

/**
 * Their pace alone takes 96 of the 100 versions of a day, and confirmations take the rest: then Secrets
 * Manager refuses for hours. The provider gives 60 minutes, unchangeably.
 */
const unserved = 'gives tokens for 20 minutes and is never clean';

describe('two days under the schedule of one connection', () => {
  const served = behaviours.filter(({ name }) => name !== unserved);

  it.each(served)('go well with a provider that $name', async (behaviour) => {
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
