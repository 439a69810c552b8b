import * as v from 'valibot';
import { longestTokenLifeMs, usualTokenLifeMs } from './limits';
import {
  enhancedPackageErrorcode,
  kindOfBody,
  parseProviderError,
  sentenceOf,
} from './providerErrors';
import { Redacted } from './redacted';
import { retryAfterMsOf } from './retryAfter';
import { objectOf, parseJson, tokenText, typedText, validate } from './validate';

/** What came back over HTTP, or why nothing readable did. */
export type HttpAnswer =
  | HttpResponse
  /** Sent, or perhaps sent, and not answered. */
  | { readonly kind: 'noResponse'; readonly reason: string }
  /** Surely never left: the name was not found, the connection or TLS refused. */
  | { readonly kind: 'notSent'; readonly reason: string };

interface HttpResponse {
  readonly kind: 'response';
  readonly status: number;
  readonly retryAfter?: string;
  /** Undefined if the body was larger than `longestAnswerBytes`. */
  readonly body: string | undefined;
}

/** The reason of an answer that was not there when its attempt's time was over. */
export const noAnswerInTime = 'no answer in time';

/** The tokens that a success carried. */
export interface Grant {
  readonly accessToken: Redacted;
  readonly legacyToken?: Redacted;
  readonly refreshToken?: Redacted;
  readonly expiresInMs: number;
  /** What was odd about it and taken all the same, for a warning. */
  readonly oddity?: string;
}

/**
 * What an answer means. `reason` says who spoke, the HTTP status, the kind of body and the errorcode;
 * it never quotes the body.
 */
export type ProviderAnswer =
  | { readonly kind: 'granted'; readonly grant: Grant }
  /** In its own words: the client credentials or the refresh token; the body does not say which. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** In its own words: a request that will never work as it is. */
  | { readonly kind: 'rejected'; readonly reason: string; readonly isEnhancedPackage: boolean }
  /** In its own words: not now. Nothing was taken up. */
  | { readonly kind: 'limited'; readonly reason: string; readonly retryAfterMs?: number }
  /** Surely never taken up; worth repeating. */
  | { readonly kind: 'notSent'; readonly reason: string; readonly retryAfterMs?: number }
  /** Worth repeating with the same token, which may have been taken up all the same. */
  | {
      readonly kind: 'indeterminate';
      readonly reason: string;
      readonly retryAfterMs?: number;
      /** The successor from an answer that is otherwise unusable. */
      readonly successor?: Redacted;
    };

/** Whether the request may have been taken up, and its refresh token used. */
export const mayBeTakenUp = ({ kind }: ProviderAnswer): boolean =>
  kind === 'granted' || kind === 'indeterminate';

/**
 * Interprets an answer of the legacy `requestToken` endpoint. A verdict is what the provider says in
 * its own words with a 4xx; whatever a front says is indeterminate, and so is every 5xx, after
 * which a request may or may not have been taken up (the provider's error-handling page).
 *
 * @param nowMs milliseconds since the epoch, for a `Retry-After` that is a date
 */
export function interpretAnswer(answer: HttpAnswer, nowMs: number): ProviderAnswer {
  return answer.kind === 'response' && isSuccess(answer)
    ? interpretSuccess(answer, nowMs)
    : interpretFailure(answer, nowMs);
}

const isSuccess = ({ status }: HttpResponse) => status >= 200 && status < 300;

function interpretFailure(
  answer: HttpAnswer,
  nowMs: number,
): Exclude<ProviderAnswer, { readonly kind: 'granted' }> {
  if (answer.kind === 'notSent') return { kind: 'notSent', reason: answer.reason };
  if (answer.kind === 'noResponse') return { kind: 'indeterminate', reason: answer.reason };
  const { status, body } = answer;
  const asked = retryAfterMsOf(answer, nowMs);
  const wait = asked === undefined ? {} : { retryAfterMs: asked };
  // A proxy that wants to be paid its due has passed nothing on (RFC 9110, section 15.5.8).
  if (status === 407) {
    return { kind: 'notSent', reason: 'HTTP 407: a proxy wants authentication', ...wait };
  }
  const error = parseProviderError(body);
  if (error === undefined) {
    const reason = `HTTP ${status} with ${kindOfBody(body)}, not in Marketing Cloud's own words`;
    return { kind: 'indeterminate', reason, ...wait };
  }
  const { errorcode } = error;
  const meaning = sentenceOf(errorcode);
  const reason = `HTTP ${status}, errorcode ${errorcode}${meaning ? ` (${meaning})` : ''}`;
  // The status that it comes with is not public: whatever it is, the package stays what it is.
  const isEnhancedPackage = errorcode === enhancedPackageErrorcode;
  if (isEnhancedPackage) return { kind: 'rejected', reason, isEnhancedPackage };
  if (status >= 500 || status === 408) return { kind: 'indeterminate', reason, ...wait };
  if (status === 429) return { kind: 'limited', reason, ...wait };
  if (status === 401) return { kind: 'refused', reason };
  if (status >= 400) return { kind: 'rejected', reason, isEnhancedPackage };
  return { kind: 'indeterminate', reason, ...wait };
}

