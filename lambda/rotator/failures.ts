import type { Decision } from '../core/decide';
import { RotationError } from '../core/errors';
import type { Facts } from '../core/facts';
import { issuedAtMsOf, refreshTokenOf } from '../core/tokenSet';
import { isDead } from '../core/verdicts';
import { errorName } from '../effects/storeFailure';
import { parameterNamesOf, type Run, secretIdOf } from './run';

/** The decision to end a rotation with an error. */
export type FailDecision = Extract<Decision, { do: 'fail' }>;

/** The error that ends a rotation which cannot go on in this invocation. */
export function failure(run: Run, decision: FailDecision, facts: Facts): RotationError {
  switch (decision.code) {
    case 'NotSeeded':
      return notSeeded(run);
    case 'CredentialsRejected':
      return credentialsRejected(run, facts);
    case 'ProviderUnavailable':
      return facts.lacksSuccessor ? noRefreshToken(run) : refusedOnce(run, facts);
    case 'ChainBroken':
      return chainBroken(run, facts);
    case 'StoreUnavailable':
      return notAllRead(run, facts);
    case 'DeadlineExceeded':
      return notConfirmed(run);
  }
}

function notSeeded(run: Run): RotationError {
  return new RotationError(
    'NotSeeded',
    `Connection "${run.connection}": the secret ${secretIdOf(run)} holds no refresh token yet. ` +
      `Store the first one: npm run ops -- seed ${run.connection}`,
  );
}

function credentialsRejected(run: Run, facts: Facts): RotationError {
  const names = parameterNamesOf(run);
  const refused =
    (facts.parameters?.clientSecrets.length ?? 0) > 1
      ? `the client secrets in ${names.clientSecret} and ${names.stagedClientSecret}`
      : `the client secret in ${names.clientSecret}`;
  const reason = facts.unexplained?.reason ?? facts.lastRefusal;
  return new RotationError(
    'CredentialsRejected',
    `Connection "${run.connection}": Marketing Cloud refuses ${refused} for the clientId in ` +
      `${names.config}${reason ? `: ${reason}` : ''}. No refresh token was lost. Store the ` +
      `package's present client secret: npm run ops -- stage-secret ${run.connection}; the next ` +
      'invocation takes it up.',
  );
}

function noRefreshToken(run: Run): RotationError {
  return new RotationError(
    'ProviderUnavailable',
    `Connection "${run.connection}": Marketing Cloud gave an access token and no refresh token. The ` +
      'access token is stored beside the refresh token that was sent, and the next invocation asks ' +
      'for a new one.',
  );
}

function refusedOnce(run: Run, facts: Facts): RotationError {
  const token = refreshTokenOf(facts.current.tokens)?.fingerprint ?? '';
  const reason = facts.refusals.get(token)?.reason ?? 'a refusal';
  return new RotationError(
    'ProviderUnavailable',
    `Connection "${run.connection}": Marketing Cloud has refused the refresh token once (${reason}). ` +
      'One refusal is no verdict: the next invocation asks again.',
  );
}

function notConfirmed(run: Run): RotationError {
  return new RotationError(
    'DeadlineExceeded',
    `Connection "${run.connection}": no refresh of this invocation was clean. What the last one ` +
      'brought is stored, and the next invocation confirms it.',
  );
}

function notAllRead(run: Run, facts: Facts): RotationError {
  const place = facts.listFailed
    ? `another version of ${secretIdOf(run)}`
    : parameterNamesOf(run).escrow;
  return new RotationError(
    'StoreUnavailable',
    `Connection "${run.connection}": the stored refresh token is refused, and whether a newer one is ` +
      `in ${place} cannot be read. The next invocation tries again.`,
  );
}

/** Names the refused refresh tokens by fingerprint, since when, and what a person has to do. */
export function chainBroken(run: Run, facts: Facts): RotationError {
  run.memory.brokenSinceMs ??= run.clock.now();
  const dead = [...facts.refusals].filter(([, refusal]) => isDead(refusal));
  const reason = dead[0]?.[1].reason;
  const issuedAtMs = issuedAtMsOf(facts.current);
  const last =
    refreshTokenOf(facts.current.tokens) && issuedAtMs > 0
      ? ` The stored one was issued at ${new Date(issuedAtMs).toISOString()}.`
      : '';
  return new RotationError(
    'ChainBroken',
    `Connection "${run.connection}": Marketing Cloud accepts the client credentials and none of the ` +
      `stored refresh tokens since ${new Date(run.memory.brokenSinceMs).toISOString()}` +
      `${reason ? ` (${reason})` : ''}.${last} Refused (SHA-256): ` +
      `${dead.map(([token]) => token).join(', ') || 'none'}. They are asked about again every 20 ` +
      'minutes. Either somebody revoked the chain or used it elsewhere, or one login was seeded into ' +
      `two connections, or the package was changed. What to do, step by step: npm run ops -- recover ` +
      run.connection,
    { refusedTokens: dead.map(([token]) => token) },
  );
}

/** A direct invocation uses no refresh token that nothing would go on with. */
export function followUpNotSent(run: Run, thrown: unknown): RotationError {
  return new RotationError(
    'StoreUnavailable',
    `Connection "${run.connection}": its queue does not take a message (${errorName(thrown)}), which would go on ` +
      'if this invocation died. Nothing was sent. Check sqs:SendMessage of the function, or send ' +
      `the rotation through the queue: npm run ops -- rotate ${run.connection} --force`,
  );
}
