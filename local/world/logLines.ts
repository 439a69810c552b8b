/** What the function logs about an invocation. */
export interface LogLine {
  readonly level: string;
  readonly message: string;
  readonly remedy?: string;
  /** On the line that says how a rotation has ended. */
  readonly outcome?: string;
  /** The same of one that failed. */
  readonly code?: string;
}

/**
 * One line that the function printed: an object of Powertools' logger, else the line as it is.
 * Undefined for metrics, which Powertools prints among them (CloudWatch embedded metric format).
 */
export function parseLogLine(line: string): LogLine | undefined {
  if (!line.startsWith('{')) return { level: 'printed', message: line };
  const parsed: LogLine | { readonly _aws: unknown } = JSON.parse(line);
  return '_aws' in parsed ? undefined : parsed;
}

export function warningsIn(lines: readonly string[]): LogLine[] {
  return lines.flatMap((line) => parseLogLine(line) ?? []).filter(({ level }) => level === 'WARN');
}

/** How a rotation has ended, as the function says it last; undefined if it said nothing of it. */
export const endIn = (lines: readonly string[]): LogLine | undefined =>
  lines.flatMap((line) => parseLogLine(line) ?? []).findLast(isEnd);

/** Whether this line is the last one about a message. */
export function isLast(line: string): boolean {
  const parsed = parseLogLine(line);
  return parsed !== undefined && isEnd(parsed);
}

const isEnd = ({ level, message, code }: LogLine): boolean =>
  message === 'Rotation finished' || (level === 'ERROR' && code !== undefined);
