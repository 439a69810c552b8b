/** Where a reader finds the secret. One may serve several readers. */
export interface TokenSource {
  /**
   * The text of the secret's AWSCURRENT version, read each time; undefined if the secret
   * has no value yet. If it rejects, the reader passes on nothing but the error's name or code.
   */
  read(secretId: string): Promise<string | undefined>;
  /** It cannot be read before the first invocation, so nothing should be fetched ahead. */
  readonly onlyDuringInvocations?: boolean;
  /** The clock by which its tokens end, in milliseconds as of `Date.now`. @default Date.now */
  readonly now?: () => number;
}

/** A failed read whose message is safe to show: it holds nothing of what was read. */
export class SourceError extends Error {
  override readonly name = 'SourceError';
  /** A sentence; if there is none, the reader names what a read of Secrets Manager needs. */
  readonly remedy: string | undefined;

  constructor(message: string, remedy?: string) {
    super(message);
    this.remedy = remedy;
  }
}

/**
 * Throws if AWS's words are of a secret in its recovery window: it can be neither read nor written,
 * and taken back whole (API reference, DeleteSecret).
 */
export function refuseIfDeleted(text: unknown, secretId: string): void {
  if (!/marked (?:for deletion|deleted)|because it was deleted/i.test(`${text}`)) return;
  throw new SourceError(
    'it is scheduled for deletion',
    `Take it back: aws secretsmanager restore-secret --secret-id ${secretId}`,
  );
}

/** However slow each of a read's attempts is, its caller does not wait longer than this. */
export const longestReadMs = 10_000;

/** What went wrong, without any text that may quote a request or an answer. */
export function problemOf(thrown: unknown): string {
  if (thrown instanceof SourceError) return thrown.message;
  if (!(thrown instanceof Error)) return 'an unknown error';
  const { code, cause } = thrown as { code?: unknown; cause?: { code?: unknown } };
  for (const candidate of [code, cause?.code]) {
    if (typeof candidate === 'string' && /^[A-Z0-9_]{3,40}$/.test(candidate)) return candidate;
  }
  // The SDK takes the name from the answer as it is: only what looks like one is passed on.
  return /^[A-Za-z]{1,60}$/.test(thrown.name) ? thrown.name : 'an unknown error';
}
