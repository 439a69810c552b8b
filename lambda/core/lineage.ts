import { createHash } from 'node:crypto';

/**
 * The id of the version that follows another one: the SHA-256 of the parent's id and the new text,
 * in the shape of a UUID (Secrets Manager takes 32 to 64 characters as `ClientRequestToken`).
 * A write that is repeated has the same id and so writes no second version; and anyone who can read
 * both versions can see that one descends from the other.
 *
 * @param text the secret's text, exactly as written
 */
export function versionIdOf(parentVersionId: string, text: string): string {
  const hex = createHash('sha256').update(`${parentVersionId}\n${text}`).digest('hex');
  return [8, 12, 16, 20, 32].map((end, at, ends) => hex.slice(ends[at - 1] ?? 0, end)).join('-');
}

/** Whether a rotation wrote this version as the follower of that one. */
export function isChildOf(
  parentVersionId: string,
  version: { readonly versionId: string; readonly text: string },
): boolean {
  return versionIdOf(parentVersionId, version.text) === version.versionId;
}
