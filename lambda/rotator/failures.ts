import type { Decision } from '../core/decide';
import { RotationError } from '../core/errors';
import type { Facts } from '../core/facts';
import { issuedAtMsOf, refreshTokenOf } from '../core/tokenSet';
import { parameterNamesOf, type Run, secretIdOf } from './run';

export type FailDecision = Extract<Decision, { do: 'fail' }>;

/** The error that ends a rotation which cannot go on without a person. */
export function failure(run: Run, decision: FailDecision, facts: Facts): RotationError {
  switch (decision.code) {
    case 'NotSeeded':
      return notSeeded(run);
    case 'CredentialsRejected':
      return credentialsRejected(run, facts);
    default:
      return chainBroken(run, facts);
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
  return new RotationError(
    'CredentialsRejected',
    `Connection "${run.connection}": the provider refuses ${refused} for the clientId in ` +
      `${names.config}. No refresh token was lost. Store the package's present client secret: ` +
      `npm run ops -- stage-secret ${run.connection}; the next invocation takes it up.`,
  );
}

export function chainBroken(run: Run, facts: Facts): RotationError {
  run.memory.brokenSinceMs ??= run.clock.now();
  const refused = new Set(facts.refusedTokens);
  const issuedAtMs = issuedAtMsOf(facts.current);
  const last =
    refreshTokenOf(facts.current.tokens) && issuedAtMs > 0
      ? ` The stored one was issued at ${new Date(issuedAtMs).toISOString()}.`
      : '';
  return new RotationError(
    'ChainBroken',
    `Connection "${run.connection}": the provider accepts the client credentials and none of the ` +
      `stored refresh tokens since ${new Date(run.memory.brokenSinceMs).toISOString()}.${last} ` +
      `Refused (SHA-256): ${[...refused].join(', ') || 'none'}. None of them is sent again. ` +
      `What to do, step by step: npm run ops -- recover ${run.connection}`,
  );
}
