/** What the function tells about an invocation. */
export interface LogLine {
  readonly level: string;
  readonly message: string;
  readonly remedy?: string;
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
