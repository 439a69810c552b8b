const deduplicationIntervalMs = 5 * 60_000;

/** The first message under a deduplication id, as it is answered for those that are dropped. */
export interface Original {
  readonly messageId: string;
  readonly sequenceNumber: string;
  readonly sentAtMs: number;
}

/**
 * What was sent in the last 5 minutes, also what has been received and deleted since. Source: "Using
 * the message deduplication ID" (Amazon SQS Developer Guide). Old entries go by the thousand, with
 * the map that they are in.
 */
export class Deduplication {
  #newer = new Map<string, Original>();
  #older = new Map<string, Original>();
  #newerSinceMs = Number.NEGATIVE_INFINITY;

  find(key: string, nowMs: number): Original | undefined {
    const found = this.#newer.get(key) ?? this.#older.get(key);
    return found && nowMs < found.sentAtMs + deduplicationIntervalMs ? found : undefined;
  }

  note(key: string, original: Original): void {
    if (original.sentAtMs >= this.#newerSinceMs + deduplicationIntervalMs) {
      this.#older = this.#newer;
      this.#newer = new Map();
      this.#newerSinceMs = original.sentAtMs;
    }
    this.#newer.set(key, original);
  }
}
