import { median } from './statistics';
import type { Row } from './table';

/** What was measured in the runs of one subject. */
export interface Measurement {
  readonly name: string;
  readonly wallMs: readonly number[];
  /** User and system time of the process; on a busy machine the less noisy measure. */
  readonly cpuMs?: readonly number[];
  /** The requests of each run, as the servers counted them. */
  readonly calls?: string;
}

/** Subjects that do the same job, measured in turn and compared with the first of them. */
export interface Comparison {
  readonly title: string;
  readonly subjects: readonly [reference: Measurement, ...others: Measurement[]];
  /** What the ratio of the last subject should not exceed. */
  readonly target?: number;
}

export const columns: Row = ['', 'runs', 'median', 'ratio', 'CPU', 'ratio', 'target'];

/** The comparison as lines of the table, under its title. */
export function rowsOf({ title, subjects, target }: Comparison): Row[] {
  const [reference] = subjects;
  const rows = subjects.flatMap((subject) => {
    const ratio = median(subject.wallMs) / median(reference.wallMs);
    const isJudged = target !== undefined && subject === subjects.at(-1);
    const row = [
      `  ${subject.name}`,
      String(subject.wallMs.length),
      duration(subject.wallMs),
      ratio.toFixed(2),
      ...cpuCells(subject, reference),
      isJudged ? verdict(ratio, target) : '',
    ];
    return subject.calls ? [row, [`    ${subject.calls}`]] : [row];
  });
  return [[''], [title], ...rows];
}

function cpuCells({ cpuMs }: Measurement, reference: Measurement): [string, string] {
  if (cpuMs === undefined || reference.cpuMs === undefined) return ['', ''];
  return [duration(cpuMs), (median(cpuMs) / median(reference.cpuMs)).toFixed(2)];
}

const verdict = (ratio: number, target: number) =>
  `<= ${target.toFixed(2)} ${ratio <= target ? 'met' : 'missed'}`;

function duration(valuesMs: readonly number[]): string {
  const ms = median(valuesMs);
  return ms < 0.1 ? `${Math.round(ms * 1e6)} ns` : `${ms.toFixed(1)} ms`;
}
