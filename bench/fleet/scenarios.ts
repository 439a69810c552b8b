import { fleetPeriodMs, tickMs } from '../../lambda/core/limits';
import { Fleet } from '../../simulator/fleet/fleet';
import {
  type FleetOptions,
  type FleetOutage,
  minuteMs,
  startMs,
} from '../../simulator/fleet/fleetWorld';
import { median } from '../statistics';

/** After two periods no trace of how the fleet was seeded is left. */
const warmUpMs = 2 * fleetPeriodMs;

/** A fleet whose schedule has run for two periods. */
async function startFleet(options: FleetOptions): Promise<Fleet> {
  const fleet = new Fleet(options);
  fleet.startSchedule();
  await fleet.advance(warmUpMs);
  return fleet;
}

export interface Steady {
  /** By operation, calls for one connection in a month of 30 days. */
  readonly perMonth: ReadonlyMap<string, number>;
  /** Token requests a minute: the mean, and the most in any minute. */
  readonly mean: number;
  readonly peak: number;
  readonly throttled: number;
  /** Milliseconds of the rotator for one connection in a month. */
  readonly invokedMsPerMonth: number;
  /** The longest time from when a connection was sent until it was rotated. */
  readonly longestWaitMs: number;
}

/** What a fleet does while nothing happens. */
export async function measureSteady(options: FleetOptions, periods: number): Promise<Steady> {
  const fleet = await startFleet(options);
  const { calls, time } = fleet.world;
  const fromMs = time.nowMs;
  const invokedMs = fleet.invoked.ms;
  fleet.latencies.clear();
  await fleet.advance(periods * fleetPeriodMs);

  const periodsPerMonth = (30 * 24 * 60 * minuteMs) / fleetPeriodMs;
  const ofConnection = (count: number) => (count / periods / options.connections) * periodsPerMonth;
  const operations = calls.operations().filter((name) => !name.endsWith('throttled'));
  const totals = operations.map((name) => [name, calls.total(name, fromMs, time.nowMs)] as const);
  const minutes = calls.perMinute('provider:requestToken', fromMs, time.nowMs);
  return {
    perMonth: new Map(totals.map(([name, count]) => [name, ofConnection(count)])),
    mean: mean(minutes),
    peak: Math.max(...minutes),
    throttled: throttledCalls(fleet, fromMs),
    invokedMsPerMonth: ofConnection(fleet.invoked.ms - invokedMs),
    longestWaitMs: Math.max(...[...fleet.latencies.values()].flat()),
  };
}

export interface FlatOut {
  /** From the first message taken until the last connection was rotated. */
  readonly seconds: number;
  /** What the tightest quota allows that many calls in, and whose it is. */
  readonly quotaSeconds: number;
  readonly quota: string;
  /** Connections not rotated. */
  readonly left: number;
}

/** Tokens that were seeded up to 20 minutes old are all below the threshold of 45 minutes by then. */
const allDueMs = 15 * minuteMs + 1_000;
/** In seconds' worth of rotations: enough that nobody waits for a message. */
const backlogSeconds = 10;

/**
 * All connections due at once. Their messages come as fast as they are taken, those of the oldest
 * tokens first, so that each is rotated by a message that is young.
 */
export async function measureFlatOut(options: FleetOptions): Promise<FlatOut> {
  const fleet = new Fleet(options);
  const { calls, time, names } = fleet.world;
  await fleet.advance(allDueMs);

  const fromMs = time.nowMs;
  const toSend = [...names].reverse();
  const backlog = backlogSeconds * options.concurrency;
  do {
    fleet.send(toSend.splice(0, Math.max(0, backlog - fleet.world.queued())));
    await fleet.advance(100);
  } while (toSend.length > 0 || fleet.world.queued() > 0);

  const { quotas } = options;
  const needed = [
    ['PutSecretValue', 'secretsmanager:PutSecretValue', quotas.secretWrites],
    ['GetSecretValue', 'secretsmanager:GetSecretValue', quotas.secretReads],
    ['GetParameters', 'ssm:GetParameters', quotas.parameterReads],
  ] as const;
  const untilMs = time.nowMs + minuteMs;
  const [tightest] = needed
    .map(([quota, operation, perSecond]) => {
      const count =
        calls.total(operation, fromMs, untilMs) -
        calls.total(`${operation} throttled`, fromMs, untilMs);
      return { quota, seconds: count / perSecond };
    })
    .sort((a, b) => b.seconds - a.seconds);
  return {
    seconds: (time.nowMs - fromMs) / 1_000,
    quotaSeconds: tightest?.seconds ?? 0,
    quota: tightest?.quota ?? '',
    left: fleet.world.notRotatedSince(fromMs).length,
  };
}

export interface Survived {
  /** Token requests in a minute: the mean before, and the most in any minute after. */
  readonly meanBefore: number;
  readonly peakAfter: number;
  /** Connection-minutes in which a reader had an expired token. */
  readonly expired: number;
  /** The least time that any token had left, in minutes. */
  readonly leastLeft: number;
  /** Connections whose stored refresh token is refused in the end. */
  readonly lost: number;
  /** Minutes after the outage until no token was older than 25 minutes; undefined if not in two periods. */
  readonly freshAfter: number | undefined;
  readonly deadLettered: number;
}

