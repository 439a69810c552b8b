import * as v from 'valibot';
import { longestTokenLifeMs } from './limits';
import { Redacted } from './redacted';
import { objectOf, parseJson, requiredText, validate } from './validate';

/** What came back over HTTP, or why nothing readable did. */
export type HttpAnswer =
  | {
      readonly kind: 'response';
      readonly status: number;
      readonly retryAfter?: string;
      /** Undefined where the body was larger than `longestAnswerBytes`. */
      readonly body: string | undefined;
    }
  | { readonly kind: 'noResponse'; readonly reason: string };

/** The tokens that a 200 carried. */
export interface Grant {
  readonly accessToken: Redacted;
  readonly legacyToken?: Redacted;
  readonly refreshToken?: Redacted;
  readonly expiresInMs: number;
}

export type ProviderAnswer =
  | { readonly kind: 'granted'; readonly grant: Grant }
  /** 401: bad client credentials or a refused refresh token; the body does not say which. */
  | { readonly kind: 'unauthorized' }
  /** Worth repeating with the same token, which may have been consumed all the same. */
  | {
      readonly kind: 'unclear';
      readonly reason: string;
      readonly retryAfterMs?: number;
      /** The successor from an answer that is otherwise unusable. */
      readonly successor?: Redacted;
    }
  /** A request that will never work as it is. */
  | { readonly kind: 'rejected'; readonly reason: string };

const grantSchema = objectOf({
  accessToken: requiredText,
  expiresIn: v.pipe(
    v.number('must be a number'),
    v.check(
      (seconds) => seconds >= 1 && seconds * 1_000 <= longestTokenLifeMs,
      'must be between 1 second and a day',
    ),
  ),
  legacyToken: v.nullish(v.string('must be a string')),
  refreshToken: v.nullish(v.string('must be a string')),
});

const successorSchema = objectOf({ refreshToken: requiredText });

/**
 * Tells what an answer of the legacy `requestToken` endpoint means.
 * Statuses are those of the provider's error-handling and rate-limiting pages; 408 and any 5xx,
 * the provider's own 596 among them, leave open whether the token was consumed.
 */
export function interpretAnswer(answer: HttpAnswer): ProviderAnswer {
  if (answer.kind === 'noResponse') return { kind: 'unclear', reason: answer.reason };
  const { status } = answer;
  if (status === 200) return interpretGrant(answer.body);
  if (status === 401) return { kind: 'unauthorized' };
  if (status === 429 || status === 408 || status >= 500) {
    const retryAfterMs = parseRetryAfter(answer);
    return {
      kind: 'unclear',
      reason: `HTTP ${status}`,
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    };
  }
  if (status >= 200 && status < 300) return { kind: 'unclear', reason: `HTTP ${status}` };
  return {
    kind: 'rejected',
    reason: status >= 300 && status < 400 ? `a redirect (HTTP ${status})` : `HTTP ${status}`,
  };
}

/** Whether an access token is accepted, from `GET /platform/v1/tokenContext`. */
export function interpretTokenContext(
  answer: HttpAnswer,
): { readonly kind: 'accepted' | 'refused' } | Extract<ProviderAnswer, { kind: 'unclear' }> {
  // 202 is the documented success, though 200 would be the usual one.
  if (answer.kind === 'response' && answer.status >= 200 && answer.status < 300) {
    return { kind: 'accepted' };
  }
  const meaning = interpretAnswer(answer);
  return meaning.kind === 'unclear' ? meaning : { kind: 'refused' };
}

function interpretGrant(body: string | undefined): ProviderAnswer {
  if (body === undefined) return unreadable('body is too large');
  if (body.trim() === '') return unreadable('body is empty');
  const json = parseJson(body);
  if (!json.ok) return unreadable('body is not JSON');
  const parsed = validate(grantSchema, json.value);
  if (!parsed.ok) {
    const salvaged = validate(successorSchema, json.value);
    return unreadable(
      `${parsed.field || 'body'} ${parsed.problem}`,
      salvaged.ok ? new Redacted(salvaged.value.refreshToken) : undefined,
    );
  }
  const { accessToken, expiresIn, legacyToken, refreshToken } = parsed.value;
  return {
    kind: 'granted',
    grant: {
      accessToken: new Redacted(accessToken),
      ...(legacyToken ? { legacyToken: new Redacted(legacyToken) } : {}),
      ...(refreshToken ? { refreshToken: new Redacted(refreshToken) } : {}),
      expiresInMs: expiresIn * 1_000,
    },
  };
}

function unreadable(problem: string, successor?: Redacted): ProviderAnswer {
  return {
    kind: 'unclear',
    reason: `HTTP 200 whose ${problem}`,
    ...(successor ? { successor } : {}),
  };
}

/** Seconds, as the provider sends it in the header and in a 429's `retryAfter` member. */
function parseRetryAfter(answer: { retryAfter?: string; body: string | undefined }) {
  if (/^\d+$/.test(answer.retryAfter ?? '')) return Number(answer.retryAfter) * 1_000;
  const json = parseJson(answer.body ?? '');
  const parsed = json.ok
    ? validate(objectOf({ retryAfter: v.pipe(v.number(''), v.minValue(0, '')) }), json.value)
    : undefined;
  return parsed?.ok ? parsed.value.retryAfter * 1_000 : undefined;
}
