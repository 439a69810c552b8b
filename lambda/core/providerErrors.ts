import * as v from 'valibot';
import { objectOf, parseJson, validate } from './validate';

/** Marketing Cloud's own words: a JSON object with a message and a numeric `errorcode`. */
export interface ProviderError {
  readonly errorcode: number;
  /** Seconds, as a 429 may say in its body. */
  readonly retryAfter?: unknown;
}

/** Why a body is not the provider's is told nobody: a library's default text may quote it. */
const untold = '';

const errorSchema = objectOf({
  message: v.string(untold),
  errorcode: v.union([
    v.number(untold),
    v.pipe(v.string(untold), v.regex(/^\d{1,9}$/, untold), v.transform(Number)),
  ]),
  retryAfter: v.optional(v.unknown()),
});

/**
 * The provider's own error, or undefined for what anything in front of it has said: a firewall, a
 * proxy, a load balancer or a maintenance page answers with any status, in HTML or JSON of another
 * shape. Only the provider's own words are a verdict.
 */
export function parseProviderError(body: string | undefined): ProviderError | undefined {
  const json = parseJson(body ?? '');
  const parsed = json.ok ? validate(errorSchema, json.value) : undefined;
  return parsed?.ok ? parsed.value : undefined;
}

/** What an errorcode means to the person who has to act, by what was seen in public reports. */
const sentences: Readonly<Record<number, string>> = {
  1: 'the client credentials or the refresh token are refused',
  10007:
    'this is an enhanced package: it has no legacy tokens. Use the client id and secret of a ' +
    'legacy package, or move its integrations to /v2/token',
  50100: 'its rate limit is exceeded',
  50300: 'it is not available at the moment',
};

export const enhancedPackageErrorcode = 10007;

/** What the provider means by an errorcode, if that is known. */
export const sentenceOf = (errorcode: number): string | undefined => sentences[errorcode];

/** The kind of a body, for a message that must not quote it. */
export function kindOfBody(body: string | undefined): string {
  if (body === undefined) return 'a body that is too large';
  const text = body.trim();
  if (text === '') return 'an empty body';
  if (/^<(!doctype|html|\?xml|head|body)/i.test(text)) return 'an HTML page';
  return parseJson(text).ok ? 'JSON of another shape' : 'a body that is not JSON';
}
