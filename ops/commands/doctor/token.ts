import { refreshTokenLifeDays } from '../../../lambda/core/limits';
import { defaultSecretPrefix } from '../../../lambda/core/names';
import { interpretTokenContext } from '../../../lambda/core/providerAnswer';
import { refreshTokenIssuedAtMsOf } from '../../../lambda/core/tokenSet';
import { restoreCommand } from '../../failures/awsFailure';
import { dayMs, timeText } from '../../terminal/text';
import { type Check, type CheckResult, fail, notRead, ok, ops, skip, warn } from './check';
import { type DoctorFacts, type HostAnswer, issuedIn } from './facts';

export function tokenChecks(facts: DoctorFacts): Check[] {
  return [
    { id: 'secret', title: 'secret', ...secretFinding(facts) },
    { id: 'token', title: 'token', ...expiryFinding(facts) },
    { id: 'last-success', title: 'last success', ...lastSuccessFinding(facts) },
    { id: 'refresh-token', title: 'refresh token', ...refreshTokenFinding(facts) },
    { id: 'token-accepted', title: 'token accepted', ...acceptedFinding(facts) },
  ];
}

/** What {@link findingsOf} does not look at. */
function secretFinding({ name, secret, token }: DoctorFacts): CheckResult {
  if (secret.known && secret.value?.deletionAtMs !== undefined) {
    return fail(
      'The secret is marked for deletion, and can be neither read nor written.',
      restoreCommand(`${defaultSecretPrefix}${name}`),
    );
  }
  if (!token.known) return notRead(token);
  const tokenSet = issuedIn(token);
  if (tokenSet === undefined) return skip('There is no token set.');
  const members = ['legacyToken', 'restBaseUrl', 'soapBaseUrl'] as const;
  const missing = members.filter((member) => tokenSet[member] === undefined);
  if (missing.length === 0) return ok('It holds a token set with all its members.');
  return warn(
    `Its token set has no ${missing.join(' and no ')}.`,
    missing.includes('restBaseUrl')
      ? `Readers need the address. If Marketing Cloud does not give it: ${ops(`seed ${name} --replace`)}, with restBaseUrl.`
      : 'Readers of the SOAP interface may miss it; those of REST need nothing else.',
  );
}

function expiryFinding({ nowMs, token }: DoctorFacts): CheckResult {
  const tokenSet = issuedIn(token);
  if (tokenSet === undefined) return skip('There is no token set.');
  const { expiresAtMs } = tokenSet;
  return ok(`valid until ${timeText(expiresAtMs, nowMs)}`);
}

/** A token set is what a rotation leaves that has succeeded. */
function lastSuccessFinding({ nowMs, token }: DoctorFacts): CheckResult {
  const tokenSet = issuedIn(token);
  return tokenSet ? ok(timeText(tokenSet.issuedAtMs, nowMs)) : skip('There was none yet.');
}

function refreshTokenFinding({ nowMs, token }: DoctorFacts): CheckResult {
  const stored = token.known && token.value.kind === 'stored' ? token.value.version : undefined;
  if (stored === undefined || stored.tokens.kind === 'notSeeded') return skip('There is none.');
  const ageDays = Math.floor((nowMs - refreshTokenIssuedAtMsOf(stored)) / dayMs);
  return ok(`${ageDays} days old, of ${refreshTokenLifeDays}`);
}

function acceptedFinding({ name, nowMs, tokenContext }: DoctorFacts): CheckResult {
  if (tokenContext === undefined) return skip('There is no valid token, or no known REST host.');
  const answer = interpretTokenContext(tokenContext, nowMs);
  if (answer.kind === 'accepted') return ok('The REST host accepts it.');
  if (answer.kind === 'indeterminate') {
    return warn(
      `The REST host gave no usable answer: ${answer.reason}.`,
      'See "REST host" below, and trust.salesforce.com.',
    );
  }
  return fail(
    'The REST host refuses it, though it has not expired.',
    `Renew it: ${ops(`rotate ${name} --force`)}. If it is refused again, see whether the package is still installed.`,
  );
}

export function hostChecks({ authHost, restHost }: DoctorFacts): Check[] {
  return [
    { id: 'auth-host', title: 'auth host', ...hostFinding(authHost, 'The config is not known.') },
    { id: 'rest-host', title: 'REST host', ...hostFinding(restHost, 'Its address is not known.') },
  ];
}

function hostFinding(answer: HostAnswer | undefined, unknown: string): CheckResult {
  if (answer === undefined) return skip(unknown);
  const { url } = answer;
  if ('status' in answer) return ok(`${url} answers (HTTP ${answer.status})`);
  return fail(
    `${url} does not answer: ${answer.problem}.`,
    'Check the address, DNS and proxies here; the rotator may see another network. Then ' +
      'trust.salesforce.com.',
  );
}
