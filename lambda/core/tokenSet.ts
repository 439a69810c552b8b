import * as v from 'valibot';
import { Redacted } from './redacted';
import {
  objectOf,
  parseJson,
  tokenText,
  trimTyped,
  typedText,
  typedToken,
  type Validated,
  validate,
} from './validate';

/** Where the provider's REST and SOAP interfaces are, if that is known. */
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
  /** When the refresh token was issued, if it came before this access token. */
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
  /** Milliseconds since the epoch by Secrets Manager's clock. */
  readonly createdAtMs: number;
  readonly tokens: StoredTokens;
  /** As stored, which shows whether a version follows another. Never logged. */
  readonly text: Redacted;
}

const isoTime = 'must be an ISO 8601 time';
const timestamp = v.pipe(
  typedText,
  v.check((text) => /^\d{4}-\d\d-\d\dT/.test(text) && !Number.isNaN(Date.parse(text)), isoTime),
);

/** A member that makes no sense is left out: it must not cost the refresh token beside it. */
const optional = <T>(schema: v.GenericSchema<unknown, T>) =>
  v.fallback(v.optional(schema), undefined);

const isBlank = (text: string) => trimTyped(text) === '';

const storedSchema = objectOf({
  accessToken: optional(tokenText),
  legacyToken: optional(tokenText),
  refreshToken: v.optional(v.union([v.pipe(v.string(), v.check(isBlank)), tokenText])),
  issuedAt: optional(timestamp),
  expiresAt: optional(timestamp),
  refreshTokenIssuedAt: optional(timestamp),
  restBaseUrl: optional(typedText),
  soapBaseUrl: optional(typedText),
});

/**
 * Reads a secret's text, written by the rotator, by a person or by PowerShell: a byte order mark,
 * white space around a token and another spelling of `refreshToken` are taken. Members that are not
 * known are left out.
 */
export function parseStoredTokens(text: string): Validated<StoredTokens> {
  const json = parseJson(trimTyped(text));
  if (!json.ok) return { ok: false, field: '', problem: 'is not JSON' };
  return toStoredTokens(json.value);
}

/** The same of a parsed value, such as an entry of the escrow's list. */
export function toStoredTokens(value: unknown): Validated<StoredTokens> {
  const stored = validate(storedSchema, withUsualSpelling(value));
  if (!stored.ok) {
    const isToken = stored.field === 'refreshToken';
    return isToken ? { ...stored, problem: 'must be a text of visible ASCII characters' } : stored;
  }
  const { accessToken, legacyToken, refreshToken, issuedAt, expiresAt, ...rest } = stored.value;
  const { refreshTokenIssuedAt } = rest;
  if (refreshToken === undefined || isBlank(refreshToken))
    return { ok: true, value: { kind: 'notSeeded' } };
  const urls = withoutUndefined(rest);
  if (accessToken === undefined || issuedAt === undefined || expiresAt === undefined) {
    const typed = validate(typedToken, refreshToken);
    if (!typed.ok) return { ...typed, field: 'refreshToken' };
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

/**
 * `refresh_token`, `RefreshToken` and the like are what other OAuth clients call it. A person may
 * have added one beside the template's empty member.
 */
function withUsualSpelling(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const { refreshToken } = value as { refreshToken?: unknown };
  const isEmpty = typeof refreshToken === 'string' && isBlank(refreshToken);
  if (!isEmpty && refreshToken !== undefined && refreshToken !== null) return value;
  const found = Object.entries(value).find(
    ([name, member]) =>
      name !== 'refreshToken' &&
      name.replace(/[^a-z]/gi, '').toLowerCase() === 'refreshtoken' &&
      member !== '',
  );
  return found ? { ...value, refreshToken: found[1] } : value;
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

/** Undefined if nothing was seeded. */
export function refreshTokenOf(tokens: StoredTokens): Redacted | undefined {
  if (tokens.kind === 'issued') return tokens.tokenSet.refreshToken;
  return tokens.kind === 'seeded' ? tokens.refreshToken : undefined;
}

/** Those that are known; none of them is undefined. */
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

/** Whether the answer brought no refresh token, and the one that was sent is stored again. */
export function isExtendedSet(tokens: StoredTokens): boolean {
  return tokens.kind === 'issued' && tokens.tokenSet.refreshTokenIssuedAtMs !== undefined;
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