/** An outage of so many minutes, and the two periods after it, every token looked at each minute. */
export async function measureOutage(
  options: FleetOptions,
  outage: FleetOutage,
  minutes: number,
): Promise<Survived> {
  const fleet = await startFleet(options);
  const { world } = fleet;
  const { time, calls } = world;
  const token = 'provider:requestToken';
  const beganMs = time.nowMs;
  const seen = { expired: 0, leastLeft: 60, freshAfter: undefined as number | undefined };
  world.outages.add(outage);
  const look = async (count: number, each?: (minute: number) => void) => {
    for (let minute = 1; minute <= count; minute++) {
      await fleet.advance(minuteMs);
      seen.expired += world.expired().length;
      seen.leastLeft = Math.min(seen.leastLeft, 60 - world.oldestAgeMs() / minuteMs);
      each?.(minute);
    }
  };
  await look(minutes);
  const endedMs = time.nowMs;
  world.outages.delete(outage);
  await look(40, (minute) => {
    if (world.oldestAgeMs() <= 25 * minuteMs) seen.freshAfter ??= minute;
  });
  // Exchanges under way have an end before their refresh tokens are looked at.
  fleet.stopSchedule();
  await fleet.advance(2 * minuteMs);
  return {
    meanBefore: mean(calls.perMinute(token, startMs + fleetPeriodMs, beganMs)),
    peakAfter: Math.max(...calls.perMinute(token, endedMs, time.nowMs)),
    ...seen,
    lost: world.lost().length,
    deadLettered: world.deadLettered(),
  };
}

export interface Neighbours {
  /** From when a connection was sent until it was rotated. */
  readonly medianMs: number;
  readonly longestMs: number;
  /** Connections that were not rotated in the last two periods. */
  readonly behind: number;
}

/** How long connections wait while so many others are refused by the provider for good. */
export async function measureNeighbours(
  options: FleetOptions,
  refused: number,
): Promise<Neighbours> {
  const fleet = new Fleet(options);
  const { names, time } = fleet.world;
  // Spread over the registry, as any are.
  const stride = Math.floor(names.length / Math.max(1, refused));
  const bad = new Set(Array.from({ length: refused }, (_, nth) => names[nth * stride] ?? ''));
  for (const name of bad) fleet.world.spoil(name);
  fleet.startSchedule();
  await fleet.advance(warmUpMs);
  const fromMs = time.nowMs;
  fleet.latencies.clear();
  await fleet.advance(2 * fleetPeriodMs);
  const waits = [...fleet.latencies].flatMap(([name, each]) => (bad.has(name) ? [] : each));
  return {
    medianMs: median(waits),
    longestMs: Math.max(...waits),
    behind: fleet.world.notRotatedSince(fromMs).filter((name) => !bad.has(name)).length,
  };
}

export interface Repeated {
  readonly rotations: number;
  readonly lateConnections: number;
}

/** A period in which a run of the dispatcher dies in the middle, and is repeated a minute later. */
export async function measureDeadDispatcher(options: FleetOptions): Promise<Repeated> {
  const fleet = await startFleet(options);
  const { calls, time } = fleet.world;
  const fromMs = time.nowMs;
  fleet.diesAfterPages = Math.floor(options.connections / 20);
  await fleet.advance(fleetPeriodMs);
  return {
    rotations: calls.total('secretsmanager:PutSecretValue', fromMs, time.nowMs),
    lateConnections: fleet.world.notRotatedSince(fromMs).length,
  };
}

export interface Runs {
  /** Seconds of a run in a new environment and in a warm one; undefined if it was not done in time. */
  readonly firstSeconds: number | undefined;
  readonly laterSeconds: number | undefined;
}

/** How long the dispatcher takes for one share. */
export async function measureRuns(options: FleetOptions): Promise<Runs> {
  const fleet = new Fleet(options);
  fleet.isConsuming = false;
  const { time } = fleet.world;
  const run = async (scheduledAtMs: number) => {
    const fromMs = time.nowMs;
    let seconds: number | undefined;
    let ended = false;
    const dispatched = fleet.dispatch(scheduledAtMs).then(
      () => {
        seconds = (time.nowMs - fromMs) / 1_000;
      },
      () => undefined,
    );
    void dispatched.finally(() => {
      ended = true;
    });
    while (!ended) await fleet.advance(100);
    return seconds;
  };
  return { firstSeconds: await run(startMs), laterSeconds: await run(startMs + tickMs) };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function throttledCalls({ world: { calls, time } }: Fleet, fromMs: number): number {
  return calls
    .operations()
    .filter((name) => name.endsWith('throttled'))
    .reduce((sum, name) => sum + calls.total(name, fromMs, time.nowMs), 0);
}
