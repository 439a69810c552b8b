import * as v from 'valibot';
import { parseRestBaseUrl } from '../../../lambda/core/hosts';
import { Redacted } from '../../../lambda/core/redacted';
import {
  objectOf,
  parseJson,
  tokenText,
  trimTyped,
  type Validated,
  validate,
} from '../../../lambda/core/validate';

/** The start of a chain: its first refresh token, and where the REST interface is if known. */
export interface FirstToken {
  readonly refreshToken: Redacted;
  readonly restBaseUrl?: string;
  /** Every address that a login's JWT names: they tell whose tenant it is of. */
  readonly addresses?: readonly string[];
}

const claimsSchema = objectOf({
  request: objectOf({
    rest: v.nullish(
      objectOf({
        refreshToken: v.nullish(tokenText),
        apiEndpointBase: v.nullish(v.string('must be a string')),
      }),
    ),
    user: v.nullish(objectOf({ refreshToken: v.nullish(tokenText) })),
  }),
});

/**
 * Reads the JWT that Marketing Cloud posts to an application when a user opens it, encoded or as
 * its decoded claims. The refresh token is `request.rest.refreshToken` in claims version 2 and
 * `request.user.refreshToken` in version 1. Neither the signature nor `exp` is checked: the
 * application has done so when it received the JWT, which may be long ago.
 */
export function readLoginJwt(
  text: string,
  options: { readonly allowLoopback: boolean },
): Validated<FirstToken> {
  const claims = parseJson(claimsOf(trimTyped(text)));
  if (!claims.ok) return invalid('', 'is neither an encoded JWT nor its decoded claims as JSON');
  const parsed = validate(claimsSchema, claims.value);
  if (!parsed.ok) return parsed;
  const { rest, user } = parsed.value.request;
  const refreshToken = rest?.refreshToken ?? user?.refreshToken;
  if (!refreshToken) {
    return invalid('request', 'holds neither rest.refreshToken nor user.refreshToken');
  }
  const restBaseUrl = parseRestBaseUrl(rest?.apiEndpointBase ?? '', options);
  return {
    ok: true,
    value: {
      refreshToken: new Redacted(refreshToken),
      ...(restBaseUrl === undefined ? {} : { restBaseUrl }),
      addresses: addressesIn(claims.value),
    },
  };
}

/** A JWT is three parts in base64url, the second of which holds the claims (RFC 7519, section 3). */
function claimsOf(text: string): string {
  if (text.startsWith('{')) return text;
  const parts = text.split('.');
  return parts.length === 3 ? Buffer.from(parts[1] ?? '', 'base64url').toString() : '';
}

function addressesIn(value: unknown): string[] {
  if (typeof value === 'string') return /^\s*https:\/\//i.test(value) ? [value] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(addressesIn);
}

const invalid = (field: string, problem: string) => ({ ok: false, field, problem }) as const;
