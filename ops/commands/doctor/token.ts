import { defaultSecretPrefix } from '../../../lambda/core/names';
import { interpretTokenContext } from '../../../lambda/core/providerAnswer';
import { restoreCommand } from '../../failures/awsFailure';
import { duration, isoTime, relativeTime, timeText } from '../../terminal/text';
import { type Check, type Finding, fail, notRead, ok, ops, skip, warn } from './check';
import { type DoctorFacts, type HostAnswer, issuedIn } from './facts';

const leastLeftMs = 15 * 60_000;
export function tokenChecks(facts: DoctorFacts): Check[] {
  return [
    { id: 'secret', title: 'secret', ...secretFinding(facts) },
    { id: 'token', title: 'token', ...expiryFinding(facts) },
    { id: 'token-accepted', title: 'token accepted', ...acceptedFinding(facts) },
  ];
}

function secretFinding({ name, nowMs, isFleet, secret, token }: DoctorFacts): Finding {
  const marked = () =>
    fail(
      'The secret is marked for deletion, and can be neither read nor written.',
      restoreCommand(`${defaultSecretPrefix}${name}`),
    );
  if (secret.known && secret.value?.deletionAtMs !== undefined) return marked();
  if (!token.known) return notRead(token);
  const stored = token.value;
  if (stored.kind === 'deleted') return marked();
  if (stored.kind === 'noSecret') {
    return fail(
      'The secret does not exist.',
      isFleet
        ? `${ops(`seed ${name}`)}, with --auth-base-url and --client-id`
        : `Deploy the stack, then: ${ops(`seed ${name}`)}`,
    );
  }
  if (stored.kind === 'malformed') {
    return fail(`The secret ${stored.problem}.`, ops(`recover ${name}`));
  }
  const { tokens, createdAtMs } = stored.version;
  if (tokens.kind === 'notSeeded') {
    return fail('It waits for its first refresh token.', ops(`seed ${name}`));
  }
  if (tokens.kind === 'seeded') {
    return warn(
      `It holds a first refresh token since ${timeText(createdAtMs, nowMs)}, and no token set.`,
      `The next tick makes one, within ${isFleet ? 20 : 5} minutes. If it does not, look at the checks below.`,
    );
  }
  const { tokenSet } = tokens;
  const members = ['legacyToken', 'restBaseUrl', 'soapBaseUrl'] as const;
  const missing = members.filter((member) => tokenSet[member] === undefined);
  if (missing.length === 0) return ok('It holds a token set with all its members.');
  return warn(
    `Its token set has no ${missing.join(' and no ')}.`,
    missing.includes('restBaseUrl')
      ? `Readers need the address. Where Marketing Cloud does not tell it: ${ops(`seed ${name} --replace`)}, with restBaseUrl.`
      : 'Readers of the SOAP interface may miss it; those of REST need nothing else.',
  );
}

function expiryFinding({ name, nowMs, token }: DoctorFacts): Finding {
  const tokenSet = issuedIn(token);
  if (tokenSet === undefined) return skip('There is no token set.');
  const { expiresAtMs } = tokenSet;
  if (expiresAtMs <= nowMs) {
    return fail(
      `It expired ${relativeTime(expiresAtMs, nowMs)}, at ${isoTime(expiresAtMs)}.`,
      `Mend what else fails here, then: ${ops(`rotate ${name}`)}`,
    );
  }
  const what = `valid until ${timeText(expiresAtMs, nowMs)}`;
  if (expiresAtMs - nowMs >= leastLeftMs) return ok(what);
  return warn(
    `It has only ${duration(expiresAtMs - nowMs)} left.`,
    `It should have been renewed with 40 min left. See what else fails here; then ${ops(`rotate ${name}`)}`,
  );
}

function acceptedFinding({ name, nowMs, tokenContext }: DoctorFacts): Finding {
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

function hostFinding(answer: HostAnswer | undefined, unknown: string): Finding {
  if (answer === undefined) return skip(unknown);
  const { url } = answer;
  if ('status' in answer) return ok(`${url} answers (HTTP ${answer.status})`);
  return fail(
    `${url} does not answer: ${answer.problem}.`,
    'Check the address, DNS and proxies here; the rotator may see another network. Then ' +
      'trust.salesforce.com.',
  );
}
