import { Classes } from './classes';
import { type Branch, type Faults, hashAfter, playUnderAll, settings } from './exhaustive';
import { faultsOf } from './faults';
import { emptyReport, type Report } from './report';
import { type Scenario, scenarios } from './scenarios';
import { startMs } from './simulated';
import type { Call } from './vocabulary';

/** The first fault strikes in the rotation itself, or in what its repetitions and the next tick do. */
export const firstFaultWithinMs = 6 * 60_000;

export interface SinglesOptions {
  /** This part of so many. */
  readonly shard: number;
  readonly shards: number;
  /** Of these scenarios. @default all */
  readonly only?: readonly string[];
  /** How many effects of each call are looked at. @default all */
  readonly mostOfCall?: number;
  readonly stopAtFirst?: boolean;
}

/** @param only names, in their order; all where it is undefined */
export const scenariosOf = (only: readonly string[] | undefined): readonly Scenario[] =>
  only === undefined
    ? scenarios
    : only.flatMap((name) => scenarios.filter((scenario) => scenario.name === name));

/**
 * Every scenario under every setting with each single fault. All faults of an effect are played in
 * the same process, which tells those that make no difference to each other.
 */
export async function runSingles(
  { shard, shards, only, mostOfCall, stopAtFirst = false }: SinglesOptions,
  onProgress: (report: Report) => void = () => {},
): Promise<{ readonly report: Report; readonly classes: Classes }> {
  const report = emptyReport();
  const classes = new Classes();
  const met = new Map<Call, number>();
  let turn = 0;
  for (const scenario of scenariosOf(only)) {
    const options = { known: new Map(), isClassified: true };
    const none: Faults = new Map();
    for (const clean of await playUnderAll(emptyReport(), scenario, none, settings, options)) {
      for (const [at, { call, atMs }] of clean.played.simulation.effects.entries()) {
        if (atMs > startMs + firstFaultWithinMs) break;
        const nth = (met.get(call) ?? 0) + 1;
        met.set(call, nth);
        if (nth > (mostOfCall ?? Number.POSITIVE_INFINITY)) continue;
        turn += 1;
        if (turn % shards !== shard) continue;
        const hashes: number[] = [];
        for (const fault of faultsOf(call)) {
          const faults: Faults = new Map([[at, fault]]);
          const branches = await playUnderAll(report, scenario, faults, clean.members, options);
          hashes.push(hashOf(branches, at));
          if (stopAtFirst && report.violations.length > 0) return { report, classes };
        }
        classes.note(call, hashes, hashOf([clean], at));
        onProgress(report);
      }
    }
  }
  return { report, classes };
}

/** Of the histories under all settings. */
function hashOf(branches: readonly Branch[], effect: number): number {
  let hash = branches.length;
  for (const { played } of branches) hash = (Math.imul(hash, 31) + hashAfter(played, effect)) | 0;
  return hash;
}
