import { type HttpAnswer, noAnswerInTime } from '../../lambda/core/providerAnswer';
import { grantedAnswers } from '../faults';
import { accessTokenLifeMs, type Grant } from '../outside/provider';
import type { Answer, RequestFault } from '../vocabulary';

export interface SimulatedReply {
  readonly answer: HttpAnswer;
  readonly delayMs?: number;
}

/** How long the access token of an answer lives. */
export function lifeMsOf(answer: Answer, usualMs: number): number {
  if (answer === 'expiresIn1') return 1_000;
  // "The default value of 3600 seconds cannot be changed" (API reference of `requestToken`).
  if (answer === 'noExpiresIn') return accessTokenLifeMs;
  return answer === 'expiresIn1200' ? 1_200_000 : usualMs;
}

/** Answers that are derived from what the provider granted. */
export const answersByGrant: ReadonlySet<Answer> = new Set<Answer>(['valid', ...grantedAnswers]);

/**
 * What the client sees.
 *
 * @param grant undefined if the provider refused, or did not take the request up
 * @param limits after `timeoutMs`, the way there and back not counted in, the client hears no more
 */
export function replyOf(
  { answer, slowMs }: Pick<RequestFault, 'answer' | 'slowMs'>,
  grant: Grant | undefined,
  limits: { readonly timeoutMs: number; readonly nowMs: number },
): SimulatedReply {
  const reply = answersByGrant.has(answer)
    ? granted(answer, grant, slowMs)
    : other(answer, limits.nowMs);
  if ((reply.delayMs ?? 0) < limits.timeoutMs) return reply;
  return { answer: noResponse(noAnswerInTime), delayMs: limits.timeoutMs };
}

function granted(answer: Answer, grant: Grant | undefined, slowMs: number): SimulatedReply {
  const delayMs = answer === 'slow' ? slowMs : 0;
  if (grant === undefined) return { answer: own(401, 1), delayMs };
  const expiresIn = grant.lifeMs / 1_000;
  const text = JSON.stringify({
    ...(answer === 'noAccessToken' ? {} : { accessToken: grant.accessToken }),
    ...(answer === 'noExpiresIn'
      ? {}
      : { expiresIn: answer === 'expiresInText' ? String(expiresIn) : expiresIn }),
    legacyToken: grant.legacyToken,
    ...(answer === 'noRefreshToken' ? {} : { refreshToken: grant.refreshToken }),
  });
  const body = answer === 'byteOrderMark' ? `\uFEFF${text}` : text;
  return { answer: { kind: 'response', status: 200, body }, delayMs };
}

function other(answer: Answer, nowMs: number): SimulatedReply {
  switch (answer) {
    case 'empty200':
      return { answer: { kind: 'response', status: 200, body: '' } };
    case 'own401':
      return { answer: own(401, 1) };
    case 'own429for5':
      return { answer: own(429, 50_100, '5') };
    case 'own429for60':
      return { answer: own(429, 50_100, '60') };
    case 'own429fraction':
      return { answer: own(429, 50_100, '60.5') };
    case 'own429date':
      return { answer: own(429, 50_100, new Date(nowMs + 30_000).toUTCString()) };
    case 'own500':
      return { answer: own(500, 0) };
    case 'own503':
      return { answer: own(503, 50_300, '10') };
    case 'cut':
      return { answer: noResponse('no answer (ECONNRESET)') };
    case 'silent':
      return { answer: noResponse(noAnswerInTime), delayMs: Number.POSITIVE_INFINITY };
    case 'notSent':
      return { answer: { kind: 'notSent', reason: 'name not found' } };
    default:
      return { answer: front(Number(answer.slice('html'.length))) };
  }
}

const noResponse = (reason: string): HttpAnswer => ({ kind: 'noResponse', reason });

/** In the provider's own words. */
function own(status: number, errorcode: number, retryAfter?: string): HttpAnswer {
  const body = JSON.stringify({ message: 'Refused', errorcode, documentation: '' });
  return { kind: 'response', status, ...(retryAfter && { retryAfter }), body };
}

/** In those of a firewall, a proxy or a load balancer. */
const front = (status: number): HttpAnswer => ({
  kind: 'response',
  status,
  body: '<html><body>No</body></html>',
});
