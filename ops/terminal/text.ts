import { named } from '../failures/printed';

export const dayMs = 86_400_000;

const units = [
  { name: 'day', ms: dayMs },
  { name: 'hour', ms: 3_600_000 },
  { name: 'min', ms: 60_000 },
] as const;

/** "42 min", "12 days": the largest unit that there is at least two of. */
export function duration(ms: number): string {
  const unit = units.find((each) => ms >= 2 * each.ms) ?? units[2];
  const count = Math.floor(ms / unit.ms);
  if (count === 0) return 'less than a minute';
  return `${count} ${unit.name}${unit.name === 'min' || count === 1 ? '' : 's'}`;
}

/** "in 42 min", "12 days ago". */
export function relativeTime(atMs: number, nowMs: number): string {
  if (atMs > nowMs) return `in ${duration(atMs - nowMs)}`;
  return nowMs - atMs < 60_000 ? 'just now' : `${duration(nowMs - atMs)} ago`;
}

export const isoTime = (atMs: number) => new Date(atMs).toISOString();

/** "2026-11-24T08:00:00.000Z (in 42 min)". */
export const timeText = (atMs: number, nowMs: number) =>
  `${isoTime(atMs)} (${relativeTime(atMs, nowMs)})`;

/**
 * Lines of whole words. What is in quotation marks, such as a command to copy, stays together as long
 * as it fits into a line; a word that is longer, such as an ARN, is left whole.
 */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of wordsOf(named(text), width)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) {
      lines[lines.length - 1] = `${last} ${word}`;
    } else {
      lines.push(word);
    }
  }
  return lines;
}

/**
 * A line as it fits into a terminal. What is indented, in columns or a command to copy stays as it is.
 *
 * @param columns undefined if it does not go to a terminal
 */
export function fitted(line: string, columns: number | undefined): string[] {
  const isAsItIs = /^\s|^Next: |\S {2,}\S/.test(line);
  if (columns === undefined || isAsItIs || named(line).length <= columns) return [line];
  return wrap(line, columns - 2).map((part, at) => (at === 0 ? part : `  ${part}`));
}

const wordsOf = (text: string, width: number) =>
  (text.match(/(?:"[^"]*"|[^\s"])+|"/g) ?? []).flatMap((word) =>
    word.length <= width ? word : word.split(/\s/),
  );
