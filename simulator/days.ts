import type { Case } from './cases';
import { faultNamed } from './faults';
import { randomFrom } from './random';
import { seeded } from './scenarios';
import { type SimulationOptions, startMs } from './simulated';
import { Simulation } from './simulation';
import type { Fault } from './vocabulary';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
const tickMs = 5 * minuteMs;
const fleetPeriodMs = 20 * minuteMs;

/** Secrets Manager keeps so many versions, and removes none that is younger than a day. */
const mostVersions = 100;

/** How a provider behaves, day after day. */
export interface Behaviour {
  readonly name: string;
  readonly options?: Partial<SimulationOptions>;
  /** @default 90, which leaves Secrets Manager's limit of 100 room for a person's */
  readonly mostWrittenInADay?: number;
  /** Off if tokens live no longer than a fleet's period. @default true */
  readonly isForFleets?: boolean;
  /** Off if even the schedule of one connection cannot keep up. @default true */
  readonly isServed?: boolean;
  /** What a token request meets; `isFirst` if it is the first with its refresh token. */
  readonly meets?: (isFirst: boolean, random: () => number) => string | undefined;
}

const behaviours: readonly Behaviour[] = [
  { name: 'is clean' },
  {
    name: 'is never clean: the answer to a first use is lost',
    meets: (isFirst) => (isFirst ? 'now, own500' : undefined),
  },
  { name: 'is always slow', meets: () => 'now, slow' },
  { name: 'never rotates its refresh tokens', options: { rotates: false } },
  {
    name: 'refuses one request in ten',
    meets: (_, random) => (random() < 0.1 ? 'never, own401' : undefined),
  },
  {
    name: 'loses one answer in ten',
    meets: (_, random) => (random() < 0.1 ? 'now, cut' : undefined),
  },
  {
    name: 'takes one request in ten up later',
    meets: (_, random) => (random() < 0.1 ? 'later, html503' : undefined),
  },
  {
    name: 'gives no refresh token in one answer of three',
    meets: (_, random) => (random() < 0.33 ? 'now, noRefreshToken' : undefined),
  },
  {
    name: 'gives tokens for 20 minutes',
    options: { lifeMs: 20 * minuteMs },
    isForFleets: false,
    // One in 15 minutes is what ticks of 5 minutes come to.
    mostWrittenInADay: mostVersions - 1,
  },
  {
    name: 'gives tokens for 20 minutes and is never clean',
    options: { lifeMs: 20 * minuteMs },
    isForFleets: false,
    // Their pace alone takes 96 of the 100 versions of a day, and confirmations take the rest: then
    // Secrets Manager refuses for hours. The provider gives 60 minutes, unchangeably.
    isServed: false,
    mostWrittenInADay: mostVersions - 1,
    meets: (isFirst) => (isFirst ? 'now, own500' : undefined),
  },
];

export interface Days {
  readonly simulation: Simulation;
  /** Versions that were written in the worst 24 hours. */
  readonly mostWrittenInADay: number;
  readonly requests: number;
}

/** Lets the schedule run for days, minutes of jitter and all, while nothing else goes wrong. */
async function playDays(
  { options, meets }: Behaviour,
  {
    days,
    seed,
    isFleet,
  }: { readonly days: number; readonly seed: number; readonly isFleet: boolean },
): Promise<Days> {
  const random = randomFrom(seed);
  const sent = new Set<string>();
  const faultFor = (refreshToken: string | undefined): Fault | undefined => {
    if (refreshToken === undefined) return undefined;
    const isFirst = !sent.has(refreshToken);
    sent.add(refreshToken);
    const name = meets?.(isFirst, random);
    return name === undefined ? undefined : faultNamed('provider.requestToken', name);
  };
  const simulation = new Simulation({
    ...{ secondUse: 'revokes-successor', onBrokenChain: 'alarm', random, isFleet },
    ...options,
    faultAt: (_, call, refreshToken) =>
      call === 'provider.requestToken' ? faultFor(refreshToken) : undefined,
  });
  const { time, checker, outside } = simulation;
  seeded(simulation);
  checker.readers.isStrict = true;
  const periodMs = isFleet ? fleetPeriodMs : tickMs;
  for (let atMs = startMs; atMs < startMs + days * dayMs; atMs += periodMs) {
    time.at(atMs + random() * minuteMs, () => simulation.send());
    await time.advanceTo(atMs + periodMs);
    checker.check();
  }
  const requests = simulation.effects.filter(({ call }) => call === 'provider.requestToken').length;
  const mostWrittenInADay = mostInADay(outside.secrets.writtenAtMs);
  return { simulation, mostWrittenInADay, requests };
}

/** What is wrong with some days. */
function wrongWith(
  { simulation, mostWrittenInADay }: Days,
  behaviour: Behaviour,
): readonly string[] {
  const limit = behaviour.mostWrittenInADay ?? 90;
  return [
    ...simulation.checker.violations,
    ...simulation.checker.losses.map(({ why }) => `the chain was lost: ${why}`),
    ...(mostWrittenInADay > limit ? [`${mostWrittenInADay} versions were written in a day`] : []),
  ];
}

/** Two days of every behaviour that can be served, for one connection and for one of a fleet. */
export const dayCases: readonly Case[] = behaviours
  .filter(({ isServed = true }) => isServed)
  .flatMap((behaviour) =>
    (behaviour.isForFleets === false ? [false] : [false, true]).map((isFleet) => ({
      name: `${isFleet ? 'a fleet' : 'a schedule'} | ${behaviour.name}`,
      play: async () =>
        wrongWith(await playDays(behaviour, { days: 2, seed: 1, isFleet }), behaviour),
    })),
  );

function mostInADay(timesMs: readonly number[]): number {
  let most = 0;
  let first = 0;
  for (const [at, timeMs] of timesMs.entries()) {
    while ((timesMs[first] ?? 0) <= timeMs - dayMs) first += 1;
    most = Math.max(most, at - first + 1);
  }
  return most;
}
