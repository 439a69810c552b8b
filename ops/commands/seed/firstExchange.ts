import type { ConnectionConfig } from '../../../lambda/core/connection';
import { apiBaseUrls, parseRestBaseUrl, parseSoapBaseUrl } from '../../../lambda/core/hosts';
import {
  endpointsAttemptMs,
  refreshTokenLifeDays,
  refusalsOfDeadToken,
  reuseWindowMs,
} from '../../../lambda/core/limits';
import { interpretEndpoints } from '../../../lambda/core/providerAnswer';
import type { Redacted } from '../../../lambda/core/redacted';
import {
  type ApiBaseUrls,
  apiBaseUrlsOf,
  type StoredTokens,
  type TokenSet,
} from '../../../lambda/core/tokenSet';
import { fetchProvider } from '../../../lambda/effects/provider';
import type { Exchanged } from '../../../lambda/rotator/exchange';
import type { Context } from '../../context';
import { OpsError } from '../../failures/opsError';
import { requestRejected, tryClientSecret } from '../../rotator/clientSecret';
import { askProvider, networkRemedy, type ProviderReply } from '../../rotator/operatorRun';
import { isoTime } from '../../terminal/text';
import type { SeedStore } from './makeConnection';
import type { SeedInput } from './seedDocument';

export type Granted = Extract<Exchanged, { kind: 'granted' }>;

export interface FirstExchangeOptions {
  readonly clientSecret: Redacted;
  /** Undefined if Marketing Cloud is to be asked for one. */
  readonly refreshToken: Redacted | undefined;
  readonly store: SeedStore;
}

/**
 * Spends a first refresh token, or asks for one, and returns what Marketing Cloud gave. Nothing is
 * stored but a successor from an answer that is unusable otherwise. One refusal is no verdict: it is
 * asked twice, with accepted client credentials between.
 *
 * @returns the error to report if the refresh token itself is refused
 * @throws OpsError `refused` for a bad client secret or package; `unavailable` if no usable answer
 * came.
 */
export async function firstExchange(
  context: Context,
  connection: string,
  config: ConnectionConfig,
  { clientSecret, refreshToken, store }: FirstExchangeOptions,
): Promise<Granted | OpsError> {
  const { authBaseUrl, clientId } = config;
  const request = { authBaseUrl, clientId, clientSecret, offline: true };
  let possiblyUsedAtMs: number | undefined;
  for (let refusals = 1; ; refusals++) {
    const asked = refreshToken === undefined ? request : { ...request, refreshToken };
    const answer = await askProvider(context, connection, asked, store);
    if (answer.kind === 'granted') {
      if ((answer.grant.refreshToken ?? refreshToken) === undefined) throw noOfflineAccess();
      return { ...answer, isOnlyUse: answer.isOnlyUse && possiblyUsedAtMs === undefined };
    }
    if (answer.kind !== 'refused') throw notAnswered(config, answer, store);
    possiblyUsedAtMs ??= answer.possiblyUsedAtMs;
    if (refreshToken === undefined) throw clientSecretRefused(config, answer.reason);
    const trial = await tryClientSecret(context, connection, config, clientSecret);
    if (trial.verdict === 'refused') throw clientSecretRefused(config, trial.reason);
    if (refusals >= refusalsOfDeadToken) return tokenRefused(answer.reason, possiblyUsedAtMs);
  }
}

/** Another client secret may still be tried: nothing was stored, and no refresh token used up. */
export class ClientSecretRefused extends OpsError {}

export function clientSecretRefused(
  { authBaseUrl, clientId }: ConnectionConfig,
  reason: string,
): ClientSecretRefused {
  return new ClientSecretRefused(
    'refused',
    `Marketing Cloud refuses the client secret for the client id ${clientId} at ${authBaseUrl}: ` +
      `${reason}. Nothing was stored. See the package in Setup, Installed Packages, for both.`,
  );
}

function noOfflineAccess(): OpsError {
  return new OpsError(
    'refused',
    'Marketing Cloud takes the client secret and gives no refresh token: let the package have ' +
      'offline access. Nothing was stored.',
  );
}

function tokenRefused(reason: string, possiblyUsedAtMs: number | undefined): OpsError {
  const remedy =
    possiblyUsedAtMs === undefined
      ? 'Log in again for a new one.'
      : `An answer before was lost, and until ${isoTime(possiblyUsedAtMs + reuseWindowMs)} it may ` +
        'be taken once more: run the same command again before. Later, log in again for a new one.';
  return new OpsError(
    'refused',
    `Marketing Cloud takes the client secret and refuses the refresh token: ${reason}. It was used ` +
      `before, was revoked, is older than ${refreshTokenLifeDays} days or belongs to another ` +
      `package. Nothing was stored. ${remedy}`,
  );
}

