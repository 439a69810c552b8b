/** Why a store did not do what it was asked. */
export type StoreFailureKind =
  | 'missing'
  /** A parameter that was to be created is there already. */
  | 'exists'
  | 'denied'
  /** The secret is scheduled for deletion. */
  | 'deleted'
  /** The signature's time is refused. */
  | 'clock'
  | 'notRetryable'
  | 'transient';

/**
 * A failed call to Secrets Manager or Parameter Store. It carries AWS's error name, never the SDK's
 * own error: a validation message may quote the value that was sent.
 */
export class StoreFailure extends Error {
  override readonly name = 'StoreFailure';
  readonly kind: StoreFailureKind;
  readonly store: 'Secrets Manager' | 'Parameter Store';

  constructor(store: StoreFailure['store'], kind: StoreFailureKind, message: string) {
    super(`${store}: ${message}`);
    this.store = store;
    this.kind = kind;
  }
}

const missing = new Set(['ResourceNotFoundException', 'ParameterNotFound']);
/** The messages of these name caller, action, resource or key, and no value. */
const denied = new Set([
  'AccessDeniedException',
  'AccessDenied',
  'EncryptionFailure',
  'DecryptionFailure',
  'InvalidKeyId',
  'UnrecognizedClientException',
  'InvalidSignatureException',
  'ExpiredTokenException',
]);
/** AWS's own words about access have none; a value that was sent, and is quoted, has: it is JSON. */
const quotation = /[{"]/;
const notRetryable = new Set([
  'InvalidParameterException',
  'InvalidRequestException',
  'LimitExceededException',
  'ResourceExistsException',
  'ValidationException',
  'ParameterLimitExceeded',
  'CredentialsProviderError',
]);
const clockNames = new Set(['RequestTimeTooSkewed', 'RequestExpired', 'RequestInTheFuture']);
/** AWS's words for a signature of another time (IAM User Guide, "Troubleshoot Signature Version 4"). */
const clockWords = /signature (?:has )?expired|signature not yet current/i;

/** AWS's words differ by operation and by the age of what answers. */
const deletedWords = /marked (?:for deletion|deleted)|because it was deleted/i;

/** Turns what an AWS SDK client threw into a failure that is safe to log. */
export function storeFailure(
  store: StoreFailure['store'],
  operation: string,
  resource: string,
  thrown: unknown,
): StoreFailure {
  const name = errorName(thrown);
  const text = thrown instanceof Error ? thrown.message : '';
  const what = `${operation} of ${resource} failed with ${name}`;
  if (missing.has(name)) return new StoreFailure(store, 'missing', what);
  if (name === 'ParameterAlreadyExists') return new StoreFailure(store, 'exists', what);
  if (clockNames.has(name) || clockWords.test(text)) return new StoreFailure(store, 'clock', what);
  if (name === 'InvalidRequestException' && deletedWords.test(text)) {
    return new StoreFailure(store, 'deleted', `${what}: it is scheduled for deletion`);
  }
  if (denied.has(name)) {
    // A bad signature's text may quote the request's headers, the session token among them
    // (IAM User Guide, "Troubleshoot Signature Version 4 signing").
    const isQuoted = name === 'InvalidSignatureException' || quotation.test(text);
    const detail = text && !isQuoted ? `: ${text}` : '';
    return new StoreFailure(store, 'denied', `${what}${detail}`);
  }
  return new StoreFailure(store, notRetryable.has(name) ? 'notRetryable' : 'transient', what);
}

/** The name of what was thrown, if it is safe to log: a service can put anything there. */
export function errorName(thrown: unknown): string {
  if (!(thrown instanceof Error)) return 'an unknown error';
  const { code } = thrown as { code?: unknown };
  if (typeof code === 'string' && /^[A-Z0-9_]{3,40}$/.test(code)) return code;
  // The SDK takes the name from the answer as it is: only what looks like one is passed on.
  return /^[A-Za-z]{1,60}$/.test(thrown.name) ? thrown.name : 'an unknown error';
}
