import { median } from './statistics';
import type { Row } from './table';

/** What was measured in the runs of one subject. */
export interface Measurement {
  readonly name: string;
  /** Of each run: milliseconds, unless the comparison is of bytes. */
  readonly values: readonly number[];
  /** User and system time of the process; on a busy machine the less noisy measure. */
  readonly cpuMs?: readonly number[];
  /** The requests of each run, as the servers counted them. */
  readonly calls?: string;
  /** How many times as large as the first subject it is, of what is seen to grow. */
  readonly times?: number | undefined;
}

/** Subjects that do the same job, measured in turn and compared with the first of them. */
export interface Comparison {
  readonly title: string;
  readonly subjects: readonly [reference: Measurement, ...others: Measurement[]];
  /** What the ratio of the last subject should not exceed, or the milliseconds that it takes more. */
  readonly target?: number | { readonly moreMs: number };
  /** @default 'time' */
  readonly of?: 'time' | 'bytes';
}

export const columns: Row = ['', 'runs', 'median', 'ratio', 'CPU', 'ratio', 'target'];

/** The comparison as lines of the table, under its title. */
export function rowsOf({ title, subjects, target, of = 'time' }: Comparison): Row[] {
  const [reference] = subjects;
  const inWords = of === 'time' ? duration : bytes;
  const rows = subjects.flatMap((subject) => {
    const ratio = median(subject.values) / median(reference.values);
    const row = [
      `  ${subject.name}`,
      String(subject.values.length),
      inWords(median(subject.values)),
      ratio.toFixed(2),
      ...cpuCells(subject, reference),
      subject === subjects.at(-1) && target !== undefined
        ? verdict(subject, reference, target)
        : exponent(ratio, subject.times),
    ];
    return subject.calls ? [row, [`    ${subject.calls}`]] : [row];
  });
  return [[''], [title], ...rows];
}

function cpuCells({ cpuMs }: Measurement, reference: Measurement): [string, string] {
  if (cpuMs === undefined || reference.cpuMs === undefined) return ['', ''];
  return [duration(median(cpuMs)), (median(cpuMs) / median(reference.cpuMs)).toFixed(2)];
}

function verdict(
  subject: Measurement,
  reference: Measurement,
  target: NonNullable<Comparison['target']>,
): string {
  const [value, least] = [median(subject.values), median(reference.values)];
  if (typeof target === 'number') {
    return `<= ${target.toFixed(2)} ${value / least <= target ? 'met' : 'missed'}`;
  }
  const { moreMs } = target;
  return `<= ${moreMs} ms more ${value - least <= moreMs ? 'met' : 'missed'}`;
}

/** Of the power by which it grows: 0 is not at all, 1 in proportion. */
function exponent(ratio: number, times: number | undefined): string {
  if (times === undefined) return '';
  return `exponent ${(Math.log(ratio) / Math.log(times)).toFixed(2)}`;
}

function duration(ms: number): string {
  if (ms >= 1_000) return `${(ms / 1_000).toFixed(1)} s`;
  return ms < 0.1 ? `${Math.round(ms * 1e6)} ns` : `${ms.toFixed(1)} ms`;
}

function bytes(count: number): string {
  return count < 1e6 ? `${(count / 1e3).toFixed(1)} KB` : `${(count / 1e6).toFixed(1)} MB`;
}
