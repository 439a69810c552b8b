import { reaches } from './faults';
import { isWrite, type Outages } from './outages';
import type { Outside } from './outside/outside';
import type { RefreshToken } from './outside/provider';
import type { Environment } from './platform/environment';
import type { Call, Fault, Store } from './vocabulary';
import { storeOf } from './vocabulary';

/** What a fault strikes. */
export interface Struck {
  readonly call: Call;
  /** That of a request, whose own four minutes count as well. */
  readonly refreshToken?: string | undefined;
  /** The process that makes the call. */
  readonly environment?: Environment | undefined;
}

/** "Within four minutes of a token's first use." */
const promisedMs = 4 * 60_000;

/**
 * What the promise presupposes, and so all that faults are limited to: within four minutes of a
 * refresh token's first use the provider and one of the two stores can be reached again, by an
 * invocation that is let run.
 */
export class Premise {
  readonly #outside: Outside;
  readonly #outages: Outages;
  /** Whether a refresh token is one of the chain's and accepted. */
  readonly #counts: (refreshToken: string) => boolean;
  readonly #now: () => number;
  /** When the queue delivers next, should what runs now die. */
  readonly #nextDeliveryMs: () => number;
  /** Whether a request is still on its way that may revoke it. */
  readonly #isThreatened: (refreshToken: string) => boolean;
  /** Whether a process has sent what the chain hangs on. */
  readonly #isUser: (environment: Environment) => boolean;
  /** Refresh tokens that processes hold. */
  readonly #held: () => Iterable<string>;

  constructor(
    outside: Outside,
    outages: Outages,
    options: {
      readonly counts: (refreshToken: string) => boolean;
      readonly now: () => number;
      readonly nextDeliveryMs: () => number;
      readonly isThreatened: (refreshToken: string) => boolean;
      readonly isUser: (environment: Environment) => boolean;
      readonly held: () => Iterable<string>;
    },
  ) {
    this.#outside = outside;
    this.#outages = outages;
    this.#counts = options.counts;
    this.#now = options.now;
    this.#nextDeliveryMs = options.nextDeliveryMs;
    this.#isThreatened = options.isThreatened;
    this.#isUser = options.isUser;
    this.#held = options.held;
  }

  /**
   * Until when things may fail: forever while a store holds a refresh token that was never used, else
   * until four minutes after the first use of what the chain hangs on. What a late request may still
   * revoke hangs on its forerunner; so does what only a process holds.
   */
  limitMs(): number {
    const { stored, provider } = this.#outside;
    let limitMs = Number.NEGATIVE_INFINITY;
    for (const text of stored.refreshTokens()) {
      if (!this.#counts(text)) continue;
      limitMs = Math.max(limitMs, this.#limitOf(provider.find(text)));
    }
    if (limitMs > Number.NEGATIVE_INFINITY) return limitMs;
    for (const text of this.#held()) {
      if (!this.#counts(text)) continue;
      const usedAtMs = provider.find(text)?.parent?.firstUsedAtMs;
      if (usedAtMs !== undefined) limitMs = Math.max(limitMs, usedAtMs + promisedMs);
    }
    return limitMs > Number.NEGATIVE_INFINITY ? limitMs : Number.POSITIVE_INFINITY;
  }

  #limitOf(token: RefreshToken | undefined): number {
    let limitMs = Number.POSITIVE_INFINITY;
    for (let next = token; next; next = this.#isThreatened(next.text) ? next.parent : undefined) {
      if (next.firstUsedAtMs !== undefined) {
        limitMs = Math.min(limitMs, next.firstUsedAtMs + promisedMs);
      }
    }
    return limitMs;
  }

  admits(fault: Fault, { call, refreshToken, environment }: Struck): boolean {
    if (fault.kind === 'request' && reaches(fault)) return true;
    const usedAtMs = this.#outside.provider.find(refreshToken ?? '')?.firstUsedAtMs;
    const ownLimitMs = usedAtMs === undefined ? Number.POSITIVE_INFINITY : usedAtMs + promisedMs;
    const limitMs = Math.min(this.limitMs(), ownLimitMs);
    if (fault.kind === 'process' || fault.kind === 'platform') {
      return this.#now() < limitMs && this.#nextDeliveryMs() <= limitMs;
    }
    if (this.#now() < limitMs) return true;
    const store = storeOf(call);
    if (fault.kind !== 'outage' || store === undefined || !this.#mayStayAway(store)) return false;
    // A rotation of four calls leaves nothing in Parameter Store, and the client secret is nowhere
    // else: a process that did not take part has to read both stores.
    return isWrite(call) || (environment !== undefined && this.#isUser(environment));
  }

  /** How long something may stand still or be late. */
  capMs(ms: number): number {
    return Math.min(ms, Math.max(0, this.limitMs() - this.#now()));
  }

  /** Of the two stores, the one that is out for longer. */
  #mayStayAway(store: Store): boolean {
    const other: Store = store === 'secrets' ? 'parameters' : 'secrets';
    const nowMs = this.#now();
    const [endMs, otherEndMs] = [store, other].map((one) => this.#outages.endOf(one, nowMs));
    if (endMs === otherEndMs) return store === 'secrets';
    return (endMs ?? 0) > (otherEndMs ?? 0);
  }
}
