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
import { type FirstToken, readLoginJwt } from './loginJwt';

/** What a person or a document brings to a seeding. */
export interface Brought {
  readonly clientSecret?: Redacted;
  /** Undefined where Marketing Cloud is to be asked for one. */
  readonly firstToken?: FirstToken;
  readonly restBaseUrl?: string;
}

const members = {
  clientSecret: v.optional(requiredText),
  refreshToken: v.optional(requiredText),
  /** Encoded, or the decoded claims as an object or its text. */
  jwt: v.optional(v.union([requiredText, v.record(v.string(), v.unknown())], 'must be a JWT')),
  restBaseUrl: v.optional(requiredText),
};

/** Reads the document that `--stdin` takes. A problem names a member, never a value. */
export function readSeedDocument(
  text: string,
  options: { readonly allowLoopback: boolean },
): Validated<Brought> {
  const json = parseJson(text);
  if (!json.ok) return invalid('', 'is not JSON');
  const parsed = validate(objectOf(members), json.value);
  if (!parsed.ok) return parsed;
  const unknown = Object.keys(json.value as object).find((name) => !Object.hasOwn(members, name));
  if (unknown !== undefined) {
    const names = Object.keys(members).join(', ');
    return invalid(shown(unknown), `is not known; the members are ${names}`);
  }
  const { clientSecret, refreshToken, jwt, restBaseUrl } = parsed.value;
  if (refreshToken !== undefined && jwt !== undefined) {
    return invalid('jwt', 'must not stand beside refreshToken: give one of them');
  }
  const restUrl = restBaseUrl?.trim().replace(/\/$/, '').toLowerCase();
  if (restUrl !== undefined && !isRestBaseUrl(restUrl, options)) {
    return invalid('restBaseUrl', restBaseUrlRule);
  }
  const login = jwt === undefined ? undefined : readLoginJwt(textOf(jwt), options);
  if (login?.ok === false) {
    return invalid(['jwt', login.field].filter(Boolean).join('.'), login.problem);
  }
  const firstToken =
    refreshToken === undefined ? login?.value : { refreshToken: new Redacted(refreshToken.trim()) };
  return {
    ok: true,
    value: {
      ...(clientSecret === undefined ? {} : { clientSecret: new Redacted(clientSecret.trim()) }),
      ...(firstToken === undefined ? {} : { firstToken }),
      ...(restUrl === undefined ? {} : { restBaseUrl: restUrl }),
    },
  };
}

export const restBaseUrlRule = 'must be https://SUBDOMAIN.rest.marketingcloudapis.com';

const textOf = (jwt: string | object) => (typeof jwt === 'string' ? jwt : JSON.stringify(jwt));

/** Something that was pasted in the wrong place is not repeated. */
const shown = (name: string) => (/^[A-Za-z_]{1,30}$/.test(name) ? name : 'member');

const invalid = (field: string, problem: string) => ({ ok: false, field, problem }) as const;
