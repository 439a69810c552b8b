import { parseRestBaseUrl } from '../core/hosts';
import { baseUrlOf } from './baseUrl';
import { callWithToken } from './tokenCall';
import type { TokenMemory } from './tokenMemory';
import { TokenReaderError } from './tokenReaderError';

/** Calls the REST interface with the token of one connection. */
export function createApiFetch(
  connection: string,
  memory: TokenMemory,
  fetch: typeof globalThis.fetch,
) {
  return async (path: string, init: RequestInit = {}): Promise<Response> => {
    requirePath(connection, path);
    // As they are now: who calls may use them for the next call while this one waits.
    const request = { ...init, headers: new Headers(init.headers) };
    return callWithToken(memory, {
      signal: request.signal,
      isRepeatable: canBeSentAgain(request.body),
      isRefusal: ({ status }) => status === 401,
      async send(tokens) {
        const headers = new Headers(request.headers);
        headers.set('authorization', `Bearer ${tokens.accessToken}`);
        const baseUrl = baseUrlOf('restBaseUrl', parseRestBaseUrl, connection, tokens);
        return fetch(`${baseUrl}${path}`, { ...request, headers });
      },
    });
  };
}

function requirePath(connection: string, path: unknown): void {
  // Behind the base address, anything else could name another host: "@example.com", ".example.com".
  if (typeof path === 'string' && path.startsWith('/')) return;
  throw new TokenReaderError(
    'InvalidPath',
    connection,
    `Connection "${connection}": the path must begin with "/"; the host comes from the token set.`,
  );
}

/** A stream is used up by the first request; what lies in memory can be read again. */
function canBeSentAgain(body: RequestInit['body']): boolean {
  return (
    body === undefined ||
    body === null ||
    typeof body === 'string' ||
    body instanceof ArrayBuffer ||
    ArrayBuffer.isView(body) ||
    body instanceof Blob ||
    body instanceof FormData ||
    body instanceof URLSearchParams
  );
}
