import type { AwsRequest, Service } from './awsRequest';

/**
 * What goes wrong. All but the last five refuse the request with AWS's own error, unapplied.
 * - `notVisible`: what the request is about, though it is there, cannot be read yet.
 * - `dropBefore`: the connection breaks before the request is applied; `dropAfter`: after it.
 * - `hang`: not applied and never answered; `slow`: applied, answered `delayMs` later.
 * - `staleRead`: GetSecretValue still gives the version that was AWSCURRENT before.
 */
export type FaultKind =
  | 'throttle'
  | 'internal'
  | 'unavailable'
  | 'deny'
  | 'denyKms'
  | 'encryptionFailure'
  | 'decryptionFailure'
  | 'limitExceeded'
  | 'notVisible'
  | 'dropBefore'
  | 'dropAfter'
  | 'hang'
  | 'slow'
  | 'staleRead';

/** A fault ordered for the next calls of a service or operation; of any, if left out. */
export type AwsFault = {
  readonly service?: Service;
  readonly operation?: string;
  /** How many calls it strikes. @default 1 */
  readonly calls?: number | 'untilCancelled';
} & (
  | { readonly kind: 'slow'; readonly delayMs: number }
  | { readonly kind: Exclude<FaultKind, 'slow'> }
);

/** The ordered faults. A call is struck by the earliest order that fits it, and by no other. */
export class FaultOrders {
  readonly #orders = new Set<{ readonly fault: AwsFault; left: number }>();

  /** Returns the function that cancels what is left of the order. */
  order(fault: AwsFault): () => void {
    const { calls = 1 } = fault;
    const order = { fault, left: calls === 'untilCancelled' ? Number.POSITIVE_INFINITY : calls };
    this.#orders.add(order);
    return () => this.#orders.delete(order);
  }

  /** The fault that strikes this call; it is used up by that. */
  take({ service, operation }: Pick<AwsRequest, 'service' | 'operation'>): AwsFault | undefined {
    for (const order of this.#orders) {
      const { fault } = order;
      if ((fault.service ?? service) !== service) continue;
      if ((fault.operation ?? operation) !== operation) continue;
      order.left -= 1;
      if (order.left <= 0) this.#orders.delete(order);
      return fault;
    }
    return undefined;
  }
}
