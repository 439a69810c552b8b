import * as v from 'valibot';
import { isRestBaseUrl } from '../../lambda/core/hosts';
import { Redacted } from '../../lambda/core/redacted';
import {
  objectOf,
  parseJson,
  requiredText,
  type Validated,
  validate,
} from '../../lambda/core/validate';

/** The start of a chain: its first refresh token, and where the REST interface is if known. */
export interface FirstToken {
  readonly refreshToken: Redacted;
  readonly restBaseUrl?: string;
}

const claimsSchema = objectOf({
  request: objectOf({
    rest: v.nullish(
      objectOf({
        refreshToken: v.nullish(requiredText),
        apiEndpointBase: v.nullish(v.string('must be a string')),
      }),
    ),
    user: v.nullish(objectOf({ refreshToken: v.nullish(requiredText) })),
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
  const claims = parseJson(claimsOf(text.trim()));
  if (!claims.ok) return invalid('', 'is neither an encoded JWT nor its decoded claims as JSON');
  const parsed = validate(claimsSchema, claims.value);
  if (!parsed.ok) return parsed;
  const { rest, user } = parsed.value.request;
  const refreshToken = rest?.refreshToken ?? user?.refreshToken;
  if (!refreshToken) {
    return invalid('request', 'holds neither rest.refreshToken nor user.refreshToken');
  }
  const restBaseUrl = rest?.apiEndpointBase?.replace(/\/$/, '').toLowerCase() ?? '';
  return {
    ok: true,
    value: {
      refreshToken: new Redacted(refreshToken),
      ...(isRestBaseUrl(restBaseUrl, options) ? { restBaseUrl } : {}),
    },
  };
}

/** A JWT is three parts in base64url, the second of which holds the claims (RFC 7519, section 3). */
function claimsOf(text: string): string {
  if (text.startsWith('{')) return text;
  const parts = text.split('.');
  return parts.length === 3 ? Buffer.from(parts[1] ?? '', 'base64url').toString() : '';
}

const invalid = (field: string, problem: string) => ({ ok: false, field, problem }) as const;
