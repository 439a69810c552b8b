import * as v from 'valibot';
import { parseRestBaseUrl } from '../../../lambda/core/hosts';
import { Redacted } from '../../../lambda/core/redacted';
import {
  objectOf,
  parseJson,
  tokenText,
  typedText,
  type Validated,
  validate,
} from '../../../lambda/core/validate';
import { type FirstToken, readLoginJwt } from './loginJwt';

/** What a person or a document brings to a seeding. */
export interface Brought {
  readonly clientSecret?: Redacted;
  /** Undefined where Marketing Cloud is to be asked for one. */
  readonly firstToken?: FirstToken;
  readonly restBaseUrl?: string;
}

const members = {
  clientSecret: v.optional(tokenText),
  refreshToken: v.optional(tokenText),
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
): Validated<Brought> {
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
