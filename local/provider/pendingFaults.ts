import type { ProviderFault } from './faults';

/** How often a fault strikes: so many requests, or all of them for so long. */
export type Times = number | { readonly forMs: number };

/** The faults that were ordered and have not struck yet. A request takes the first that fits. */
export class PendingFaults {
  /** In the order of their striking, each as often as it will strike; once if that is open. */
  readonly faults: ProviderFault[] = [];
  readonly #endsAtMs = new WeakMap<ProviderFault, number>();

  /** Returns the function that cancels what is left of the order. */
  order(fault: ProviderFault, times: Times, nowMs: number): () => void {
    const order = { ...fault };
    if (typeof times === 'object') this.#endsAtMs.set(order, nowMs + times.forMs);
    const count = typeof times === 'object' ? 1 : times;
    for (let ordered = 0; ordered < count; ordered += 1) this.faults.push(order);
    return () => this.#keep((pending) => pending !== order);
  }

  take(nowMs: number, fits: (fault: ProviderFault) => boolean): ProviderFault | undefined {
    this.#keep((pending) => nowMs < (this.#endsAtMs.get(pending) ?? Number.POSITIVE_INFINITY));
    const at = this.faults.findIndex(fits);
    const found = this.faults[at];
    if (found !== undefined && !this.#endsAtMs.has(found)) this.faults.splice(at, 1);
    return found;
  }

  #keep(isKept: (pending: ProviderFault) => boolean): void {
    const kept = this.faults.filter(isKept);
    if (kept.length < this.faults.length) this.faults.splice(0, this.faults.length, ...kept);
  }
}
