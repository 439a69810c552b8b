import type { AwsError } from './awsError';

/**
 * One page of a listing. The token is opaque to clients; it holds the number of items already given.
 * Of one that no earlier answer named it throws the service's own error.
 */
export function pageOf<T>(
  items: readonly T[],
  maxResults: number,
  token: string | undefined,
  invalidToken: () => AwsError,
): { readonly items: readonly T[]; readonly nextToken: string | undefined } {
  const given = token === undefined ? '0' : Buffer.from(token, 'base64url').toString();
  const start = Number(given);
  if (!/^\d+$/.test(given) || start > items.length) throw invalidToken();
  const end = start + maxResults;
  return {
    items: items.slice(start, end),
    nextToken: end < items.length ? Buffer.from(String(end)).toString('base64url') : undefined,
  };
}
