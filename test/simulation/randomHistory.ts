import { faultsOf, outageMs } from './faults';
import { clientSecret, stagedClientSecret } from './outside';
import { emptyReport, type Report } from './report';
import { nativeRotation } from './scenarios';
import { Simulation, startMs } from './simulation';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
const lifeMs = 700 * dayMs;
const tickMs = 5 * minuteMs;
const spacingMs = 11 * minuteMs;

/** A small seeded generator (mulberry32): one seed, one history. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Faults that a random history strikes with, how often and until which of them. */
export interface Weather {
  readonly seed: number;
  /** Faults after this many are left out: the shortest failing history is found by lowering it. */
  readonly mostFaults?: number;
}

export interface RandomHistory {
  readonly simulation: Simulation;
  readonly faultsStruck: number;
  /** What happened, for the one who replays it. */
  readonly story: string[];
}

/**
 * A life of 700 days: episodes of bad weather under the real schedule, with the quiet stretches
 * between them left out (the schedule is paused there, as an operator may).
 */
export async function playRandomHistory({ seed, mostFaults }: Weather): Promise<RandomHistory> {
  const random = randomFrom(seed);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
  const story: string[] = [];
  let faultRate = 0;
  let faultsStruck = 0;

  const simulation: Simulation = new Simulation({
    secondUse: pick(['same-successor', 'another-successor', 'revokes-first']),
    onBrokenChain: pick(['alarm', 'reissue']),
    random,
    latencyMs: (call) => (call.startsWith('provider') ? 50 + random() * 400 : 5 + random() * 60),
    faultAt(effect, call) {
      if (random() >= faultRate) return undefined;
      const fault = pick(faultsOf(call));
      if (!limit.admit(outageMs[fault])) return undefined;
      faultsStruck += 1;
      if (faultsStruck > (mostFaults ?? Number.POSITIVE_INFINITY)) return undefined;
      story.push(`${clockOf(simulation)} effect ${effect} (${call}): ${fault}`);
      return fault;
    },
  });
  const limit = new FaultLimit(simulation);
  const { time, properties } = simulation;
  simulation.outside.seed();
  properties.chainExpected = true;

  const episodes = 2 + Math.floor(random() * 2);
  for (let episode = 0; episode < episodes; episode++) {
    story.push(`${clockOf(simulation)} the schedule runs`);
    faultRate = pick([0.02, 0.05, 0.1]);
    const ticks = 4 + Math.floor(random() * 9);
    for (let tick = 0; tick < ticks; tick++) {
      void simulation.invokeAsync();
      if (random() < 0.1 && limit.admit()) await somethingElse(simulation, random, story);
      await time.advanceTo(time.nowMs + tickMs);
      properties.check();
    }
    faultRate = 0;
    await calmDown(simulation);
    if (properties.violations.length > 0) break;
    if (episode === episodes - 1) break;
    const daysLeft = (startMs + lifeMs - time.nowMs) / dayMs;
    await time.advanceTo(time.nowMs + random() * (daysLeft / (episodes - episode)) * dayMs);
    properties.afterPause();
  }
  return { simulation, faultsStruck, story };
}

/** No more than two faults strike within 11 minutes: single and double ones, as often as may be. */
class FaultLimit {
  readonly #simulation: Simulation;
  #untilMs: number[] = [];

  constructor(simulation: Simulation) {
    this.#simulation = simulation;
  }

  /** Whether another fault may strike; it counts from its end. */
  admit(durationMs = 0): boolean {
    const { nowMs } = this.#simulation.time;
    this.#untilMs = this.#untilMs.filter((endMs) => endMs > nowMs - spacingMs);
    if (this.#untilMs.length >= 2) return false;
    this.#untilMs.push(nowMs + durationMs);
    return true;
  }
}

async function somethingElse(
  simulation: Simulation,
  random: () => number,
  story: string[],
): Promise<void> {
  const { time, durable, properties } = simulation;
  const note = (what: string) => story.push(`${clockOf(simulation)} ${what}`);
  await time.advanceTo(time.nowMs + random() * tickMs);
  switch (Math.floor(random() * 6)) {
    case 0:
      note('an operator rotates by hand');
      void simulation.invokeAsync({ force: true });
      return;
    case 1:
      note("Secrets Manager's own rotation begins");
      void nativeRotation(simulation);
      return;
    case 2:
      note('Lambda ends an idle container');
      for (const container of simulation.containers.filter(({ busy }) => !busy).slice(0, 1)) {
        simulation.recycle(container);
      }
      return;
    case 3:
      note('an operator re-seeds');
      simulation.outside.seed();
      properties.afterReseeding();
      return;
    case 4:
      if (durable.provider.clientSecrets.accepts(stagedClientSecret, time.nowMs)) return;
      note('the client secret expires beside a staged one');
      durable.provider.clientSecrets.stage(stagedClientSecret, time.nowMs - 10 * minuteMs);
      simulation.outside.putSecureParameter('/sfmc/sim/client-secret-next', stagedClientSecret);
      time.at(time.nowMs + minuteMs, () => durable.provider.clientSecrets.expire(clientSecret));
      return;
    default:
      note('a second invocation comes at once');
      void simulation.invokeAsync();
  }
}

/** Good weather until the token has been due twice; then everything has to work. */
async function calmDown(simulation: Simulation): Promise<void> {
  const { time, properties, containers } = simulation;
  for (const container of containers) container.skewMs = 0;
  for (let tick = 0; tick < 7; tick++) {
    void simulation.invokeAsync();
    await time.advanceTo(time.nowMs + tickMs);
    properties.check();
  }
  properties.checkEnd();
}

const clockOf = ({ time }: Simulation) => {
  const sinceMs = time.nowMs - startMs;
  return `day ${Math.floor(sinceMs / dayMs)}, minute ${((sinceMs % dayMs) / minuteMs).toFixed(2)}:`;
};

/** Plays `seeds` histories beginning with seed `first`. */
export async function runRandom(
  options: { readonly first: number; readonly seeds: number; readonly step: number },
  onProgress: (report: Report) => void = () => {},
): Promise<Report> {
  const report = emptyReport();
  for (let index = 0; index < options.seeds; index++) {
    const seed = options.first + index * options.step;
    const { simulation, faultsStruck } = await playRandomHistory({ seed });
    report.histories += 1;
    report.played += 1;
    report.faults += faultsStruck;
    report.excused += simulation.properties.excused;
    const [violation] = simulation.properties.violations;
    if (violation !== undefined) {
      report.violations.push(`seed ${seed}: ${violation}`);
    }
    if (index % 500 === 499) onProgress(report);
  }
  return report;
}

/** The history of a seed with as few faults as still break the same promise. */
export async function shortest(seed: number): Promise<RandomHistory> {
  const whole = await playRandomHistory({ seed });
  for (let mostFaults = 0; mostFaults < whole.faultsStruck; mostFaults++) {
    const history = await playRandomHistory({ seed, mostFaults });
    if (history.simulation.properties.violations.length > 0) return history;
  }
  return whole;
}
