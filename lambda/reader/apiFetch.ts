import { parseRestBaseUrl } from '../core/hosts';
import type { TokenMemory } from './tokenMemory';
import { TokenReaderError } from './tokenReaderError';
import type { Tokens } from './tokens';
import { unlessAborted } from './unlessAborted';

/** Calls the REST interface with the token of one connection. */
export function createApiFetch(connection: string, memory: TokenMemory) {
  return async (path: string, init: RequestInit = {}): Promise<Response> => {
    requirePath(connection, path);
    // As they are now: who calls may use them for the next call while this one waits.
    const request = { ...init, headers: new Headers(init.headers) };
    const { signal } = request;
    const used = await unlessAborted(signal, () => memory.get());
    // Taken before the token is sent: a read from here on can be news to whoever gets a 401.
    const readsBefore = memory.reads;
    const first = await send(connection, used, path, request);
    if (first.status !== 401) return first;

    // Read before anything is done to the first answer: where that fails, it is returned whole.
    const next = await unlessAborted(signal, () => memory.replace(used, readsBefore));
    if (next === undefined || !canBeSentAgain(request.body)) return first;
    // Nobody reads it any more, and an unread body keeps its connection busy.
    await first.body?.cancel().catch(() => {});
    return send(connection, next, path, request);
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

async function send(connection: string, tokens: Tokens, path: string, init: RequestInit) {
  const headers = new Headers(init.headers);
  headers.set('authorization', `Bearer ${tokens.accessToken}`);
  return fetch(`${restBaseUrlOf(connection, tokens)}${path}`, { ...init, headers });
}

function restBaseUrlOf(connection: string, { restBaseUrl }: Tokens): string {
  // Loopback is this function's own environment: nothing leaves it.
  const baseUrl = parseRestBaseUrl(restBaseUrl ?? '', { allowLoopback: true });
  if (baseUrl !== undefined) return baseUrl;
  const problem =
    restBaseUrl === undefined
      ? 'has no restBaseUrl'
      : "has a restBaseUrl of a host that is not Marketing Cloud's";
  throw new TokenReaderError(
    'NoRestBaseUrl',
    connection,
    `Connection "${connection}": its token set ${problem}. Seed it together with the refresh token, as ` +
      '{"refreshToken":"...","restBaseUrl":"https://SUBDOMAIN.rest.marketingcloudapis.com"}.',
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
