import { longestAnswerBytes } from '../core/limits';
import type { HttpAnswer } from '../core/providerAnswer';
import type { Redacted } from '../core/redacted';

/** The members of a legacy token request. */
export interface TokenRequest {
  readonly authBaseUrl: string;
  readonly clientId: string;
  readonly clientSecret: Redacted;
  /** Asks for a refresh token as well. */
  readonly offline: boolean;
  readonly refreshToken?: Redacted;
}

/** Sends one request each. It never throws: an answer that did not come is an answer too. */
export interface Provider {
  requestToken(request: TokenRequest, timeoutMs: number): Promise<HttpAnswer>;
  /** Asks what an access token is good for, which tells whether it is accepted. */
  tokenContext(restBaseUrl: string, accessToken: Redacted, timeoutMs: number): Promise<HttpAnswer>;
}

export const fetchProvider: Provider = {
  requestToken: (request, timeoutMs) =>
    send(`${request.authBaseUrl}/v1/requestToken?legacy=1`, timeoutMs, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify({
        clientId: request.clientId,
        clientSecret: request.clientSecret.reveal(),
        ...(request.offline ? { accessType: 'offline' } : {}),
        // Never beside `scope`, which the provider refuses together with a refresh token.
        ...(request.refreshToken ? { refreshToken: request.refreshToken.reveal() } : {}),
      }),
    }),

  tokenContext: (restBaseUrl, accessToken, timeoutMs) =>
    send(`${restBaseUrl}/platform/v1/tokenContext`, timeoutMs, {
      headers: { authorization: `Bearer ${accessToken.reveal()}`, accept: 'application/json' },
    }),
};

async function send(url: string, timeoutMs: number, init: RequestInit): Promise<HttpAnswer> {
  try {
    const response = await fetch(url, {
      ...init,
      // A redirect would carry the client secret to a host that nobody has checked.
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    });
    const retryAfter = response.headers.get('retry-after');
    return {
      kind: 'response',
      status: response.status,
      ...(retryAfter === null ? {} : { retryAfter }),
      body: await readLimited(response),
    };
  } catch (thrown) {
    return { kind: 'noResponse', reason: reasonOf(thrown) };
  }
}

async function readLimited(response: Response): Promise<string | undefined> {
  if (response.body === null) return '';
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
    bytes += chunk.byteLength;
    // Leaving the loop cancels the stream and with it the connection.
    if (bytes > longestAnswerBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** A name for what went wrong, free of addresses and bodies. */
function reasonOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return 'no answer';
  if (thrown.name === 'TimeoutError') return 'no answer in time';
  const code = (thrown.cause as { code?: unknown } | undefined)?.code;
  return typeof code === 'string' ? `no answer (${code})` : 'no answer';
}
