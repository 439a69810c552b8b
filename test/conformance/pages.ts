/** A target's paging does not come to an end. */
export class EndlessListing extends Error {}

/** The items of every page of a listing; throws if a page's token leads to itself. */
export async function pagesOf<T>(
  ask: (token: string | undefined) => Promise<{ items: T[]; next: string | undefined }>,
): Promise<T[][]> {
  const pages: T[][] = [];
  for (let token: string | undefined; ; ) {
    const { items, next } = await ask(token);
    pages.push(items);
    if (next === undefined) return pages;
    if (next === token) throw new EndlessListing('A page names itself as the next one.');
    token = next;
  }
}
