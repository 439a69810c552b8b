import { faultsOf } from './faults';
import { type SecondUse, secondUses } from './outside/provider';
import type { Report } from './report';
import { type Scenario, scenarios } from './scenarios';
import { startMs } from './simulated';
import { Simulation } from './simulation';
import { stateKey } from './stateKey';
import { stateHash, traceHash } from './traceHash';
import type { Fault } from './vocabulary';

const minuteMs = 60_000;
/** Long enough for the token to be due again after all faults. */
const historyMs = 40 * minuteMs;
const tickMs = 5 * minuteMs;
const fleetPeriodMs = 20 * minuteMs;

export interface Setting {
  readonly secondUse: SecondUse;
  readonly onBrokenChain: 'reissue' | 'alarm';
}

export const settings: readonly Setting[] = secondUses.flatMap((secondUse) =>
  (['alarm', 'reissue'] as const).map((onBrokenChain) => ({ secondUse, onBrokenChain })),
);

/** Faults by the number of the effect that each strikes. */
export type Faults = ReadonlyMap<number, Fault>;

/** What a history came to depend on. */
interface Dependence {
  readonly secondUse: boolean;
  readonly brokenChain: boolean;
}

/** How a history went on from a state: without any violation or loss, unless another fault strikes. */
interface Rest {
  readonly setting: Setting;
  readonly dependsOn: Dependence;
}

/** What is known of states, by their hash. */
export type Known = Map<number, readonly Rest[]>;

export interface Played {
  readonly simulation: Simulation;
  readonly dependsOn: Dependence;
  /** Taken whenever nothing was under way, and at the end. */
  readonly marks: readonly Mark[];
}

/** What happened so far and the state then, as a number: what comes later follows from it. */
interface Mark {
  readonly effects: number;
  readonly hash: number;
}

/** The first mark after an effect. */
export const hashAfter = ({ marks }: Played, effect: number): number =>
  (marks.find(({ effects }) => effects > effect) ?? marks.at(-1))?.hash ?? 0;

export interface PlayOptions {
  readonly known?: Known | undefined;
  /** Whether the history is compared with those of other faults. @default false */
  readonly isClassified?: boolean;
  /** @default false */
  readonly isTraced?: boolean;
}

/**
 * Plays one scenario with faults at given effects, then the schedule for more than half an hour; or
 * until it reaches a state from which all was well before.
 */
export async function play(
  scenario: Scenario,
  setting: Setting,
  faults: Faults,
  { known, isClassified = false, isTraced = false }: PlayOptions = {},
): Promise<Played> {
  const lastFault = Math.max(-1, ...faults.keys());
  const met: { readonly key: number; readonly before: Dependences }[] = [];
  let found: Rest | undefined;
  const marks: Mark[] = [];
  const simulation = new Simulation({
    ...setting,
    ...scenario.options,
    isTraced,
    random: () => 0.5,
    faultAt: (effect) => faults.get(effect),
    onDelivery: () => {
      if (known === undefined || simulation.effects.length <= lastFault) return;
      if (simulation.running.size > 0 || simulation.isOperated) return;
      // A trouble that lasts has a name of its own, whatever others do the same.
      const isOver = simulation.outages.remaining(simulation.time.nowMs).length === 0;
      if (isClassified && !isOver) return;
      const state = stateKey(simulation);
      if (isClassified && (faults.size === 0 || marks.length === 0)) mark(state);
      const key = stateHash(state);
      found = known.get(key)?.find((rest) => !differs(rest.dependsOn, rest.setting, setting));
      if (found) simulation.time.halt();
      else met.push({ key, before: dependences(simulation) });
    },
  });
  const mark = (state: string) =>
    marks.push({ effects: simulation.effects.length, hash: traceHash(simulation, state) });
  await playToEnd(scenario, simulation);
  if (isClassified) mark(stateKey(simulation));
  const end = dependences(simulation);
  const dependsOnSince = (before: Dependences): Dependence => ({
    secondUse: end.secondUses > before.secondUses || found?.dependsOn.secondUse === true,
    brokenChain: end.brokenChains > before.brokenChains || found?.dependsOn.brokenChain === true,
  });
  const { violations, losses } = simulation.checker;
  if (known && violations.length === 0) {
    for (const { key, before } of met) {
      if (losses.length > before.losses) continue;
      const rest = { setting, dependsOn: dependsOnSince(before) };
      known.set(key, [...(known.get(key) ?? []), rest]);
    }
  }
  const dependsOn = dependsOnSince({ secondUses: 0, brokenChains: 0, losses: 0 });
  return { simulation, dependsOn, marks };
}

