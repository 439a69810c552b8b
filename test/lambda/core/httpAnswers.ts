import type { HttpAnswer } from '../../../lambda/core/providerAnswer';

/** What a firewall or a load balancer says. */
export const html = '<html><body>Service canary unavailable</body></html>';

/** The provider's own words. */
export const unauthorized = { message: 'Unauthorized', errorcode: 1, documentation: '' };
export const limited = { message: 'Rate limit exceeded', errorcode: 50100 };

/** @param body undefined for one that was too large to be read */
export const response = (status: number, body: unknown, retryAfter?: string): HttpAnswer => ({
  kind: 'response',
  status,
  body: body === undefined || typeof body === 'string' ? body : JSON.stringify(body),
  ...(retryAfter === undefined ? {} : { retryAfter }),
});
