import { createHash } from 'node:crypto';

/** The first 8 hex digits of the SHA-256: names a token in logs without giving it away. */
export function fingerprint(token: string): string {
  return createHash('sha256').update(token).digest('hex').slice(0, 8);
}
