import { reuseWindowMs } from './limits';

/** Where a repeated effect stands. All times are milliseconds on one clock. */
export interface RetryState {
  /** Attempts made so far, at least 1. */
  readonly attempts: number;
  readonly maxAttempts: number;
  readonly nowMs: number;
  /** What the next attempt needs at the least, with all that must follow it. */
  readonly neededMs: number;
  /** When the invocation has to have ended. */
  readonly deadlineMs: number;
  /** When the refresh token was first sent; it is refused 5 minutes later. */
  readonly firstUseMs?: number | undefined;
  /** What the other side asked for. */
  readonly retryAfterMs?: number | undefined;
  /** In [0, 1): spreads those who failed together. */
  readonly random: number;
}

const firstDelayMs = 200;
const longestDelayMs = 4_000;

/**
 * How long to wait before the next attempt, or undefined where none can end in time.
 * Exponential with jitter over its upper half (AWS Builders' Library, "Timeouts, retries and
 * backoff with jitter"), never sooner than `Retry-After` asks (RFC 9110, section 10.2.3).
 */
export function retryDelayMs(state: RetryState): number | undefined {
  if (state.attempts >= state.maxAttempts) return undefined;
  const ceiling = Math.min(longestDelayMs, firstDelayMs * 2 ** (state.attempts - 1));
  const backoffMs = Math.round(ceiling * (0.5 + state.random / 2));
  const windowEndMs =
    state.firstUseMs === undefined ? Number.POSITIVE_INFINITY : state.firstUseMs + reuseWindowMs;
  const longestWaitMs = Math.min(state.deadlineMs, windowEndMs) - state.neededMs - state.nowMs;
  const shortestWaitMs = Math.max(firstDelayMs / 2, state.retryAfterMs ?? 0);
  if (longestWaitMs < shortestWaitMs) return undefined;
  // The last attempt comes as late as it can: what is out may be back by then.
  return Math.min(Math.max(backoffMs, shortestWaitMs), longestWaitMs);
}
