import { reuseWindowMs } from './limits';

/** Where a repeated effect stands. All times are milliseconds on one clock. */
export interface RetryState {
  /** Attempts made so far, at least 1. */
  readonly attempts: number;
  readonly maxAttempts: number;
  readonly nowMs: number;
  /** What the next attempt needs at least, with all that must follow it. */
  readonly neededMs: number;
  /** When the invocation has to have ended. */
  readonly deadlineMs: number;
  /** When the refresh token was first used, if it may have been; it is refused 5 minutes later. */
  readonly firstUseMs?: number | undefined;
  /** Whether one more attempt matters more than what the other side asked for. */
  readonly isUrgent?: boolean;
  /** What the other side asked for. */
  readonly retryAfterMs?: number | undefined;
  /** Left free of such a wait, for what the next answer may ask for in turn. @default 0 */
  readonly roomMs?: number | undefined;
  /** In [0, 1): spreads those who failed together. */
  readonly random: number;
}

const firstDelayMs = 200;
const longestDelayMs = 4_000;

/**
 * How long to wait before the next attempt, or undefined if none can end in time. Exponential with
 * jitter over its upper half (AWS Builders' Library, "Timeouts, retries and backoff with jitter"),
 * never sooner than `Retry-After` asks (RFC 9110, section 10.2.3); but if a refresh token may have
 * been used, one more attempt is made however long the other side would have us wait: after 5
 * minutes the answer would be lost for good.
 */
export function retryDelayMs(state: RetryState): number | undefined {
  if (state.attempts >= state.maxAttempts) return undefined;
  const ceiling = Math.min(longestDelayMs, firstDelayMs * 2 ** Math.min(state.attempts - 1, 10));
  const backoffMs = Math.round(ceiling * (0.5 + state.random / 2));
  const { firstUseMs } = state;
  const windowEndMs =
    firstUseMs === undefined ? Number.POSITIVE_INFINITY : firstUseMs + reuseWindowMs;
  const longestWaitMs = Math.min(state.deadlineMs, windowEndMs) - state.neededMs - state.nowMs;
  const askedMs = Math.max(firstDelayMs / 2, state.retryAfterMs ?? 0);
  const heededMs = Math.max(firstDelayMs / 2, longestWaitMs - (state.roomMs ?? 0));
  const shortestWaitMs = state.isUrgent ? Math.min(askedMs, heededMs, longestWaitMs) : askedMs;
  if (longestWaitMs < Math.max(shortestWaitMs, firstDelayMs / 2)) return undefined;
  // The last attempt comes as late as it can: what is out may be back by then.
  return Math.min(Math.max(backoffMs, shortestWaitMs), longestWaitMs);
}