/** Whether an access token is accepted, from `GET /platform/v1/tokenContext`. */
export function interpretTokenContext(
  answer: HttpAnswer,
  nowMs: number,
):
  | { readonly kind: 'accepted' | 'refused' }
  | { readonly kind: 'indeterminate'; readonly reason: string; readonly retryAfterMs?: number } {
  // 202 is the documented success, though 200 would be the usual one.
  if (answer.kind === 'response' && isSuccess(answer)) return { kind: 'accepted' };
  const failure = interpretFailure(answer, nowMs);
  // The REST interface has error shapes of its own; with a 401 any of them can only mean the token.
  const isUnauthorized =
    answer.kind === 'response' && answer.status === 401 && isJsonObject(answer.body);
  if (failure.kind === 'refused' || failure.kind === 'rejected' || isUnauthorized) {
    return { kind: 'refused' };
  }
  const { reason, retryAfterMs } = failure;
  return { kind: 'indeterminate', reason, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
}

const grantSchema = objectOf({
  accessToken: tokenText,
  // The optional ones must not spoil the rest: what cannot be read of them is left out.
  expiresIn: v.optional(v.unknown()),
  legacyToken: v.fallback(v.optional(tokenText), undefined),
  refreshToken: v.fallback(v.optional(tokenText), undefined),
});

const successorSchema = objectOf({ refreshToken: tokenText });

function interpretSuccess(response: HttpResponse, nowMs: number): ProviderAnswer {
  const { status, body } = response;
  const unreadable = (problem: string, successor?: Redacted): ProviderAnswer => ({
    kind: 'indeterminate',
    reason: `HTTP ${status} whose ${problem}`,
    ...(successor ? { successor } : {}),
  });
  if (body === undefined) return unreadable('body is too large');
  if (body.trim() === '') return unreadable('body is empty');
  const json = parseJson(body);
  if (!json.ok) return unreadable(`body is ${kindOfBody(body).replace('a body that is ', '')}`);
  const parsed = validate(grantSchema, json.value);
  if (!parsed.ok) {
    const salvaged = validate(successorSchema, json.value);
    if (!salvaged.ok && parseProviderError(body)) return interpretFailure(response, nowMs);
    return unreadable(
      `${parsed.field || 'body'} ${parsed.problem}`,
      salvaged.ok ? new Redacted(salvaged.value.refreshToken) : undefined,
    );
  }
  const { accessToken, expiresIn, legacyToken, refreshToken } = parsed.value;
  const { lifeMs, oddity } = lifeOf(expiresIn);
  return {
    kind: 'granted',
    grant: {
      accessToken: new Redacted(accessToken),
      ...(legacyToken ? { legacyToken: new Redacted(legacyToken) } : {}),
      ...(refreshToken ? { refreshToken: new Redacted(refreshToken) } : {}),
      expiresInMs: lifeMs,
      ...(oddity ? { oddity } : {}),
    },
  };
}

/**
 * The life of the access token. The reference says 3,600 s, which cannot be changed: that is taken
 * if `expiresIn` is absent or makes no sense, with a warning.
 */
function lifeOf(expiresIn: unknown): { readonly lifeMs: number; readonly oddity?: string } {
  const isDigits = typeof expiresIn === 'string' && /^\s*\d+(\.\d+)?\s*$/.test(expiresIn);
  const seconds = isDigits ? Number(expiresIn) : expiresIn;
  const oddity = isDigits ? { oddity: 'expiresIn is a text of digits' } : {};
  if (typeof seconds === 'number' && seconds > 0 && seconds * 1_000 <= longestTokenLifeMs) {
    return { lifeMs: Math.floor(seconds * 1_000), ...oddity };
  }
  const what = expiresIn === undefined || expiresIn === null ? 'is absent' : 'makes no sense';
  return { lifeMs: usualTokenLifeMs, oddity: `expiresIn ${what}; 3600 is taken` };
}

function isJsonObject(body: string | undefined): boolean {
  const json = parseJson(body ?? '');
  return json.ok && typeof json.value === 'object' && json.value !== null;
}

const endpointsSchema = objectOf({ items: v.array(v.unknown(), '') });
const endpointSchema = objectOf({ type: typedText, url: typedText });

/**
 * The REST and SOAP addresses in an answer of `GET /platform/v1/endpoints`, not yet trusted; undefined
 * if it is no list.
 */
export function interpretEndpoints(
  answer: HttpAnswer,
): { rest?: string; soap?: string } | undefined {
  if (answer.kind !== 'response' || answer.status !== 200) return undefined;
  const json = parseJson(answer.body ?? '');
  const parsed = json.ok ? validate(endpointsSchema, json.value) : undefined;
  if (!parsed?.ok) return undefined;
  const items = parsed.value.items.flatMap((item) => {
    const endpoint = validate(endpointSchema, item);
    return endpoint.ok ? endpoint.value : [];
  });
  const urlOf = (type: string) => items.find((item) => item.type.toLowerCase() === type)?.url;
  const [rest, soap] = [urlOf('rest'), urlOf('soap')];
  return { ...(rest && { rest }), ...(soap && { soap }) };
}
