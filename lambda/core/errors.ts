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

/**
 * What a rotation that did not succeed throws. `name` is the code, so Lambda reports it as the
 * `errorType`; the message names the connection, the field or parameter, and the remedy, and
 * never holds a token, a client secret or an answer's body.
 */
export class RotationError extends Error {
  readonly code: RotationErrorCode;

  constructor(code: RotationErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = code;
    this.code = code;
  }
}
