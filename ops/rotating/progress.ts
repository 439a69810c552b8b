import type { Finished, LogLine } from './logLine';

/** How far an asynchronous invocation has come, from its log. */
export interface Progress {
  /** Attempts that ended without success; Lambda makes three. */
  readonly failures: number;
  readonly lastError: { readonly code: string; readonly message: string } | undefined;
  readonly finished: Finished | undefined;
  /** How often each sign of a failed attempt was seen. */
  readonly signs: { readonly errors: number; readonly cutOffs: number; readonly reports: number };
}

export const nothingSeen: Progress = {
  failures: 0,
  lastError: undefined,
  finished: undefined,
  signs: { errors: 0, cutOffs: 0, reports: 0 },
};

/** Lambda's attempts at an asynchronous invocation ("Asynchronous invocation", developer guide). */
export const attempts = 3;

/** Adds a line. An attempt tells its failure by its own error, or by Lambda's report, or both. */
export function advance(progress: Progress, line: LogLine): Progress {
  const finished = line.kind === 'told' ? (line.finished ?? progress.finished) : progress.finished;
  const isError = line.kind === 'told' && line.level === 'ERROR' && line.code !== undefined;
  const signs = {
    errors: progress.signs.errors + (isError ? 1 : 0),
    cutOffs: progress.signs.cutOffs + (line.kind === 'cutOff' ? 1 : 0),
    reports: progress.signs.reports + (line.kind === 'attemptEnded' ? 1 : 0),
  };
  return {
    failures: finished ? progress.failures : Math.max(signs.errors + signs.cutOffs, signs.reports),
    lastError: errorOf(line) ?? progress.lastError,
    finished,
    signs,
  };
}

function errorOf(line: LogLine): Progress['lastError'] {
  if (line.kind === 'cutOff') return { code: 'cut off', message: line.message };
  if (line.kind !== 'told' || line.level !== 'ERROR' || line.code === undefined) return undefined;
  return { code: line.code, message: line.message };
}

export const isOver = ({ finished, failures }: Progress) =>
  finished !== undefined || failures >= attempts;
