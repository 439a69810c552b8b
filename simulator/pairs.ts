import type { Classes } from './classes';
import { type Branch, type Faults, playUnderAll, settings } from './exhaustive';
import { emptyReport, type Report } from './report';
import type { Scenario } from './scenarios';
import { startMs } from './simulated';
import { firstFaultWithinMs, scenariosOf } from './singles';

/** The second fault strikes while the first still matters. */
const secondFaultWithinMs = 11 * 60_000;
const secondFaultWithinEffects = 6;

export interface PairsOptions {
  /** Faults of the same class are played once. */
  readonly classes: Classes;
  /** This part of so many. */
  readonly shard: number;
  readonly shards: number;
  /** Of these scenarios. @default all */
  readonly only?: readonly string[];
  /** Pairs of every scenario, not of those alone that differ most. @default false */
  readonly isWhole?: boolean;
  readonly stopAtFirst?: boolean;
  /** Of the first faults one in so many. @default 1 */
  readonly oneIn?: number;
  /** Every pair is played to its end, whatever is known of the states that it meets. @default false */
  readonly isForgetful?: boolean;
}

/** Every scenario under every setting with each pair of faults. */
export async function runPairs(
  {
    classes,
    shard,
    shards,
    only,
    isWhole = false,
    stopAtFirst = false,
    oneIn = 1,
    isForgetful = false,
  }: PairsOptions,
  onProgress: (report: Report) => void = () => {},
): Promise<Report> {
  const report = emptyReport();
  const isOver = () => stopAtFirst && report.violations.length > 0;
  let [effects, faults] = [0, 0];
  for (const scenario of scenariosOf(only)) {
    const singles = { known: new Map() };
    const pairs = { known: isForgetful ? undefined : new Map() };
    const hasPairs = scenario.hasPairs === true || (isWhole && !scenario.countsAsFault);
    const none: Faults = new Map();
    if (!hasPairs) continue;
    for (const clean of await playUnderAll(emptyReport(), scenario, none, settings, singles)) {
      for (const [at, { call, atMs }] of clean.played.simulation.effects.entries()) {
        if (atMs > startMs + firstFaultWithinMs) break;
        // The faults of an effect lead to much the same states, of which each process knows its own.
        effects += 1;
        for (const fault of classes.representatives(call)) {
          faults += 1;
          if (effects % shards !== shard || faults % oneIn !== 0) continue;
          const single: Faults = new Map([[at, fault]]);
          const { members } = clean;
          for (const one of await playUnderAll(emptyReport(), scenario, single, members, singles)) {
            await addSecond(scenario, single, one);
            if (isOver()) return report;
          }
        }
        onProgress(report);
      }
    }

    async function addSecond(one: Scenario, single: Faults, branch: Branch): Promise<void> {
      const { effects } = branch.played.simulation;
      const [first = 0] = single.keys();
      const untilMs = (effects[first]?.atMs ?? 0) + secondFaultWithinMs;
      const most = Math.min(first + secondFaultWithinEffects, effects.length - 1);
      for (let second = first + 1; second <= most; second++) {
        const { call, atMs } = effects[second] ?? { call: 'events.put', atMs: untilMs };
        if (atMs > untilMs) return;
        for (const fault of classes.representatives(call)) {
          const both: Faults = new Map([...single, [second, fault]]);
          await playUnderAll(report, one, both, branch.members, pairs);
          if (isOver()) return;
        }
      }
    }
  }
  return report;
}
