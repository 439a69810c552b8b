import { apiBaseUrls, parseRestBaseUrl, parseSoapBaseUrl } from '../../../lambda/core/hosts';
import { endpointsAttemptMs } from '../../../lambda/core/limits';
import { interpretEndpoints } from '../../../lambda/core/providerAnswer';
import type { Redacted } from '../../../lambda/core/redacted';
import {
  type ApiBaseUrls,
  apiBaseUrlsOf,
  type StoredTokens,
  type TokenSet,
} from '../../../lambda/core/tokenSet';
import { fetchProvider } from '../../../lambda/effects/provider';
import type { Context } from '../../context';
import type { Granted } from './firstExchange';
import type { Brought } from './seedDocument';

/**
 * The token set that starts a chain.
 *
 * @param sent the refresh token that was spent for it: kept where no other came, to be sent again
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

/** Stacks S1 to S10, where the token endpoint's address tells of no tenant. */
const sharedAuthBaseUrl = 'https://auth.exacttargetapis.com';

/**
 * Where the REST and SOAP interfaces are, as far as that is known without asking. What the token
 * endpoint's address tells goes before what was brought, and that before what was stored.
 */
export function knownAddresses(
  stored: StoredTokens,
  authBaseUrl: string,
  { firstToken, restBaseUrl = firstToken?.restBaseUrl }: Brought,
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
  const { rest = '', soap = '' } = interpretEndpoints(answer);
  const restBaseUrl = parseRestBaseUrl(rest, { allowLoopback });
  const soapBaseUrl = parseSoapBaseUrl(soap, { allowLoopback });
  if (restBaseUrl === undefined && soapBaseUrl === undefined) {
    terminal.progress(`${asked} does not tell the addresses of the REST and SOAP interfaces.`);
  }
  return {
    ...(restBaseUrl === undefined ? {} : { restBaseUrl }),
    ...(soapBaseUrl === undefined ? {} : { soapBaseUrl }),
    ...known,
  };
}
