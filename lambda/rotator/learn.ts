import type { Facts } from '../core/facts';
import { fingerprintOf, mergeHeld } from '../core/held';
import type { Redacted } from '../core/redacted';
import { withRefusal } from '../core/verdicts';
import { isHeldOpen } from '../core/window';
import type { Exchanged } from './exchange';
import type { ParametersRead } from './observe';
import type { CurrentRead } from './recall';
import type { Run } from './run';

/** Refusals belong to one package at one host: after a change of either they mean nothing. */
export function withParameters(run: Run, facts: Facts, read: ParametersRead): Facts {
  const { parameters, held, escrowPresent } = read;
  const { authBaseUrl, clientId } = parameters.config;
  const packageKey = `${authBaseUrl} ${clientId}`;
  const { memory } = run;
  memory.parameters = parameters;
  if (!read.escrowUnknown) run.progress.inEscrow = new Set(held.map(fingerprintOf));
  if (memory.packageKey !== packageKey) {
    memory.packageKey = packageKey;
    memory.refusals = new Map();
    memory.doubtedSecrets = new Set();
  }
  if (held.some((entry) => isHeldOpen({ nowMs: facts.nowMs, refusals: memory.refusals }, entry))) {
    run.progress.staysToDeadline = true;
  }
  const isNew = parameters.clientSecrets.some(
    ({ fingerprint }) => !memory.doubtedSecrets.has(fingerprint),
  );
  if (isNew) delete memory.credentialsRefusedSinceMs;
  return {
    ...facts,
    parameters,
    parametersMissing: false,
    held: mergeHeld(facts.held, held),
    escrowPresent,
    escrowUnknown: read.escrowUnknown ?? false,
    refusals: memory.refusals,
    doubtedSecrets: memory.doubtedSecrets,
    credentialsRefusedSinceMs: memory.credentialsRefusedSinceMs,
  };
}

/** Another invocation that published meanwhile has won: its token set is adopted. */
export function adopt(run: Run, facts: Facts, { current, isRecalled }: CurrentRead): Facts {
  if (current.versionId === facts.current.versionId) {
    return { ...facts, current, currentMayBeStale: false, isRecalled };
  }
  run.telemetry.info('Another invocation has published meanwhile; going on with its token set');
  return {
    ...facts,
    current,
    isOwnCurrent: false,
    isPutBackUsed: false,
    currentMayBeStale: false,
    isRecalled,
    force: false,
    markFailed: false,
    unexplained: undefined,
    otherVersions: undefined,
    listed: undefined,
  };
}

/** Notes what an answer says of a client secret, here and in the environment's memory. */
export function withVerdict(
  run: Run,
  facts: Facts,
  { fingerprint }: Redacted,
  answer: Exchanged,
): Facts {
  const accepted = answer.kind === 'granted';
  const doubtedSecrets = new Set(run.memory.doubtedSecrets);
  if (accepted) doubtedSecrets.delete(fingerprint);
  else doubtedSecrets.add(fingerprint);
  run.memory.doubtedSecrets = doubtedSecrets;
  const secretVerdicts = new Map(facts.secretVerdicts);
  secretVerdicts.set(fingerprint, accepted ? 'accepted' : 'refused');
  const stored = facts.parameters?.clientSecrets ?? [];
  if (accepted) delete run.memory.credentialsRefusedSinceMs;
  else if (stored.every((secret) => secretVerdicts.get(secret.fingerprint) === 'refused')) {
    run.memory.credentialsRefusedSinceMs ??= run.clock.now();
  }
  return {
    ...facts,
    doubtedSecrets,
    credentialsRefusedSinceMs: run.memory.credentialsRefusedSinceMs,
    secretVerdicts,
    ...(answer.kind === 'refused' && { lastRefusal: answer.reason }),
  };
}

/** Notes one more refusal of a refresh token, and logs its fingerprint. */
export function withRefusedToken(run: Run, facts: Facts, token: Redacted, reason: string): Facts {
  const { fingerprint } = token;
  run.telemetry.warn('The provider refuses a refresh token', { refreshToken: fingerprint, reason });
  const refusal = { nowMs: run.clock.now(), reason };
  const refusals = withRefusal(run.memory.refusals, fingerprint, refusal);
  run.memory.refusals = refusals;
  const refusedInRound = new Map(facts.refusedInRound);
  refusedInRound.set(fingerprint, (refusedInRound.get(fingerprint) ?? 0) + 1);
  return { ...facts, refusals, refusedInRound };
}
