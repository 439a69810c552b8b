import { SECOND_USES } from '../../local/provider/refreshTokens';
import { distinctFaultsOf, type Fault, faultsOf } from './faults';
import { emptyReport, type Report } from './report';
import { type Scenario, scenarios } from './scenarios';
import { Simulation, startMs } from './simulation';

const minuteMs = 60_000;
/** Long enough for the token to be due again after all faults. */
const historyMs = 40 * minuteMs;
const tickMs = 5 * minuteMs;
/** A fleet's connection has one message in it. */
const periodMs = 20 * minuteMs;
/** The first fault strikes in the rotation itself, or in what its retries and the next tick do. */
const firstFaultWithinMs = 6 * minuteMs;
/** The second one strikes while the first still matters. */
const secondFaultWithinMs = 11 * minuteMs;
const secondFaultWithinEffects = 8;

export interface Setting {
  readonly secondUse: (typeof SECOND_USES)[number];
  readonly onBrokenChain: 'reissue' | 'alarm';
}

const settings: Setting[] = SECOND_USES.flatMap((secondUse) =>
  (['alarm', 'reissue'] as const).map((onBrokenChain) => ({ secondUse, onBrokenChain })),
);

interface Played {
  readonly simulation: Simulation;
  readonly effects: readonly {
    readonly call: Simulation['trace'][number];
    readonly atMs: number;
  }[];
}

/** Plays one scenario with faults at given effects, then the schedule for more than an hour. */
export async function play(
  scenario: Scenario,
  setting: Setting,
  faults: ReadonlyMap<number, Fault>,
): Promise<Played> {
  const effects: { call: Simulation['trace'][number]; atMs: number }[] = [];
  const { fleet = false } = scenario;
  const simulation = new Simulation({
    ...setting,
    fleet,
    random: () => 0.5,
    faultAt(effect, call) {
      effects.push({ call, atMs: simulation.time.nowMs });
      return faults.get(effect);
    },
  });
  scenario.prepare(simulation);
  const { time, properties } = simulation;
  const tick = () => (fleet ? simulation.deliver() : simulation.invokeAsync());
  void (scenario.play ?? tick)(simulation);
  for (let atMs = startMs + tickMs; atMs <= startMs + historyMs; atMs += tickMs) {
    await time.advanceTo(atMs);
    properties.check();
    const isTurn = !fleet || (atMs - startMs) % periodMs === 0;
    if (isTurn && atMs < startMs + historyMs) void tick();
  }
  if (properties.violations.length === 0 && properties.excused === 0) properties.checkEnd();
  return { simulation, effects };
}

export interface ExhaustiveOptions {
  readonly pairs: boolean;
  /** This part of so many. */
  readonly shard: number;
  readonly shards: number;
  readonly stopAtFirst?: boolean;
  /** One scenario by its name, instead of all. */
  readonly only?: string;
}

/** Every scenario under every setting: without a fault, with each one, with each pair. */
export async function runExhaustive(
  options: ExhaustiveOptions,
  onProgress: (report: Report) => void = () => {},
): Promise<Report> {
  const report = emptyReport();
  let turn = 0;
  const isOver = () => options.stopAtFirst === true && report.violations.length > 0;

  for (const scenario of scenarios) {
    if (options.only !== undefined && scenario.name !== options.only) continue;
    for (const clean of await playUnderAll(report, scenario, [], settings)) {
      for (const [first, { call, atMs }] of clean.effects.entries()) {
        if (atMs > startMs + firstFaultWithinMs) break;
        for (const fault of faultsOf(call)) {
          turn += 1;
          if (turn % options.shards !== options.shard) continue;
          const single: [number, Fault][] = [[first, fault]];
          const singles = await playUnderAll(report, scenario, single, clean.members);
          const isPaired = distinctFaultsOf(call).includes(fault) && !scenario.countsAsFault;
          if (options.pairs && isPaired) {
            for (const played of singles) await addSecond(report, scenario, single, played, isOver);
          }
          if (isOver()) return report;
        }
      }
      onProgress(report);
    }
  }
  return report;
}

async function addSecond(
  report: Report,
  scenario: Scenario,
  single: [number, Fault][],
  { effects, members }: PlayedUnder,
  isOver: () => boolean,
): Promise<void> {
  const first = single[0]?.[0] ?? 0;
  const untilMs = (effects[first]?.atMs ?? 0) + secondFaultWithinMs;
  for (let second = first + 1; second <= first + secondFaultWithinEffects; second++) {
    const next = effects[second];
    if (next === undefined || next.atMs > untilMs) return;
    for (const fault of distinctFaultsOf(next.call)) {
      await playUnderAll(report, scenario, [...single, [second, fault]], members);
      if (isOver()) return;
    }
  }
}

interface PlayedUnder {
  readonly effects: Played['effects'];
  /** The settings under which the history is this one. */
  readonly members: readonly Setting[];
}

/**
 * Plays a history under each of the settings, but only once for all those that it never comes to
 * depend on: no refresh token was used twice, or no chain was found broken.
 */
async function playUnderAll(
  report: Report,
  scenario: Scenario,
  faults: [number, Fault][],
  members: readonly Setting[],
): Promise<PlayedUnder[]> {
  const [setting] = members;
  if (setting === undefined) return [];
  const { simulation, effects } = await play(scenario, setting, new Map(faults));
  const { outside, properties } = simulation;
  const isSame = (other: Setting) =>
    (!outside.consultedSecondUse || other.secondUse === setting.secondUse) &&
    (!simulation.consultedOnBrokenChain || other.onBrokenChain === setting.onBrokenChain);
  const same = members.filter(isSame);
  report.played += 1;
  report.faults += faults.length;
  report.histories += same.length;
  report.excused += properties.excused * same.length;
  const [violation] = properties.violations;
  if (violation !== undefined) {
    report.violations.push(describe(scenario, setting, faults, violation));
  }
  const others = members.filter((other) => !isSame(other));
  const rest = await playUnderAll(report, scenario, faults, others);
  return [{ effects, members: same }, ...rest];
}

function describe(
  scenario: Scenario,
  { secondUse, onBrokenChain }: Setting,
  faults: [number, Fault][],
  violation: string,
): string {
  const what = faults.map(([effect, fault]) => `${fault} at effect ${effect}`).join(', ');
  return `${scenario.name} [${secondUse}, ${onBrokenChain}], ${what || 'no fault'}: ${violation}`;
}
