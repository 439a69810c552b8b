import type { RetryAfter, WholeAnswer } from './faults';

/**
 * What the provider says with its own error codes: its rate-limit and error-handling pages; 1 and
 * 10007 as FuelSDK-CSharp issues 56 and 91 quote them.
 */
const messages: ReadonlyMap<number, string> = new Map([
  [1, 'Unauthorized'],
  [
    10007,
    'This integration is not eligible to use the legacy /v1/requestToken endpoint because the integration uses enhanced OAuth 2.0 functionality.',
  ],
  [50100, 'Rate limit exceeded'],
  [50300, 'Service Unavailable'],
]);

/**
 * A refusal in the provider's own JSON. What asks to wait says so in the body as well, in whole
 * seconds.
 */
export function refusal(status: number, errorcode: number, retryAfter?: RetryAfter): WholeAnswer {
  const message =
    messages.get(errorcode) ?? (status === 500 ? 'Internal Server Error' : `Status ${status}`);
  const rest = retryAfter ? { retryAfter: Math.ceil(retryAfter.seconds) } : { documentation: '' };
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8' },
    ...(retryAfter && { retryAfter }),
    body: JSON.stringify({ message, errorcode, ...rest }),
  };
}

/** A page of whatever stands in front of the provider: a WAF, a proxy, a load balancer. */
export function page(status: number, retryAfter?: RetryAfter): WholeAnswer {
  const title = status === 503 ? 'Service Unavailable' : `Status ${status}`;
  return {
    status,
    headers: { 'content-type': 'text/html' },
    ...(retryAfter && { retryAfter }),
    body: `<html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>`,
  };
}
