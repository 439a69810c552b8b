interface Event {
  readonly atMs: number;
  run: (() => void) | undefined;
}

/**
 * The simulated passing of time: a queue of events, run in the order of their times. Between two
 * events all code that is waiting for nothing but other code is let run.
 */
export class VirtualTime {
  #nowMs: number;
  /** By time, the latest first, so that the next event is popped from the end. */
  readonly #events: Event[] = [];

  constructor(startMs: number) {
    this.#nowMs = startMs;
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  /**
   * Plans an event; those of the same time run in the order in which they were planned.
   *
   * @returns what takes it off the plan again.
   */
  at(atMs: number, run: () => void): () => void {
    const event: Event = { atMs: Math.max(atMs, this.#nowMs), run };
    let index = this.#events.length;
    while (index > 0 && (this.#events[index - 1]?.atMs ?? 0) <= event.atMs) index--;
    this.#events.splice(index, 0, event);
    return () => {
      event.run = undefined;
    };
  }

  after(ms: number): Promise<void> {
    return new Promise((resolve) => this.at(this.#nowMs + ms, resolve));
  }

  /** Runs every event up to a time, and ends at that time. */
  async advanceTo(untilMs: number): Promise<void> {
    await settle();
    for (;;) {
      const next = this.#events.at(-1);
      if (next === undefined || next.atMs > untilMs) break;
      this.#events.pop();
      if (next.run === undefined) continue;
      this.#nowMs = next.atMs;
      next.run();
      await settle();
    }
    this.#nowMs = Math.max(this.#nowMs, untilMs);
  }
}

/**
 * Lets all code run that waits for nothing but promises: a tick's turn comes once the queue of
 * microtasks is empty (Node.js, "The event loop, timers, and process.nextTick()").
 */
const settle = () => new Promise<void>((resolve) => process.nextTick(resolve));
