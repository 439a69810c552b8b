import * as v from 'valibot';
import { Redacted } from './redacted';
import { objectOf, parseJson, requiredText, type Validated, validate } from './validate';

/** Where the provider's REST and SOAP interfaces are, where that is known. */
export interface ApiBaseUrls {
  readonly restBaseUrl?: string;
  readonly soapBaseUrl?: string;
}

/** One access token and the refresh token to use next, as readers find them in the secret. */
export interface TokenSet extends ApiBaseUrls {
  readonly accessToken: Redacted;
  /** The SOAP `oAuthToken`, given with `legacy=1`. */
  readonly legacyToken?: Redacted;
  readonly refreshToken: Redacted;
  readonly issuedAtMs: number;
  readonly expiresAtMs: number;
  /** When the refresh token was issued, where it came before this access token. */
  readonly refreshTokenIssuedAtMs?: number;
}

/** What a version of the secret may hold: nothing yet, a first refresh token, or a token set. */
export type StoredTokens =
  | { readonly kind: 'notSeeded' }
  | ({ readonly kind: 'seeded'; readonly refreshToken: Redacted } & ApiBaseUrls)
  | { readonly kind: 'issued'; readonly tokenSet: TokenSet };

/** A version of the secret, read. Its value never changes: versions are written once. */
export interface StoredVersion {
  readonly versionId: string;
  readonly stages: readonly string[];
  readonly createdAtMs: number;
  readonly tokens: StoredTokens;
}

const isoTime = 'must be an ISO 8601 time';
const timestamp = v.pipe(
  v.string('must be a string'),
  v.isoTimestamp(isoTime),
  v.check((text) => !Number.isNaN(Date.parse(text)), isoTime),
);

const storedSchema = objectOf({
  accessToken: v.optional(requiredText),
  legacyToken: v.optional(requiredText),
  refreshToken: v.optional(v.string('must be a string')),
  issuedAt: v.optional(timestamp),
  expiresAt: v.optional(timestamp),
  // It only feeds a metric: a value that makes no sense must not stop a rotation.
  refreshTokenIssuedAt: v.fallback(v.optional(timestamp), undefined),
  restBaseUrl: v.optional(requiredText),
  soapBaseUrl: v.optional(requiredText),
});

/** Reads a secret's text. Members that are not known are left out. */
export function parseStoredTokens(text: string): Validated<StoredTokens> {
  const json = parseJson(text);
  if (!json.ok) return { ok: false, field: '', problem: 'is not JSON' };
  const stored = validate(storedSchema, json.value);
  if (!stored.ok) return stored;
  const { accessToken, legacyToken, refreshToken, issuedAt, expiresAt, ...rest } = stored.value;
  const { refreshTokenIssuedAt } = rest;
  if (!refreshToken) return { ok: true, value: { kind: 'notSeeded' } };
  const urls = withoutUndefined(rest);
  if (accessToken === undefined || issuedAt === undefined || expiresAt === undefined) {
    return {
      ok: true,
      value: { kind: 'seeded', refreshToken: new Redacted(refreshToken), ...urls },
    };
  }
  const tokenSet: TokenSet = {
    accessToken: new Redacted(accessToken),
    ...(legacyToken === undefined ? {} : { legacyToken: new Redacted(legacyToken) }),
    refreshToken: new Redacted(refreshToken),
    issuedAtMs: Date.parse(issuedAt),
    expiresAtMs: Date.parse(expiresAt),
    ...(refreshTokenIssuedAt === undefined
      ? {}
      : { refreshTokenIssuedAtMs: Date.parse(refreshTokenIssuedAt) }),
    ...urls,
  };
  return { ok: true, value: { kind: 'issued', tokenSet } };
}

/** The secret's text for a token set, readable in any language. Holds the tokens in the clear. */
export function serializeTokenSet(tokenSet: TokenSet): string {
  const { refreshTokenIssuedAtMs } = tokenSet;
  return JSON.stringify({
    accessToken: tokenSet.accessToken.reveal(),
    legacyToken: tokenSet.legacyToken?.reveal(),
    refreshToken: tokenSet.refreshToken.reveal(),
    issuedAt: new Date(tokenSet.issuedAtMs).toISOString(),
    expiresAt: new Date(tokenSet.expiresAtMs).toISOString(),
    ...(refreshTokenIssuedAtMs === undefined
      ? {}
      : { refreshTokenIssuedAt: new Date(refreshTokenIssuedAtMs).toISOString() }),
    restBaseUrl: tokenSet.restBaseUrl,
    soapBaseUrl: tokenSet.soapBaseUrl,
  });
}

export function refreshTokenOf(tokens: StoredTokens): Redacted | undefined {
  if (tokens.kind === 'issued') return tokens.tokenSet.refreshToken;
  return tokens.kind === 'seeded' ? tokens.refreshToken : undefined;
}

export function apiBaseUrlsOf(tokens: StoredTokens): ApiBaseUrls {
  if (tokens.kind === 'notSeeded') return {};
  return withoutUndefined(tokens.kind === 'issued' ? tokens.tokenSet : tokens);
}

/** When a version's tokens were issued; a seeded refresh token counts from when it was stored. */
export function issuedAtMsOf(version: Pick<StoredVersion, 'tokens' | 'createdAtMs'>): number {
  return version.tokens.kind === 'issued'
    ? version.tokens.tokenSet.issuedAtMs
    : version.createdAtMs;
}

/** When a version's refresh token was issued, which lives for 700 days from then. */
export function refreshTokenIssuedAtMsOf(
  version: Pick<StoredVersion, 'tokens' | 'createdAtMs'>,
): number {
  const { tokens } = version;
  const noted = tokens.kind === 'issued' ? tokens.tokenSet.refreshTokenIssuedAtMs : undefined;
  return noted ?? issuedAtMsOf(version);
}

/** Whether a token set that is not AWSCURRENT holds a later refresh token than AWSCURRENT does. */
export function isNewer(tokenSet: TokenSet, current: StoredVersion): boolean {
  const stored = refreshTokenOf(current.tokens);
  if (stored === undefined) return true;
  return !stored.equals(tokenSet.refreshToken) && tokenSet.issuedAtMs > issuedAtMsOf(current);
}

function withoutUndefined({
  restBaseUrl,
  soapBaseUrl,
}: {
  readonly restBaseUrl?: string | undefined;
  readonly soapBaseUrl?: string | undefined;
}): ApiBaseUrls {
  return {
    ...(restBaseUrl === undefined ? {} : { restBaseUrl }),
    ...(soapBaseUrl === undefined ? {} : { soapBaseUrl }),
  };
}
