import { faultsOf, named } from './faults';
import { replaceChain, restoreOldVersion, secretsManagerRotation } from './operators';
import { clientSecret, stagedClientSecret, stagedClientSecretName } from './outside/outside';
import { secondUses } from './outside/provider';
import { randomFrom } from './random';
import { emptyReport, type Report } from './report';
import { seeded } from './scenarios';
import { startMs } from './simulated';
import { Simulation } from './simulation';
import type { Fault } from './vocabulary';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
const lifeMs = 700 * dayMs;
const tickMs = 5 * minuteMs;
const fleetPeriodMs = 20 * minuteMs;
/** Three faults within this time are as bad as it gets. */
const spacingMs = 11 * minuteMs;
const mostAtOnce = 3;
/** Until a token has been due again, with all that is left of the trouble before. */
const calmMs = 30 * minuteMs;
const clockOffMs = 4 * minuteMs;

export interface Weather {
  readonly seed: number;
  /** Faults after this many are left out: the shortest failing history is found by lowering it. */
  readonly mostFaults?: number;
  readonly isTraced?: boolean;
}

export interface RandomHistory {
  readonly simulation: Simulation;
  readonly faultsStruck: number;
}

/**
 * A life of 700 days: episodes of bad weather under the real schedule, with the quiet stretches
 * between them left out (the schedule is paused there, as an operator may).
 */
export async function playRandomHistory(weather: Weather): Promise<RandomHistory> {
  const life = new RandomLife(weather);
  await life.play();
  return life;
}

class RandomLife implements RandomHistory {
  readonly simulation: Simulation;
  faultsStruck = 0;
  readonly #random: () => number;
  readonly #mostFaults: number;
  readonly #periodMs: number;
  #faultRate = 0;
  /** When each of the last troubles is over. */
  #untilMs: number[] = [];

  constructor({ seed, mostFaults = Number.POSITIVE_INFINITY, isTraced = false }: Weather) {
    this.#random = randomFrom(seed);
    this.#mostFaults = mostFaults;
    const isFleet = this.#random() < 0.2;
    this.#periodMs = isFleet ? fleetPeriodMs : tickMs;
    this.simulation = new Simulation({
      secondUse: this.#pick(secondUses),
      onBrokenChain: this.#pick(['alarm', 'reissue']),
      isFleet,
      skewMs: this.#random() < 0.2 ? (this.#random() - 0.5) * 2 * clockOffMs : 0,
      isTraced,
      random: this.#random,
      latencyMs: (call) =>
        call.startsWith('provider') ? 50 + this.#random() * 400 : 5 + this.#random() * 60,
      faultAt: (_, call) => this.#faultOr(() => this.#pick(faultsOf(call))),
    });
  }

