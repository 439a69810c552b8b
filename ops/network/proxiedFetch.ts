import { type Agent, request } from 'node:https';
import { Readable } from 'node:stream';
import { ProxyAgent, ProxyRefusal, proxyUrl } from './proxy';

/** Node.js's own fetch knows no proxy: with HTTPS_PROXY, what goes to Marketing Cloud goes this way. */
export function useProxy(env: Readonly<Record<string, string | undefined>>): void {
  if (proxyUrl(env) === undefined) return;
  const direct = globalThis.fetch;
  const agent = new ProxyAgent(env);
  globalThis.fetch = async (input, init = {}) =>
    String(input).startsWith('https://')
      ? proxiedFetch(agent, String(input), init)
      : direct(input, init);
}

/** As much of fetch as the program uses: one request without following redirects. */
function proxiedFetch(agent: Agent, url: string, init: RequestInit): Promise<Response> {
  const { method = 'GET', body, signal } = init;
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      {
        method,
        headers: Object.fromEntries(new Headers(init.headers)),
        agent,
        ...(signal ? { signal } : {}),
      },
      (answer) => {
        const { statusCode: status = 0, headers } = answer;
        const hasNoBody = status === 204 || status === 304;
        resolve(
          new Response(hasNoBody ? null : (Readable.toWeb(answer) as ReadableStream), {
            status,
            headers: Object.entries(headers).map(([name, value]): [string, string] => [
              name,
              String(value),
            ]),
          }),
        );
      },
    );
    sent.once('error', (error) => {
      if (signal?.aborted) reject(signal.reason);
      // It speaks as a server does that wants to know who asks, and nothing got past it.
      else if (error instanceof ProxyRefusal && error.status === 407) {
        resolve(new Response('', { status: 407 }));
      } else reject(Object.assign(new TypeError('fetch failed'), { cause: causeOf(error) }));
    });
    sent.end(typeof body === 'string' ? body : undefined);
  });
}

/** Named as the refused connection that it is. */
const causeOf = (error: Error) =>
  error instanceof ProxyRefusal ? Object.assign(error, { code: 'ECONNREFUSED' }) : error;
