import type { Fault } from './faults';
import type { TokenAnswer } from './model';

/** An HTTP answer. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What the client gets: an answer, if need be later, or the end of the connection. */
export type Reply =
  | { readonly kind: 'answer'; readonly answer: Answer; readonly delayMs: number }
  | { readonly kind: 'reset' }
  | { readonly kind: 'drop' };

/** An answer with a JSON body. */
export function json(status: number, body: unknown, headers: Answer['headers'] = {}): Answer {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    body: JSON.stringify(body),
  };
}

/**
 * The reply to one token request under the fault ordered for it, or none. `consume` lets the
 * request take effect and returns the true answer; it is called once, or not at all where the
 * fault strikes earlier. A fault that alters a grant leaves an error answer as it is.
 */
export function replyTo(fault: Fault | undefined, consume: () => TokenAnswer): Reply {
  if (fault === undefined) return answered(trueAnswer(consume()));
  switch (fault.kind) {
    case 'refuse':
      return { kind: 'reset' };
    case 'dropBefore':
      return { kind: 'drop' };
    case 'dropAfter':
      consume();
      return { kind: 'drop' };
    case 'slow':
      return answered(trueAnswer(consume()), fault.delayMs);
    default:
      return answered(faultyAnswer(fault, consume));
  }
}

type AnswerFault = Exclude<Fault, { kind: 'refuse' | 'dropBefore' | 'dropAfter' | 'slow' }>;

function faultyAnswer(fault: AnswerFault, consume: () => TokenAnswer): Answer {
  switch (fault.kind) {
    case 'rateLimit': {
      const retryAfter = fault.retryAfterSeconds;
      const body = { message: 'Rate limit exceeded', errorcode: 50100, retryAfter };
      return json(429, body, { 'retry-after': String(retryAfter) });
    }
    case 'internal':
      if (fault.consumed) consume();
      return json(500, { message: 'Internal Server Error', errorcode: 0, documentation: '' });
    case 'unavailable': {
      if (fault.consumed) consume();
      const retryAfter = fault.retryAfterSeconds;
      const headers = retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) };
      return html(503, 'Service Unavailable', headers);
    }
    case 'status596':
      if (fault.consumed) consume();
      return html(596, 'Service Not Found');
    case 'status':
      return json(fault.status, {
        message: `Status ${fault.status}`,
        errorcode: 0,
        documentation: '',
      });
    case 'redirect':
      return { status: 307, headers: { location: fault.location }, body: '' };
    case 'empty200':
      consume();
      return { status: 200, headers: {}, body: '' };
    case 'html200':
      consume();
      return html(200, 'Maintenance');
    case 'invalidJson200': {
      const answer = trueAnswer(consume());
      return { ...answer, status: 200, body: answer.body.slice(0, -1) };
    }
    case 'oversized':
      return altered(consume(), { padding: 'x'.repeat(64 * 1024) });
    case 'noRefreshToken':
      return altered(consume(), { refreshToken: undefined });
    case 'badExpiresIn':
      return altered(consume(), { expiresIn: fault.value });
    case 'wrongTypes':
      return altered(consume(), { [fault.member]: 12345 });
  }
}

function answered(answer: Answer, delayMs = 0): Reply {
  return { kind: 'answer', answer, delayMs };
}

function trueAnswer({ status, body }: TokenAnswer): Answer {
  return json(status, body);
}

function altered({ status, body }: TokenAnswer, changes: Record<string, unknown>): Answer {
  return json(status, status === 200 ? { ...body, ...changes } : body);
}

function html(status: number, title: string, headers: Answer['headers'] = {}): Answer {
  return {
    status,
    headers: { 'content-type': 'text/html', ...headers },
    body: `<html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>`,
  };
}
