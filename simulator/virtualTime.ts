/** What an event returns after which no code is waiting to go on. */
export const quiet = Symbol('quiet');

type Run = () => unknown;

interface Event {
  readonly atMs: number;
  run: Run | undefined;
}

/**
 * The simulated passing of time: a queue of events, run in the order of their times. Between two
 * events all code that is waiting for nothing but other code is let run.
 */
export class VirtualTime {
  #nowMs: number;
  #isHalted = false;
  /** By time, the latest first, so that the next event is popped from the end. */
  readonly #events: Event[] = [];

  constructor(startMs: number) {
    this.#nowMs = startMs;
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  get isHalted(): boolean {
    return this.#isHalted;
  }

  /**
   * Plans an event; those of the same time run in the order in which they were planned.
   *
   * @param run may return `quiet`
   * @returns what takes it off the plan again.
   */
  at(atMs: number, run: Run): () => void {
    const event: Event = { atMs: Math.max(atMs, this.#nowMs), run };
    const events = this.#events;
    let index = events.length;
    while (index > 0 && (events[index - 1] as Event).atMs <= event.atMs) index--;
    if (index === events.length) events.push(event);
    else events.splice(index, 0, event);
    return () => {
      event.run = undefined;
    };
  }

  after(ms: number): Promise<void> {
    return new Promise((resolve) => this.at(this.#nowMs + ms, resolve));
  }

  /** From now on no event runs any more: what would come is known already. */
  halt(): void {
    this.#isHalted = true;
  }

  /** Runs every event up to a time, and ends at that time. */
  advanceTo(untilMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const step = () => {
        try {
          for (let event = this.#next(untilMs); event?.run; event = this.#next(untilMs)) {
            this.#nowMs = event.atMs;
            if (event.run() !== quiet) {
              afterAllElse(step);
              return;
            }
          }
        } catch (thrown) {
          reject(thrown);
          return;
        }
        if (!this.#isHalted) this.#nowMs = Math.max(this.#nowMs, untilMs);
        resolve();
      };
      afterAllElse(step);
    });
  }

  #next(untilMs: number): Event | undefined {
    if (this.#isHalted) return undefined;
    const events = this.#events;
    for (let last = events.at(-1); last && last.atMs <= untilMs; last = events.at(-1)) {
      events.pop();
      if (last.run) return last;
    }
    return undefined;
  }
}

/**
 * Runs something once all code has run that waits for nothing but promises: a tick's turn comes once
 * the queue of microtasks is empty, unless it was asked for by another tick (Node.js, "The event
 * loop, timers, and process.nextTick()").
 */
function afterAllElse(run: () => void): void {
  queueMicrotask(() => process.nextTick(run));
}
