import { apiBaseUrls } from '../../lambda/core/hosts';
import { apiBaseUrlsOf, type StoredTokens, type TokenSet } from '../../lambda/core/tokenSet';
import type { Granted } from './firstExchange';
import type { Brought } from './seedDocument';

/**
 * The token set that starts a chain. What the token endpoint's address tells of the REST and SOAP
 * hosts goes before what was brought, and that before what was stored.
 */
export function firstTokenSet(
  { grant, sentAtMs }: Granted,
  stored: StoredTokens,
  authBaseUrl: string,
  { firstToken, restBaseUrl = firstToken?.restBaseUrl }: Brought,
): TokenSet {
  const refreshToken = grant.refreshToken ?? firstToken?.refreshToken;
  if (refreshToken === undefined) throw new Error('a grant without a refresh token');
  return {
    accessToken: grant.accessToken,
    ...(grant.legacyToken ? { legacyToken: grant.legacyToken } : {}),
    refreshToken,
    issuedAtMs: sentAtMs,
    expiresAtMs: sentAtMs + grant.expiresInMs,
    ...apiBaseUrlsOf(stored),
    ...(restBaseUrl === undefined ? {} : { restBaseUrl }),
    ...apiBaseUrls(authBaseUrl),
  };
}
