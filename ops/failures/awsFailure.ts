import { StoreFailure, storeFailure } from '../../lambda/effects/storeFailure';
import { OpsError } from './opsError';

/** AWS's name of what went wrong, or Node's code of a connection's failure. */
export function failureName(thrown: unknown): string {
  if (!(thrown instanceof Error)) return 'an unknown error';
  // A connection refused on every address of a host comes without a message of its own.
  const { code } = thrown as { code?: unknown };
  if (typeof code === 'string' && /^[A-Z0-9_]{3,40}$/.test(code)) return code;
  // It may come from an answer: only what looks like a name is passed on.
  return /^[A-Za-z]{1,60}$/.test(thrown.name) ? thrown.name : 'an unknown error';
}

export const isAwsError = (thrown: unknown): thrown is Error =>
  thrown instanceof Error && '$metadata' in thrown;

/** Whether the thing that a call named does not exist. */
export function isNotFound(thrown: unknown): boolean {
  return ['ResourceNotFoundException', 'ParameterNotFound', 'NotFoundException'].includes(
    failureName(thrown),
  );
}

/** Whether access was denied; the message then names caller, action and resource. */
export function isDenied(thrown: unknown): boolean {
  return ['AccessDeniedException', 'AccessDenied', 'KMSAccessDeniedException'].includes(
    failureName(thrown),
  );
}

/** Whether AWS was asked more often than it takes. */
export function isThrottled(thrown: unknown): boolean {
  return ['ThrottlingException', 'TooManyRequestsException', 'Throttling'].includes(
    failureName(thrown),
  );
}

const credentialFailures = new Set([
  'CredentialsProviderError',
  'ExpiredToken',
  'ExpiredTokenException',
  'TokenProviderError',
  'UnrecognizedClientException',
  'InvalidClientTokenId',
  'InvalidSignatureException',
  'SignatureDoesNotMatch',
]);

/** What an AWS client threw, with its remedy. Undefined for anything else. */
export function awsFailure(thrown: unknown): OpsError | undefined {
  const failure = accessFailure(thrown);
  if (failure || !isAwsError(thrown)) return failure;
  return new OpsError(
    'unavailable',
    `AWS answered with ${failureName(thrown)}. Nothing more was done.`,
  );
}

/**
 * Why an AWS client got no answer, or a refusal: no Region, no credentials, no access, no network.
 * Only a refusal's own message is passed on: others may quote the value that was sent.
 */
export function accessFailure(thrown: unknown): OpsError | undefined {
  const name = failureName(thrown);
  if (name === 'Error' && /^region (is missing|not accepted)/i.test((thrown as Error).message)) {
    return new OpsError('usage', 'No AWS Region is set: use --region, or set AWS_REGION.');
  }
  if (isClockFailure(thrown)) {
    return new OpsError(
      'unavailable',
      `AWS refuses the call (${name}): ${clockProblem}. ${clockRemedy}`,
    );
  }
  if (credentialFailures.has(name)) {
    return new OpsError(
      'unavailable',
      `AWS takes no credentials from here (${name}): sign in, for instance by "aws sso login", or ` +
        'name another profile by --profile.',
    );
  }
  if (isDenied(thrown)) {
    return new OpsError('unavailable', `AWS denies access: ${(thrown as Error).message}`);
  }
  if (name === 'EPROXYAUTH') {
    return new OpsError(
      'unavailable',
      'AWS could not be reached: the proxy wants to know who asks (HTTP 407). Put user and password ' +
        'into HTTPS_PROXY: http://USER:PASSWORD@PROXY:PORT.',
    );
  }
  if (name === 'EPROXYURL') {
    return new OpsError(
      'usage',
      'HTTPS_PROXY must be the address of an HTTP proxy, such as http://PROXY:PORT. What is not a ' +
        'letter or a digit in a password stands as %XX there.',
    );
  }
  if (name === 'EPROXY') {
    return new OpsError(
      'unavailable',
      `AWS could not be reached: ${(thrown as Error).message}. Have it let AWS's hosts through, or ` +
        'leave them out of it by NO_PROXY.',
    );
  }
  if (isUntrusted(name)) {
    return new OpsError(
      'unavailable',
      `AWS could not be reached: the certificate of what answers is not trusted (${name}). Something ` +
        'looks into TLS here: name its certificate authority by AWS_CA_BUNDLE, and by ' +
        'NODE_EXTRA_CA_CERTS for Marketing Cloud too.',
    );
  }
  if (name === 'ENOTFOUND' || name === 'EAI_AGAIN') {
    return new OpsError(
      'unavailable',
      `AWS could not be reached: the name of its host, or of the proxy, is not found (${name}). Check ` +
        '--region, --endpoint-url, DNS, and whether there has to be a proxy, in HTTPS_PROXY.',
    );
  }
  if (isConnectionFailure(thrown)) {
    return new OpsError(
      'unavailable',
      `AWS could not be reached (${name}): check the network, --region and --endpoint-url; with ` +
        '--local, "npm run demo" has to run.',
    );
  }
  return undefined;
}

/** OpenSSL's names for a certificate that no known authority has signed. */
const isUntrusted = (name: string) =>
  /^(SELF_SIGNED_CERT_IN_CHAIN|DEPTH_ZERO_SELF_SIGNED_CERT|UNABLE_TO_\w+|CERT_UNTRUSTED)$/.test(
    name,
  );

function isConnectionFailure(thrown: unknown): boolean {
  const name = failureName(thrown);
  return name === 'TimeoutError' || /^(E[A-Z]{3,}|UND_ERR_[A-Z_]+)$/.test(name);
}

/** What to do if AWS refuses the time of a request's signature. */
export const clockRemedy = 'Set the clock of this machine, best by NTP.';

export const clockProblem =
  "the clock of this machine, or the endpoint's, is off by more than the 5 minutes that AWS allows";

/** Whether AWS has refused the time of a signature, which the SDK could not correct by itself. */
export function isClockFailure(thrown: unknown): boolean {
  if (thrown instanceof StoreFailure) return thrown.kind === 'clock';
  return storeFailure('Parameter Store', 'the call', 'AWS', thrown).kind === 'clock';
}

/** The command that takes a secret back which is scheduled for deletion, tokens and all. */
export const restoreCommand = (secretId: string) =>
  `aws secretsmanager restore-secret --secret-id ${secretId}`;
