import type { ReportedError } from './messages';

/**
 * An invocation that did not succeed. The function's own errors come under their own name; what
 * Lambda itself reports is `Sandbox.Timedout`, `Runtime.ExitError` (the process ended or was
 * killed), `Runtime.HandlerNotFound` and, for a second invocation at once,
 * `TooManyRequestsException`.
 */
export class FunctionError extends Error {
  override readonly name = 'FunctionError';
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace: readonly string[];

  constructor({ errorType, errorMessage, trace }: ReportedError) {
    super(`${errorType}: ${errorMessage}`);
    this.errorType = errorType;
    this.errorMessage = errorMessage;
    this.trace = trace;
  }
}

/** The function's process ended before it answered; `how` is `exit status 1` or `signal: killed`. */
export function exited(requestId: string, how: string): FunctionError {
  return new FunctionError({
    errorType: 'Runtime.ExitError',
    errorMessage: `RequestId: ${requestId} Error: Runtime exited with error: ${how}`,
    trace: [],
  });
}

export function timedOut(requestId: string, afterMs: number): FunctionError {
  const seconds = (afterMs / 1000).toFixed(2);
  return new FunctionError({
    errorType: 'Sandbox.Timedout',
    errorMessage: `RequestId: ${requestId} Error: Task timed out after ${seconds} seconds`,
    trace: [],
  });
}

/** The answer to an invocation beyond the concurrency that a function has. */
export function throttled(): FunctionError {
  return new FunctionError({
    errorType: 'TooManyRequestsException',
    errorMessage: 'Rate Exceeded.',
    trace: [],
  });
}
