import type { Exchange } from './faults';

type Later = Exclude<Exchange['takenUp'], string>;

interface LateRequest {
  /** Token requests that are still to follow; undefined if a time decides. */
  left: number | undefined;
  readonly dueAtMs: number;
  readonly takeUp: (atMs: number) => void;
}

/**
 * Requests on their way to the provider, longer than their clients may have waited. Those that wait
 * for others to follow may wait for good.
 */
export class LateRequests {
  readonly #waiting = new Set<LateRequest>();
  readonly #timers = new Set<NodeJS.Timeout>();

  constructor(private readonly now: () => number) {}

  add(later: Later, takeUp: (atMs: number) => void): void {
    if ('afterRequests' in later) {
      this.#waiting.add({ left: later.afterRequests, dueAtMs: Number.POSITIVE_INFINITY, takeUp });
      return;
    }
    const { afterMs } = later;
    this.#waiting.add({ left: undefined, dueAtMs: this.now() + afterMs, takeUp });
    // If the clock runs by itself nobody has to ask.
    this.#timers.add(setTimeout(() => this.settle(), afterMs).unref());
  }

  /** Lets those be taken up whose time has come, each at its time. */
  settle(): void {
    const due = [...this.#waiting].filter(({ dueAtMs }) => dueAtMs <= this.now());
    for (const request of due.sort((a, b) => a.dueAtMs - b.dueAtMs)) {
      this.#takeUp(request, request.dueAtMs);
    }
  }

  /** A token request was handled: those are taken up that waited for no more than it. */
  noteFollowing(): void {
    for (const request of [...this.#waiting]) {
      if (request.left === undefined) continue;
      request.left -= 1;
      if (request.left === 0) this.#takeUp(request, this.now());
    }
  }

  close(): void {
    for (const timer of this.#timers) clearTimeout(timer);
  }

  #takeUp(request: LateRequest, atMs: number): void {
    this.#waiting.delete(request);
    request.takeUp(atMs);
  }
}
