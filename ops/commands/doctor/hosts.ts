import { apiBaseUrls, isRestBaseUrl } from '../../../lambda/core/hosts';
import type { HttpAnswer } from '../../../lambda/core/providerAnswer';
import { apiBaseUrlsOf, type TokenSet } from '../../../lambda/core/tokenSet';
import { fetchProvider } from '../../../lambda/effects/provider';
import type { Reading } from '../../connection/reading';
import type { StoredToken } from '../../connection/secret';
import type { Context } from '../../context';

export type HostAnswer = { readonly url: string } & (
  | { readonly status: number }
  | { readonly problem: string }
);

const timeoutMs = 5_000;
const tokenTimeoutMs = 8_000;

/** Whether a host answers at all. It is sent nothing but a plain request. */
export async function reachHost(url: string): Promise<HostAnswer> {
  try {
    const signal = AbortSignal.timeout(timeoutMs);
    const response = await fetch(url, { redirect: 'manual', signal });
    await response.body?.cancel();
    return { url, status: response.status };
  } catch (thrown) {
    return { url, problem: problemOf(thrown) };
  }
}

function problemOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return 'no answer';
  if (thrown.name === 'TimeoutError') return `no answer in ${timeoutMs / 1_000} s`;
  const { code } = (thrown.cause ?? {}) as { code?: unknown };
  return typeof code === 'string' ? code : 'no answer';
}

export const issuedIn = (token: Reading<StoredToken>): TokenSet | undefined =>
  token.known && token.value.kind === 'stored' && token.value.version.tokens.kind === 'issued'
    ? token.value.version.tokens.tokenSet
    : undefined;

/** Where the token is good for; undefined where that is unknown, or no host of the provider's. */
export function restBaseUrlOf(
  { settings }: Context,
  authBaseUrl: string | undefined,
  token: Reading<StoredToken>,
): string | undefined {
  const stored = token.known && token.value.kind === 'stored' ? token.value.version : undefined;
  const known = stored && apiBaseUrlsOf(stored.tokens).restBaseUrl;
  const url = known ?? apiBaseUrls(authBaseUrl ?? '').restBaseUrl;
  const allowLoopback = settings.allowLoopbackProvider;
  return url !== undefined && isRestBaseUrl(url, { allowLoopback }) ? url : undefined;
}

/** Undefined where there is no token that could be accepted. */
export async function tryToken(
  { clock }: Context,
  restBaseUrl: string,
  token: Reading<StoredToken>,
): Promise<HttpAnswer | undefined> {
  const tokenSet = issuedIn(token);
  if (tokenSet === undefined || tokenSet.expiresAtMs <= clock.now()) return undefined;
  return fetchProvider.tokenContext(restBaseUrl, tokenSet.accessToken, tokenTimeoutMs);
}
