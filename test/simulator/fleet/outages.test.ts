import { measureOutage } from '../../../bench/fleet/scenarios';
import type { FleetOutage } from '../../../simulator/fleet/fleetWorld';
import { smallFleet } from './support';

describe.each<[FleetOutage, number]>([
  ['provider.own503', 30],
  ['provider.silent', 30],
  ['secrets.both', 10],
  ['secrets.writes', 10],
])('an outage (%s) of %d minutes', (outage, minutes) => {
  it('loses no chain, lets no token expire, brings no herd, and is over in a period', async () => {
    const survived = await measureOutage(smallFleet(), outage, minutes);

    expect(survived).toMatchObject({ lost: 0, expired: 0 });
    expect(survived.leastLeft).toBeGreaterThan(0);
    expect(survived.peakAfter / survived.meanBefore).toBeLessThanOrEqual(2);
    expect(survived.freshAfter).toBeLessThanOrEqual(20);
  });
});
