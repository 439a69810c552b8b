import { type Fault, outageMs } from './faults';
import type { VirtualTime } from './virtualTime';

export type Target = 'provider' | 'secrets' | 'parameters';

interface Outage {
  readonly target: Target;
  readonly fault: Fault;
  readonly untilMs: number;
}

/** Troubles that last: a part that is down, a key that may not be used, a full secret. */
export class Outages {
  readonly #time: VirtualTime;
  #outages: Outage[] = [];

  constructor(time: VirtualTime) {
    this.#time = time;
  }

  begin(target: Target, fault: Fault, durationMs = outageMs[fault] ?? 0): void {
    this.#outages.push({ target, fault, untilMs: this.#time.nowMs + durationMs });
  }

  /** What keeps a call from working now; a full secret only keeps it from being written. */
  at(target: Target, writes: boolean): Fault | undefined {
    if (this.#outages.length === 0) return undefined;
    this.#outages = this.#outages.filter(({ untilMs }) => untilMs > this.#time.nowMs);
    return this.#outages.find(
      (outage) => outage.target === target && (writes || outage.fault !== 'versionLimit'),
    )?.fault;
  }

  get any(): boolean {
    return this.#outages.some(({ untilMs }) => untilMs > this.#time.nowMs);
  }
}
