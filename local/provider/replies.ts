import type { Exchange, WholeAnswer } from './faults';

/** An HTTP answer. */
export interface ProviderResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What the client gets: an answer, whole or cut in its body, the connection's end, or nothing. */
export type Reply =
  | { readonly kind: 'answer' | 'cut'; readonly answer: ProviderResponse }
  | { readonly kind: 'reset' | 'closed' | 'none' };

/** An answer with a JSON body. */
export function json(
  status: number,
  body: unknown,
  headers: ProviderResponse['headers'] = {},
): ProviderResponse {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    body: JSON.stringify(body),
  };
}

/**
 * The reply that an exchange orders.
 *
 * @throws Error if it is made out of the true answer, and there is none
 */
export function replyTo(
  ordered: Exchange['answer'],
  trueAnswer: ProviderResponse | undefined,
  nowMs: number,
): Reply {
  if (typeof ordered === 'object' && !('valid' in ordered)) {
    return { kind: 'answer', answer: whole(ordered, nowMs) };
  }
  if (ordered === 'none' || ordered === 'closed' || ordered === 'reset') return { kind: ordered };
  if (trueAnswer === undefined) throw new Error('the request was not taken up');
  if (ordered === 'valid') return { kind: 'answer', answer: trueAnswer };
  if (ordered === 'cut') return { kind: 'cut', answer: trueAnswer };
  return { kind: 'answer', answer: altered(trueAnswer, ordered.valid) };
}

type Changes = Extract<Exchange['answer'], { readonly valid: unknown }>['valid'];

function altered(answer: ProviderResponse, changes: Changes): ProviderResponse {
  if (answer.status !== 200) return answer;
  const members = { ...JSON.parse(answer.body), ...changes.members };
  for (const name of changes.without ?? []) delete members[name];
  const text = JSON.stringify(members);
  const body = text.slice(0, text.length - (changes.brokenOff ?? 0));
  return { ...answer, body: changes.byteOrderMark ? `\uFEFF${body}` : body };
}

function whole(
  { status, headers = {}, retryAfter, body }: WholeAnswer,
  nowMs: number,
): ProviderResponse {
  if (retryAfter === undefined) return { status, headers, body };
  const { seconds, as } = retryAfter;
  const text = as === 'date' ? new Date(nowMs + seconds * 1000).toUTCString() : String(seconds);
  return { status, headers: { ...headers, 'retry-after': text }, body };
}
