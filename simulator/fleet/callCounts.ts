const minuteMs = 60_000;

/** How often each operation was called, by the minute. */
export class CallCounts {
  readonly #startMs: number;
  readonly #byOperation = new Map<string, number[]>();

  constructor(startMs: number) {
    this.#startMs = startMs;
  }

  note(operation: string, nowMs: number): void {
    const minute = this.#minuteOf(nowMs);
    let minutes = this.#byOperation.get(operation);
    if (!minutes) {
      minutes = [];
      this.#byOperation.set(operation, minutes);
    }
    minutes[minute] = (minutes[minute] ?? 0) + 1;
  }

  operations(): readonly string[] {
    return [...this.#byOperation.keys()].sort();
  }

  /** The calls in each of the minutes from one time up to another. */
  perMinute(operation: string, fromMs: number, untilMs: number): readonly number[] {
    const minutes = this.#byOperation.get(operation) ?? [];
    const from = this.#minuteOf(fromMs);
    return Array.from(
      { length: this.#minuteOf(untilMs) - from },
      (_, at) => minutes[from + at] ?? 0,
    );
  }

  total(operation: string, fromMs: number, untilMs: number): number {
    return this.perMinute(operation, fromMs, untilMs).reduce((sum, count) => sum + count, 0);
  }

  #minuteOf(ms: number): number {
    return Math.floor((ms - this.#startMs) / minuteMs);
  }
}
