import { longestAnswerBytes } from '../core/limits';
import { type HttpAnswer, noAnswerInTime } from '../core/providerAnswer';
import type { Redacted } from '../core/redacted';
import { decodeText } from '../core/validate';

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
  /** Asks what an access token is good for, which shows whether it is accepted. */
  tokenContext(restBaseUrl: string, accessToken: Redacted, timeoutMs: number): Promise<HttpAnswer>;
  /** Asks where the REST and SOAP interfaces of the token's account are. */
  endpoints(restBaseUrl: string, accessToken: Redacted, timeoutMs: number): Promise<HttpAnswer>;
}

/** By the global `fetch`, without following a redirect. */
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
    get(`${restBaseUrl}/platform/v1/tokenContext`, accessToken, timeoutMs),

  endpoints: (restBaseUrl, accessToken, timeoutMs) =>
    get(`${restBaseUrl}/platform/v1/endpoints`, accessToken, timeoutMs),
};

const get = (url: string, accessToken: Redacted, timeoutMs: number) =>
  send(url, timeoutMs, {
    headers: { authorization: `Bearer ${accessToken.reveal()}`, accept: 'application/json' },
  });

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
    return failureOf(thrown);
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
  return decodeText(Buffer.concat(chunks));
}

/** Node.js's and OpenSSL's codes for a connection that never came about, so that nothing was sent. */
const neverConnected =
  /^(ENOTFOUND|EAI_\w+|ERR_INVALID_URL|EPROXYURL|ECONNREFUSED|UND_ERR_CONNECT_TIMEOUT|CERT_\w+|ERR_TLS_\w+|ERR_SSL_\w+|UNABLE_TO_\w+|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|HOSTNAME_MISMATCH|EPROTO)$/;
/** The same if they come while connecting; a connection that stands can end by them as well. */
const noRoute = /^(EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|ETIMEDOUT|ECONNRESET)$/;
/** Node.js's words for a connection that was reset while TLS was agreed on, before any request. */
const beforeTls = /before secure TLS connection was established/;

/** A name for what went wrong, free of addresses and bodies. */
function failureOf(thrown: unknown): HttpAnswer {
  if (thrown instanceof Error && thrown.name === 'TimeoutError') {
    return { kind: 'noResponse', reason: noAnswerInTime };
  }
  const { code, syscall, message } = causeOf(thrown);
  if (typeof code !== 'string') {
    // fetch gives no HTTP 407 to its caller, but this (Fetch standard, "HTTP-network-or-cache fetch").
    const may407 = message === '' ? ', as if a proxy wanted authentication (HTTP 407)' : '';
    return { kind: 'noResponse', reason: `no answer${may407}` };
  }
  const isConnecting = syscall === 'connect' || beforeTls.test(`${message}`);
  const isNeverSent = neverConnected.test(code) || (noRoute.test(code) && isConnecting);
  const kind = isNeverSent ? 'notSent' : 'noResponse';
  const what = kind === 'notSent' ? 'no connection' : 'no answer';
  return { kind, reason: `${what} (${code})` };
}

/** fetch wraps the cause; one address of several is an AggregateError with the code of its own. */
interface Cause {
  readonly code?: unknown;
  readonly syscall?: unknown;
  readonly message?: unknown;
}

function causeOf(thrown: unknown): Cause {
  return ((thrown ?? {}) as { cause?: Cause }).cause ?? {};
}
