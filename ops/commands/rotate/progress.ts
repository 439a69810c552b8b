import type { ListedVersion } from '../../../lambda/core/facts';
import { forceNeedsAgeMs } from '../../../lambda/core/limits';
import type { FinishedRotation, LogEntry } from './functionLog';

/** One invocation for the connection, as far as the log shows it. */
export interface Attempt {
  /** Marketing Cloud was seen to refuse a refresh token: it was asked, and not remembered. */
  readonly isAnswered: boolean;
  readonly error?: AttemptError;
  readonly finished?: FinishedRotation & { readonly atMs: number };
}

export interface AttemptError {
  readonly code: string;
  readonly message: string;
}

/** How far a rotation has come: its attempts by request id, in the order in which they began. */
export type RotationProgress = ReadonlyMap<string, Attempt>;

export const nothingSeen: RotationProgress = new Map();

export function advance(
  progress: RotationProgress,
  { atMs, requestId, line }: LogEntry,
): RotationProgress {
  const attempt = progress.get(requestId) ?? { isAnswered: false };
  const next = (changes: Partial<Attempt>) =>
    new Map(progress).set(requestId, { ...attempt, ...changes });
  const isOver = attempt.error !== undefined || attempt.finished !== undefined;
  switch (line.kind) {
    case 'cutOff':
      return next({ error: { code: 'cut off', message: line.message } });
    case 'attemptEnded':
      if (isOver) return progress;
      return next({ error: { code: 'cut off', message: 'It ended without a word.' } });
    case 'logged': {
      const { level, code, message, finished, fields } = line;
      if (finished) return next({ finished: { ...finished, atMs } });
      if (level === 'ERROR' && code !== undefined) return next({ error: { code, message } });
      return next({ isAnswered: attempt.isAnswered || 'refreshToken' in fields });
    }
  }
}

/** Attempts that were begun and whose end has not been seen. */
export const openAttempts = (progress: RotationProgress): string[] =>
  [...progress].filter(([, { error, finished }]) => !error && !finished).map(([id]) => id);

export const failuresOf = (progress: RotationProgress): number =>
  [...progress.values()].filter(({ error, finished }) => error && !finished).length;

export const lastErrorOf = (progress: RotationProgress): AttemptError | undefined =>
  [...progress.values()].findLast(({ error }) => error)?.error;

/** Errors that a repetition meets again until somebody has fixed their cause. */
const lastingErrors = new Set([
  ...['ChainBroken', 'CredentialsRejected', 'InvalidConfig', 'InvalidEvent', 'NotSeeded'],
]);

export interface RequestedRotation {
  readonly force: boolean;
  /** AWSCURRENT when the rotation was asked for. */
  readonly before: ListedVersion | undefined;
}

/**
 * The attempt that has answered what was asked for. What comes before it in the connection's group
 * is seen too: a tick finds a token fresh, or a chain broken without asking again, which a forced
 * rotation does not.
 */
export function answerIn(
  progress: RotationProgress,
  asked: RequestedRotation,
): { readonly requestId: string; readonly attempt: Attempt } | undefined {
  for (const [requestId, attempt] of progress) {
    if (isAnswer(attempt, asked)) return { requestId, attempt };
  }
  return undefined;
}

function isAnswer(
  { error, finished, isAnswered }: Attempt,
  { force, before }: RequestedRotation,
): boolean {
  if (finished) {
    const isOld =
      finished.versionId === before?.versionId &&
      finished.atMs - (before?.createdAtMs ?? 0) > forceNeedsAgeMs;
    return !(force && finished.outcome === 'fresh' && isOld);
  }
  if (error === undefined || !lastingErrors.has(error.code)) return false;
  return !force || error.code !== 'ChainBroken' || isAnswered;
}
