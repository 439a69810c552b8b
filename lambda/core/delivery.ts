import { clockToleranceMs, messageLifeMs, mostReceives, visibilityTimeoutMs } from './limits';

/** How an invocation was asked for. */
export type Delivery =
  /** By a person's direct invocation, or by Secrets Manager's own rotation. */
  { readonly by: 'hand' } | QueueDelivery;

/** By a message of the connection's group in the FIFO queue. */
export interface QueueDelivery {
  readonly by: 'queue';
  /** 1 at the first delivery. */
  readonly receiveCount: number;
  /** Milliseconds since the epoch. */
  readonly sentAtMs: number;
  /** It goes on with what another invocation may have begun: its first delivery is no first use. */
  readonly isFollowUp?: boolean;
}

/** How long the queue goes on delivering the message should it fail, in milliseconds. */
export function lifeLeftMs(delivery: Delivery, nowMs: number): number {
  if (delivery.by === 'hand') return Number.POSITIVE_INFINITY;
  return Math.min(
    delivery.sentAtMs + messageLifeMs - nowMs,
    (mostReceives - delivery.receiveCount) * visibilityTimeoutMs,
  );
}

/**
 * Whether it came with a message that is older than the queue keeps any: then a clock is wrong, and
 * when it was sent says nothing.
 */
export const isMisdated = (delivery: Delivery, nowMs: number): delivery is QueueDelivery =>
  delivery.by === 'queue' && nowMs - delivery.sentAtMs > messageLifeMs + clockToleranceMs;

/** As this clock would have dated it. Whether its token was used meanwhile is not to be told. */
export const datedAnew = (delivery: QueueDelivery, nowMs: number): QueueDelivery => ({
  ...delivery,
  sentAtMs: nowMs - (delivery.receiveCount - 1) * visibilityTimeoutMs,
  isFollowUp: true,
});

/** Whether the queue has delivered this message before. */
export const isRepeated = (delivery: Delivery) =>
  delivery.by === 'queue' && delivery.receiveCount > 1;
