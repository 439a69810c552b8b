/** Asked for a page that no earlier answer named. Each service has its own error for it. */
export class InvalidPageToken extends Error {}

/**
 * One page of a listing. The token is opaque to clients; it holds the number of items already given.
 * Throws `InvalidPageToken`.
 */
export function pageOf<T>(
  items: readonly T[],
  maxResults: number,
  token: string | undefined,
): { readonly items: readonly T[]; readonly nextToken: string | undefined } {
  const given = token === undefined ? '0' : Buffer.from(token, 'base64url').toString();
  const start = Number(given);
  if (!/^\d+$/.test(given) || start > items.length) throw new InvalidPageToken();
  const end = start + maxResults;
  return {
    items: items.slice(start, end),
    nextToken: end < items.length ? Buffer.from(String(end)).toString('base64url') : undefined,
  };
}
