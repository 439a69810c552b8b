import {
  measureDeadDispatcher,
  measureFlatOut,
  measureNeighbours,
  measureOutage,
  measureRuns,
  measureSteady,
} from '../../../bench/fleet/scenarios';
import { Fleet } from '../../../simulator/fleet/fleet';
import { type FleetOutage, minuteMs } from '../../../simulator/fleet/fleetWorld';
import { smallFleet } from './support';

const latencies = { awsMs: 20, providerMs: 250 };

it('rotates each connection once a period, by four calls, evenly', async () => {
  const steady = await measureSteady(smallFleet(), 3);

  const aMonth = 30 * 24 * 3;
  expect(Object.fromEntries(steady.perMonth)).toMatchObject({
    'provider:requestToken': aMonth,
    'secretsmanager:GetSecretValue': aMonth,
    'secretsmanager:PutSecretValue': aMonth,
    'ssm:GetParameters': aMonth,
  });
  // Four runs a period read the registry, 10 connections a page.
  expect(steady.perMonth.get('ssm:GetParametersByPath')).toBeCloseTo(0.4 * aMonth);
  expect(steady.throttled).toBe(0);
  // Four of five minutes have the load of five; so few connections are not quite even by chance.
  expect(steady.peak / steady.mean).toBeLessThan(1.6);
  expect(steady.longestWaitMs).toBeLessThan(20_000);
});

it('keeps every token younger than a period and a half', async () => {
  const fleet = new Fleet(smallFleet());
  fleet.startSchedule();
  await fleet.advance(40 * minuteMs);

  let oldestMs = 0;
  for (let minute = 0; minute < 20; minute++) {
    await fleet.advance(minuteMs);
    oldestMs = Math.max(oldestMs, fleet.world.oldestAgeMs());
  }

  expect(oldestMs).toBeLessThan(30 * minuteMs);
  expect(fleet.world.lost()).toEqual([]);
});

it('works off a round at nine tenths of the tightest quota, or more', async () => {
  // 8 calls a second, as many as begin if 8 are at once.
  const flatOut = await measureFlatOut(smallFleet({ concurrency: 8, latencies }));

  expect(flatOut.quota).toBe('GetParameters');
  expect(flatOut.left).toBe(0);
  expect(flatOut.quotaSeconds / flatOut.seconds).toBeGreaterThan(0.9);
});

it('is throttled beyond the quota, and loses nothing by it', async () => {
  const flatOut = await measureFlatOut(smallFleet({ concurrency: 16, latencies }));

  expect(flatOut.left).toBe(0);
  expect(flatOut.seconds).toBeGreaterThanOrEqual(0.95 * flatOut.quotaSeconds);
});

it('repeats a run of the dispatcher that died, and rotates no connection twice', async () => {
  const { rotations, lateConnections } = await measureDeadDispatcher(smallFleet());

  expect(lateConnections).toBe(0);
  expect(rotations).toBe(smallFleet().connections);
});

it('lets no connection wait for those that the provider refuses', async () => {
  const options = smallFleet({ connections: 200, latencies });

  const undisturbed = await measureNeighbours(options, 0);
  const disturbed = await measureNeighbours(options, 1);

  expect(disturbed.behind).toBe(0);
  expect(disturbed.medianMs).toBe(undisturbed.medianMs);
  expect(disturbed.longestMs).toBeLessThanOrEqual(undisturbed.longestMs + 2_000);
});

it('comes to the end of a large registry in the time of a run', async () => {
  const { firstSeconds, laterSeconds } = await measureRuns(
    smallFleet({ connections: 6_000, quotas: { ...smallFleet().quotas, parameterReads: 40 } }),
  );

  expect(firstSeconds).toBeLessThan(60);
  expect(laterSeconds).toBeCloseTo(240, 0);
});

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