type NotAnswered = Exclude<ProviderReply, { kind: 'granted' | 'refused' }>;

function notAnswered(
  config: ConnectionConfig,
  answer: NotAnswered,
  { hasSalvaged }: SeedStore,
): OpsError {
  const { authBaseUrl } = config;
  const { reason } = answer;
  if (answer.kind === 'notSent') {
    return new OpsError(
      'unavailable',
      `Nothing was sent to Marketing Cloud: ${reason}. The refresh token is unused, and nothing was ` +
        `stored. ${networkRemedy(authBaseUrl)}; then run the same command again.`,
    );
  }
  const { possiblyUsedAtMs } = answer;
  if (answer.kind === 'rejected' && possiblyUsedAtMs === undefined) {
    return requestRejected(config, answer);
  }
  return new OpsError(
    'unavailable',
    `Marketing Cloud gave no usable answer at ${authBaseUrl}; the last one: ${reason}. ` +
      remedyOf(possiblyUsedAtMs, hasSalvaged()),
  );
}

function remedyOf(possiblyUsedAtMs: number | undefined, hasSalvaged: boolean): string {
  if (hasSalvaged) {
    return (
      'A refresh token came with it, and is kept as a version of the secret: run the same command ' +
      'again, at any time. It goes on from there.'
    );
  }
  if (possiblyUsedAtMs === undefined) {
    return 'The refresh token, if there is one, is unused, and nothing was stored. Try again.';
  }
  return (
    'The refresh token may have been used up, and nothing was stored of it. Marketing Cloud takes ' +
    `it again until ${isoTime(possiblyUsedAtMs + reuseWindowMs)}: run the same command with the ` +
    'same refresh token before.'
  );
}

/**
 * The token set that starts a chain.
 *
 * @param sent the refresh token that was spent for it: kept if no other came, to be sent again
 */
export function firstTokenSet(
  { grant, sentAtMs }: Granted,
  sent: Redacted | undefined,
  addresses: ApiBaseUrls,
): TokenSet {
  const refreshToken = grant.refreshToken ?? sent;
  if (refreshToken === undefined) throw new Error('a grant without a refresh token');
  return {
    accessToken: grant.accessToken,
    ...(grant.legacyToken ? { legacyToken: grant.legacyToken } : {}),
    refreshToken,
    issuedAtMs: sentAtMs,
    expiresAtMs: sentAtMs + grant.expiresInMs,
    ...(grant.refreshToken ? {} : { refreshTokenIssuedAtMs: sentAtMs }),
    ...addresses,
  };
}

/** Stacks S1 to S10, where the token endpoint's address names no tenant. */
const sharedAuthBaseUrl = 'https://auth.exacttargetapis.com';

/**
 * Where the REST and SOAP interfaces are, as far as that is known without asking. What the token
 * endpoint's address says goes before what was brought, and that before what was stored.
 */
export function knownAddresses(
  stored: StoredTokens,
  authBaseUrl: string,
  { firstToken, restBaseUrl = firstToken?.restBaseUrl }: SeedInput,
): ApiBaseUrls {
  return {
    ...apiBaseUrlsOf(stored),
    ...(restBaseUrl === undefined ? {} : { restBaseUrl }),
    ...apiBaseUrls(authBaseUrl),
  };
}

/**
 * Asks Marketing Cloud, once, for what is not known. No answer is no failure: the rotator asks again,
 * and readers of the other interface need none.
 */
export async function completeAddresses(
  { settings, terminal }: Context,
  known: ApiBaseUrls,
  accessToken: Redacted,
): Promise<ApiBaseUrls> {
  if (known.restBaseUrl !== undefined && known.soapBaseUrl !== undefined) return known;
  const allowLoopback = settings.allowLoopbackProvider;
  const host = known.restBaseUrl ?? apiBaseUrls(sharedAuthBaseUrl).restBaseUrl ?? '';
  const asked = parseRestBaseUrl(host, { allowLoopback });
  if (asked === undefined) return known;
  const answer = await fetchProvider.endpoints(asked, accessToken, endpointsAttemptMs);
  const { rest = '', soap = '' } = interpretEndpoints(answer) ?? {};
  const restBaseUrl = parseRestBaseUrl(rest, { allowLoopback });
  const soapBaseUrl = parseSoapBaseUrl(soap, { allowLoopback });
  if (restBaseUrl === undefined && soapBaseUrl === undefined) {
    terminal.progress(`${asked} does not give the addresses of the REST and SOAP interfaces.`);
  }
  return {
    ...(restBaseUrl === undefined ? {} : { restBaseUrl }),
    ...(soapBaseUrl === undefined ? {} : { soapBaseUrl }),
    ...known,
  };
}