/** How often a history has come to depend on each part of its setting. */
interface Dependences {
  readonly secondUses: number;
  readonly brokenChains: number;
  readonly losses: number;
}

const dependences = ({ outside, brokenChains, checker }: Simulation): Dependences => ({
  secondUses: outside.provider.secondUses,
  brokenChains,
  losses: checker.losses.length,
});

/** Whether what depends on one setting may differ under another. */
const differs = (dependsOn: Dependence, one: Setting, other: Setting): boolean =>
  (dependsOn.secondUse && one.secondUse !== other.secondUse) ||
  (dependsOn.brokenChain && one.onBrokenChain !== other.onBrokenChain);

async function playToEnd(scenario: Scenario, simulation: Simulation): Promise<void> {
  const { time, checker, options } = simulation;
  scenario.prepare(simulation);
  checker.readers.isStrict = true;
  if (scenario.play) scenario.play(simulation);
  else simulation.send();
  const endMs = startMs + historyMs;
  const periodMs = options.isFleet ? fleetPeriodMs : tickMs;
  for (let atMs = startMs + tickMs; atMs <= endMs; atMs += tickMs) {
    await time.advanceTo(atMs);
    if (time.isHalted) return;
    checker.check();
    if (atMs < endMs && (atMs - startMs) % periodMs === 0) simulation.send();
  }
  if (checker.violations.length === 0) checker.checkEnd();
}

export interface Branch {
  readonly played: Played;
  /** The settings under which the history is this one. */
  readonly members: readonly Setting[];
}

/**
 * Plays a history under each of the settings, but only once for all those that it never comes to
 * depend on: no refresh token was used twice, or no chain was found broken.
 */
export async function playUnderAll(
  report: Report,
  scenario: Scenario,
  faults: Faults,
  members: readonly Setting[],
  options: PlayOptions = {},
): Promise<readonly Branch[]> {
  const branches: Branch[] = [];
  let left = members;
  for (let [setting] = left; setting; [setting] = left) {
    const chosen = setting;
    const played = await play(scenario, chosen, faults, options);
    const { dependsOn } = played;
    const same = left.filter((other) => !differs(dependsOn, chosen, other));
    left = left.filter((other) => differs(dependsOn, chosen, other));
    note(report, scenario, chosen, faults, played.simulation, same.length);
    branches.push({ played, members: same });
  }
  return branches;
}

function note(
  report: Report,
  scenario: Scenario,
  setting: Setting,
  faults: Faults,
  { checker }: Simulation,
  histories: number,
): void {
  report.played += 1;
  report.faults += faults.size;
  report.histories += histories;
  const [violation] = checker.violations;
  const [loss] = checker.losses;
  if (violation !== undefined || loss !== undefined) {
    const history = historyName(scenario, setting, faults);
    if (violation !== undefined) report.violations.push(`${violation} [${history}]`);
    if (loss?.why) report.losses[loss.why].push(history);
  }
}

/** The name by which a history is replayed. */
export function historyName(scenario: Scenario, setting: Setting, faults: Faults): string {
  const struck = [...faults].map(([effect, { name }]) => `${effect}: ${name}`);
  return [scenario.name, setting.secondUse, setting.onBrokenChain, ...struck].join(' | ');
}

/** Plays a history by its name. */
export async function playNamed(name: string): Promise<Simulation> {
  const [scenarioName, secondUse, onBrokenChain, ...struck] = name.split(' | ');
  const scenario = scenarios.find((one) => one.name === scenarioName);
  const setting = settings.find(
    (one) => one.secondUse === secondUse && one.onBrokenChain === onBrokenChain,
  );
  if (scenario === undefined || setting === undefined) throw new Error(`no history "${name}"`);
  const faults = new Map<number, Fault>();
  for (const one of struck) {
    const [effect = '', ...words] = one.split(': ');
    const before = await play(scenario, setting, faults);
    const call = before.simulation.effects[Number(effect)]?.call;
    const fault = call && faultsOf(call).find(({ name: other }) => other === words.join(': '));
    if (fault === undefined) throw new Error(`no fault "${one}" at ${call}`);
    faults.set(Number(effect), fault);
  }
  return (await play(scenario, setting, faults, { isTraced: true })).simulation;
}
