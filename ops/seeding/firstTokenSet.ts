import type { Redacted } from '../../lambda/core/redacted';
import type { ApiBaseUrls, TokenSet } from '../../lambda/core/tokenSet';
import type { Granted } from './firstExchange';

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
