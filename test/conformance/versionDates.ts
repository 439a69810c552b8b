interface Written {
  readonly ClientRequestToken?: string;
}

interface Dated {
  readonly VersionId?: unknown;
  readonly CreatedDate?: unknown;
}

/**
 * When each version of a secret was written, on a clock that tests can move: the endpoint behind
 * dates by the machine's own, and in whole seconds.
 */
export class VersionDates {
  readonly #createdAtMs = new Map<string, number>();

  /** `now` gives milliseconds since the epoch. */
  constructor(private readonly now: () => number) {}

  /** Notes the version that a request writes; one that is repeated writes none. */
  note(request: string): void {
    const { ClientRequestToken: versionId } = JSON.parse(request) as Written;
    if (versionId === undefined || this.#createdAtMs.has(versionId)) return;
    this.#createdAtMs.set(versionId, this.now());
  }

  /** The same answer with these dates. */
  dated(answer: string): string {
    if (answer === '') return answer;
    return JSON.stringify(JSON.parse(answer, (_, value: unknown) => this.#redated(value)));
  }

  #redated(value: unknown): unknown {
    const { VersionId, CreatedDate } = Object(value) as Dated;
    const createdAtMs = this.#createdAtMs.get(String(VersionId));
    if (CreatedDate === undefined || createdAtMs === undefined) return value;
    return { ...Object(value), CreatedDate: createdAtMs / 1_000 };
  }
}
