import { parseSoapBaseUrl } from '../core/hosts';
import { baseUrlOf } from './baseUrl';
import { authHeaderOf } from './soapAuthHeader';
import { callWithToken } from './tokenCall';
import type { TokenMemory } from './tokenMemory';

const refusal =
  /<(?:\w+:)?fault(?:code\b[^>]*>\s*(?:[\w-]+:)?security\s*<|string\b[^>]*>\s*(?:token expired|login failed))/i;

/** Calls the SOAP interface with the legacy token of one connection. */
export function createSoapFetch(
  connection: string,
  memory: TokenMemory,
  fetch: typeof globalThis.fetch,
) {
  return async (
    action: string,
    body: string,
    init: Omit<RequestInit, 'body' | 'method' | 'redirect'> = {},
  ): Promise<Response> => {
    const headers = new Headers(init.headers);
    headers.set('content-type', 'text/xml; charset=utf-8');
    headers.set('soapaction', action);
    // The token is in the body, which a redirect would carry to any other host.
    const request = { ...init, headers, method: 'POST', redirect: 'manual' } as const;
    return callWithToken(memory, {
      signal: init.signal,
      isRepeatable: true,
      isRefusal,
      send: async (tokens) =>
        fetch(baseUrlOf('soapBaseUrl', parseSoapBaseUrl, connection, tokens), {
          ...request,
          body:
            '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Header>' +
            `${authHeaderOf(tokens, connection)}</soap:Header><soap:Body>${body}</soap:Body>` +
            '</soap:Envelope>',
        }),
    });
  };
}

/**
 * A fault of the code `Security` (Marketing Cloud, "SOAP Faults"), or of the words for an expired and
 * for an invalid token.
 */
async function isRefusal(response: Response): Promise<boolean> {
  if (response.ok) return false;
  if (response.status === 401) return true;
  return refusal.test(await response.clone().text());
}
