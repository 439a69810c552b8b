import * as v from 'valibot';
import { parseRestBaseUrl } from '../../../lambda/core/hosts';
import { Redacted } from '../../../lambda/core/redacted';
import {
  objectOf,
  parseJson,
  tokenText,
  trimTyped,
  typedText,
  typedToken,
  type Validated,
  validate,
} from '../../../lambda/core/validate';

/** What a person or a document brings to a seeding. */
export interface SeedInput {
  readonly clientSecret?: Redacted;
  /** Undefined if Marketing Cloud is to be asked for one. */
  readonly firstToken?: FirstToken;
  readonly restBaseUrl?: string;
}

const members = {
  clientSecret: v.optional(typedToken),
  refreshToken: v.optional(typedToken),
  /** Encoded, or the decoded claims as an object or its text. */
  jwt: v.optional(v.union([typedText, v.record(v.string(), v.unknown())], 'must be a JWT')),
  restBaseUrl: v.optional(typedText),
};

/**
 * Reads the document that `--stdin` takes, with `refresh_token` and the like for a member's name, as
 * other OAuth clients have them. A problem names a member, never a value.
 */
export function readSeedDocument(
  text: string,
  options: { readonly allowLoopback: boolean },
): Validated<SeedInput> {
  const json = parseJson(text);
  if (!json.ok) return invalid('', 'is not JSON');
  const parsed = validate(objectOf(members), withUsualNames(json.value));
  if (!parsed.ok) return parsed;
  const unknown = Object.keys(json.value as object).find((name) => usualName(name) === undefined);
  if (unknown !== undefined) {
    const names = Object.keys(members).join(', ');
    return invalid(shown(unknown), `is not known; the members are ${names}`);
  }
  const twice = namedTwice(Object.keys(json.value as object));
  if (twice !== undefined) return invalid(twice, 'is there twice, in two spellings');
  const { clientSecret, refreshToken, jwt, restBaseUrl } = parsed.value;
  if (refreshToken !== undefined && jwt !== undefined) {
    return invalid('jwt', 'must not stand beside refreshToken: give one of them');
  }
  const restUrl = restBaseUrl === undefined ? undefined : parseRestBaseUrl(restBaseUrl, options);
  if (restBaseUrl !== undefined && restUrl === undefined) {
    return invalid('restBaseUrl', restBaseUrlRule);
  }
  const login = jwt === undefined ? undefined : readLoginJwt(textOf(jwt), options);
  if (login?.ok === false) {
    return invalid(['jwt', login.field].filter(Boolean).join('.'), login.problem);
  }
  const firstToken =
    refreshToken === undefined ? login?.value : { refreshToken: new Redacted(refreshToken) };
  return {
    ok: true,
    value: {
      ...(clientSecret === undefined ? {} : { clientSecret: new Redacted(clientSecret) }),
      ...(firstToken === undefined ? {} : { firstToken }),
      ...(restUrl === undefined ? {} : { restBaseUrl: restUrl }),
    },
  };
}

export const restBaseUrlRule =
  'must be https://SUBDOMAIN.rest.marketingcloudapis.com or https://www.exacttargetapis.com';

const plain = (name: string) => name.replace(/[_-]/g, '').toLowerCase();

/** The member that a name stands for. */
const usualName = (name: string) =>
  Object.keys(members).find((member) => plain(member) === plain(name));

function namedTwice(names: readonly string[]): string | undefined {
  const known = names.map(usualName);
  return known.find((name, at) => name !== undefined && known.indexOf(name) < at);
}

function withUsualNames(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const named = Object.entries(value).map(([name, each]) => [usualName(name) ?? name, each]);
  return Object.fromEntries(named);
}

const textOf = (jwt: string | object) => (typeof jwt === 'string' ? jwt : JSON.stringify(jwt));

/** Something that was pasted in the wrong place is not repeated. */
const shown = (name: string) => (/^[A-Za-z_]{1,30}$/.test(name) ? name : 'member');

const invalid = (field: string, problem: string) => ({ ok: false, field, problem }) as const;

/** The start of a chain: its first refresh token, and where the REST interface is if known. */
export interface FirstToken {
  readonly refreshToken: Redacted;
  readonly restBaseUrl?: string;
  /** Every address that a login's JWT names: they show whose tenant it is of. */
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

/** A JWT is three parts in base64url, and the second holds the claims (RFC 7519, section 3). */
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
