import type { Call, OutageFault, RequestFault, Store } from './vocabulary';
import { storeOf } from './vocabulary';

export type Lasting = OutageFault | RequestFault;
type Target = Store | 'provider';

interface Outage {
  readonly target: Target;
  readonly fault: Lasting;
  readonly untilMs: number;
}

/** Troubles that last: a provider that answers nothing of use, a store that is down, denied or full. */
export class Outages {
  #outages: Outage[] = [];

  begin(call: Call, fault: Lasting, nowMs: number): void {
    const target = fault.kind === 'request' ? 'provider' : storeOf(call);
    if (target) this.#outages.push({ target, fault, untilMs: nowMs + fault.lastsMs });
  }

  /** What keeps a call from working now. */
  at(call: Call, nowMs: number): Lasting | undefined {
    if (this.#outages.length === 0) return undefined;
    this.#outages = this.#outages.filter(({ untilMs }) => untilMs > nowMs);
    const target = call.startsWith('provider') ? 'provider' : storeOf(call);
    const isHit = (outage: Outage) =>
      outage.target === target && (outage.fault.kind === 'request' || hits(outage.fault, call));
    return this.#outages.find(isHit)?.fault;
  }

  /** The premise of the promise wants this one to be over. */
  end(over: Lasting): void {
    this.#outages = this.#outages.filter(({ fault }) => fault !== over);
  }

  /** When the last trouble of a store is over; not later than now if there is none. */
  endOf(store: Store, nowMs: number): number {
    const ends = this.#outages.filter(({ target }) => target === store);
    return Math.max(nowMs, ...ends.map(({ untilMs }) => untilMs));
  }

  /** All that is out now, and for how long. */
  remaining(nowMs: number): readonly { readonly name: string; readonly forMs: number }[] {
    return this.#outages
      .filter(({ untilMs }) => untilMs > nowMs)
      .map(({ target, fault, untilMs }) => ({
        name: `${target} ${fault.name}`,
        forMs: untilMs - nowMs,
      }));
  }
}

const writes: ReadonlySet<Call> = new Set<Call>([
  'secrets.put',
  'secrets.moveStage',
  'parameters.write',
  'parameters.remove',
]);

export const isWrite = (call: Call): boolean => writes.has(call);

const hits = ({ scope }: OutageFault, call: Call) =>
  scope === 'both' || isWrite(call) === (scope === 'writes');