  async play(): Promise<void> {
    const { time, checker } = this.simulation;
    seeded(this.simulation);
    const episodes = 1 + Math.floor(this.#random() * 2);
    for (let episode = 1; episode <= episodes; episode++) {
      this.simulation.trace(() => 'the schedule runs');
      this.#faultRate = this.#pick([0.03, 0.06, 0.12]);
      const ticks = 3 + Math.floor(this.#random() * 6);
      for (let tick = 0; tick < ticks; tick++) await this.#period();
      this.#faultRate = 0;
      await this.#calmDown();
      if (checker.violations.length > 0 || episode === episodes) return;
      const daysLeft = (startMs + lifeMs - time.nowMs) / dayMs;
      const pauseDays = (this.#random() * daysLeft) / (episodes - episode + 1);
      await time.advanceTo(time.nowMs + pauseDays * dayMs);
      checker.readers.expectNothingYet();
    }
  }

  /** From one message of the schedule to the next, which Scheduler sends within its minute. */
  async #period(): Promise<void> {
    const { time, checker } = this.simulation;
    const endMs = time.nowMs + this.#periodMs;
    time.at(time.nowMs + this.#random() * minuteMs, () => this.simulation.send());
    for (let untilMs = time.nowMs + tickMs; untilMs <= endMs; untilMs += tickMs) {
      if (this.#faultRate > 0 && this.#random() < 0.1) this.#somethingElse();
      await time.advanceTo(untilMs);
      checker.check();
    }
  }

  /** Good weather until the token has been due twice; then everything has to be well. */
  async #calmDown(): Promise<void> {
    const untilMs = this.simulation.time.nowMs + calmMs;
    while (this.simulation.time.nowMs < untilMs) await this.#period();
    this.simulation.checker.checkEnd();
  }

  #faultOr(draw: () => Fault): Fault | undefined {
    if (this.#random() >= this.#faultRate) return undefined;
    const fault = this.#withItsOwnTime(draw());
    const lastsMs = 'lastsMs' in fault ? fault.lastsMs : 0;
    return this.#admits(lastsMs) ? fault : undefined;
  }

  /** What lasts does so for any time up to its longest, and what is late is so by any time. */
  #withItsOwnTime(fault: Fault): Fault {
    if (fault.kind === 'request') {
      const [laterMs, slowMs] = [this.#random() * 290_000, this.#random() * 15_000];
      return named({ ...fault, laterMs, slowMs, lastsMs: this.#random() * fault.lastsMs });
    }
    if (fault.kind === 'outage')
      return named({ ...fault, lastsMs: this.#random() * fault.lastsMs });
    if (fault.kind === 'platform') return { ...fault, skewMs: this.#random() * fault.skewMs };
    return fault;
  }

  /** Whether another fault may strike; it counts from its end. */
  #admits(durationMs = 0): boolean {
    const { nowMs } = this.simulation.time;
    this.#untilMs = this.#untilMs.filter((endMs) => endMs > nowMs - spacingMs);
    if (this.#untilMs.length >= mostAtOnce) return false;
    this.#untilMs.push(nowMs + durationMs);
    this.faultsStruck += 1;
    return this.faultsStruck <= this.#mostFaults;
  }

  #somethingElse(): void {
    if (!this.#admits()) return;
    const { time } = this.simulation;
    const act = this.#pick(operations);
    time.at(time.nowMs + this.#random() * tickMs, () => {
      this.simulation.trace(() => act.name);
      act(this.simulation);
    });
  }

  #pick<T>(from: readonly T[]): T {
    return from[Math.floor(this.#random() * from.length)] as T;
  }
}

/** What operators, administrators and Secrets Manager may do at any time. */
const operations: readonly ((simulation: Simulation) => void)[] = [
  function rotateByForce(simulation) {
    simulation.send({ force: true });
  },
  function rotateByHand(simulation) {
    void simulation.invoke({ by: 'hand', force: false });
  },
  function rotateByHandAndForce(simulation) {
    void simulation.invoke({ by: 'hand', force: true });
  },
  function rotateBySecretsManager(simulation) {
    if (!simulation.isOperated) void secretsManagerRotation(simulation);
  },
  function replaceTheChain(simulation) {
    if (!simulation.isOperated) void replaceChain(simulation);
  },
  function putAnOldVersionBack(simulation) {
    if (!simulation.isOperated) restoreOldVersion(simulation);
  },
  function loseAnEnvironment({ environments }) {
    for (const environment of environments.warm.slice(0, 1)) {
      if (!environment.isBusy) environments.lose(environment);
    }
  },
  function expireTheClientSecret({ outside, time }) {
    const { acceptedSecrets } = outside.provider;
    if (acceptedSecrets.has(stagedClientSecret)) return;
    acceptedSecrets.add(stagedClientSecret);
    outside.parameters.put(stagedClientSecretName, stagedClientSecret, true);
    time.at(time.nowMs + minuteMs, () => acceptedSecrets.delete(clientSecret));
  },
];

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
    const [violation] = simulation.checker.violations;
    if (violation !== undefined) report.violations.push(`seed ${seed}: ${violation}`);
    for (const { why } of simulation.checker.losses) {
      if (why) report.losses[why].push(`seed ${seed}`);
    }
    if (index % 200 === 199) onProgress(report);
  }
  return report;
}

/** The history of a seed with as few faults as still break the same promise. */
export async function shortest(seed: number): Promise<RandomHistory> {
  const whole = await playRandomHistory({ seed });
  for (let mostFaults = 0; mostFaults < whole.faultsStruck; mostFaults++) {
    const { simulation } = await playRandomHistory({ seed, mostFaults });
    if (simulation.checker.violations.length > 0) {
      return playRandomHistory({ seed, mostFaults, isTraced: true });
    }
  }
  return playRandomHistory({ seed, isTraced: true });
}
