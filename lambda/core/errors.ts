/** The stable codes that callers, alarms and runbooks rely on. */
export type RotationErrorCode =
  | 'InvalidEvent'
  | 'InvalidConfig'
  | 'NotSeeded'
  | 'CredentialsRejected'
  | 'ChainBroken'
  | 'ProviderUnavailable'
  | 'StoreUnavailable'
  | 'DeadlineExceeded';

/** What an error carries beside its message. */
export interface RotationErrorOptions {
  readonly cause?: unknown;
  /** Fingerprints of the refresh tokens that were refused, for the log. */
  readonly refusedTokens?: readonly string[];
}

/**
 * What a rotation that did not succeed throws. `name` is the code, so Lambda reports it as the
 * `errorType`; the message names the connection, the field or parameter, and the remedy, and
 * never holds a token, a client secret or an answer's body. The messages of a rotation are in
 * `lambda/rotator/failures.ts`.
 */
export class RotationError extends Error {
  readonly code: RotationErrorCode;
  readonly refusedTokens: readonly string[];

  constructor(code: RotationErrorCode, message: string, options: RotationErrorOptions = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.name = code;
    this.code = code;
    this.refusedTokens = options.refusedTokens ?? [];
  }
}
