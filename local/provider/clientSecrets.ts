/** A staged secret may be used or activated five minutes after it was generated. */
export const stagingWaitMs = 5 * 60 * 1000;

/**
 * The client secrets of one installed package: the active one, and at most one staged beside it.
 * Once its waiting time is over the staged secret is accepted as well, so that clients can change
 * over without downtime; activating it disables the previous one at once.
 *
 * Source: Salesforce Marketing Cloud Engagement, "Rotate an OAuth 2.0 Secret".
 */
export class ClientSecrets {
  #active: string;
  #staged: { readonly secret: string; readonly acceptedFromMs: number } | undefined;
  readonly #expired = new Set<string>();

  constructor(active: string) {
    this.#active = active;
  }

  accepts(secret: string, nowMs: number): boolean {
    if (this.#expired.has(secret)) return false;
    if (secret === this.#active) return true;
    return this.#staged?.secret === secret && nowMs >= this.#staged.acceptedFromMs;
  }

  /** Generates nothing: the caller chooses the secret. Replaces one staged earlier. */
  stage(secret: string, nowMs: number): void {
    this.#staged = { secret, acceptedFromMs: nowMs + stagingWaitMs };
  }

  /** @throws Error if nothing is staged, or the waiting time is not over. */
  activateStaged(nowMs: number): void {
    if (this.#staged === undefined) throw new Error('no client secret is staged');
    if (nowMs < this.#staged.acceptedFromMs) {
      throw new Error('a client secret can be activated five minutes after it was staged');
    }
    this.#active = this.#staged.secret;
    this.#staged = undefined;
  }

  /** Ends a secret for good, as its 180 days do. */
  expire(secret: string): void {
    this.#expired.add(secret);
  }
}
