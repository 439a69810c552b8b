import { apiBaseUrls, isRestBaseUrl } from '../../lambda/core/hosts';
import { defaultSecretPrefix } from '../../lambda/core/names';
import { type HttpAnswer, interpretTokenContext } from '../../lambda/core/providerAnswer';
import { apiBaseUrlsOf, type TokenSet } from '../../lambda/core/tokenSet';
import { fetchProvider } from '../../lambda/effects/provider';
import type { Reading } from '../connection/reading';
import { restoreCommand, type StoredToken } from '../connection/secret';
import type { Context } from '../context';
import { duration, isoTime, relativeTime, timeText } from '../terminal/text';
import { type Check, type Finding, fail, notRead, ok, ops, skip, warn } from './check';
import type { Observed } from './observe';

const leastLeftMs = 15 * 60_000;
const timeoutMs = 8_000;

const issuedIn = (token: Reading<StoredToken>): TokenSet | undefined =>
  token.known && token.value.kind === 'stored' && token.value.version.tokens.kind === 'issued'
    ? token.value.version.tokens.tokenSet
    : undefined;

/** Where the token is good for; undefined where that is unknown, or no host of the provider's. */
export function restBaseUrlOf(
  { settings }: Context,
  authBaseUrl: string | undefined,
  token: Reading<StoredToken>,
): string | undefined {
  const stored = token.known && token.value.kind === 'stored' ? token.value.version : undefined;
  const known = stored && apiBaseUrlsOf(stored.tokens).restBaseUrl;
  const url = known ?? apiBaseUrls(authBaseUrl ?? '').restBaseUrl;
  const allowLoopback = settings.allowLoopbackProvider;
  return url !== undefined && isRestBaseUrl(url, { allowLoopback }) ? url : undefined;
}

/** Undefined where there is no token that could be accepted. */
export async function tryToken(
  { clock }: Context,
  restBaseUrl: string,
  token: Reading<StoredToken>,
): Promise<HttpAnswer | undefined> {
  const tokenSet = issuedIn(token);
  if (tokenSet === undefined || tokenSet.expiresAtMs <= clock.now()) return undefined;
  return fetchProvider.tokenContext(restBaseUrl, tokenSet.accessToken, timeoutMs);
}

export function tokenChecks(observed: Observed): Check[] {
  return [
    { id: 'secret', title: 'secret', ...secretFinding(observed) },
    { id: 'token', title: 'token', ...expiryFinding(observed) },
    { id: 'token-accepted', title: 'token accepted', ...acceptedFinding(observed) },
  ];
}

function secretFinding({ name, nowMs, isFleet, secret, token }: Observed): Finding {
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

function expiryFinding({ name, nowMs, token }: Observed): Finding {
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

function acceptedFinding({ name, nowMs, tokenContext }: Observed): Finding {
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
