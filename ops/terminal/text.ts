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
export function wrap(text: string, width: number, widthOf = lengthOf): string[] {
  const lines: string[] = [];
  for (const word of wordsOf(named(text), width, widthOf)) {
    const last = lines.at(-1);
    if (last !== undefined && widthOf(last) + 1 + widthOf(word) <= width) {
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
 * @param widthOf how many columns a part of it takes
 */
export function fitted(
  line: string,
  columns: number | undefined,
  widthOf = lengthOf,
): readonly string[] {
  if (columns === undefined || isAsItIs(line) || widthOf(named(line)) <= columns) return [line];
  return wrap(line, columns - 2, widthOf).map((part, at) => (at === 0 ? part : `  ${part}`));
}

const isColumns = (line: string) => /\S {2,}\S/.test(line);
/** A line of a log: its fields are set off by two spaces. */
const isLogged = (line: string) => /^\d\d:\d\d:\d\d | {2}\w+=/.test(line);
const isAsItIs = (line: string) => /^\s|^Next: /.test(line) || (isColumns(line) && !isLogged(line));

/**
 * A help text as it fits into a terminal: paragraphs are filled, what stands beside a term is wrapped
 * beside it, and examples stay as they are typed.
 *
 * @param columns undefined if it does not go to a terminal
 */
export function fittedHelp(text: string, columns: number | undefined): string {
  if (columns === undefined) return text;
  const paragraphs = text.replace(/(?<=^\S.*[^:\n])\n(?=\S)/gm, ' ').split('\n');
  return paragraphs
    .flatMap((line) => {
      const term = /^ {2}(?:\d+\. |\S+ {2,})(?=\S)/.exec(line)?.[0];
      if (line.length <= columns || (/^\s/.test(line) && term === undefined)) return [line];
      if (term === undefined) return wrap(line, columns);
      return wrap(line.slice(term.length), columns - term.length).map(
        (part, at) => (at === 0 ? term : ' '.repeat(term.length)) + part,
      );
    })
    .join('\n');
}

const lengthOf = (text: string) => text.length;

const wordsOf = (text: string, width: number, widthOf: typeof lengthOf) =>
  (text.match(/(?:"[^"]*"|[^\s"])+|"/g) ?? []).flatMap((word) =>
    widthOf(word) <= width ? word : word.split(/\s/),
  );
