import type { IncomingMessage } from 'node:http';
import { asksForOwnHost, otherHostRefused } from '../ownHosts';

/** A request that is not for us; `status` and the message are the answer. */
export class Rejected extends Error {
  override readonly name = 'Rejected';

  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** Lets only those through who have asked for this very page. */
export function checkHost(message: IncomingMessage): void {
  if (!asksForOwnHost(message)) throw new Rejected(403, otherHostRefused(message));
}

/**
 * Lets an action through from this page alone: other sites' pages cannot set `Origin`, nor send
 * JSON without asking first (OWASP Cross-Site Request Forgery Prevention Cheat Sheet).
 */
export function checkAction({ headers }: IncomingMessage): void {
  if (headers.origin !== `http://${headers.host}`) {
    throw new Rejected(403, 'Actions are taken from this page alone.');
  }
  const type = headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();
  if (type !== 'application/json') throw new Rejected(415, 'Send the action as application/json.');
}

/** On every answer: nothing but what this server serves is loaded, and nobody frames the page. */
export const securityHeaders = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cache-control': 'no-store',
} as const;
