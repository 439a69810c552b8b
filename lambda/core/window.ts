import { type Delivery, isRepeated, lifeLeftMs } from './delivery';
import type { Facts } from './facts';
import { openEndOf, openUntilMs } from './freshness';
import type { HeldTokenSet } from './held';
import { firstUseNeedsMs, reuseWindowMs, visibilityTimeoutMs } from './limits';
import { refreshTokenOf } from './tokenSet';

/**
 * Whether a refresh token may have been used whose successor is nowhere: it can be had again for 5
 * minutes after the first use, and each of them counts.
 */
export function isWindowOpen(facts: Facts): boolean {
  const { uses, nowMs, refusals, current } = facts;
  const isRunning = (sinceMs: number) => nowMs - sinceMs < reuseWindowMs;
  for (const { possiblyUsedAtMs } of uses.values()) {
    if (possiblyUsedAtMs !== undefined && isRunning(possiblyUsedAtMs)) return true;
  }
  if (facts.held.some((entry) => isHeldOpen(facts, entry))) return true;
  const openEnd = openEndOf(facts);
  // A mark of this environment's own, after which nothing was taken up, is no possible use.
  const mayBeUsed = openEnd === 'open' || (openEnd === 'sent' && !facts.isOwnMark);
  if (!mayBeUsed && !facts.mayBeUsedUnseen) return false;
  const refusal = refusals.get(refreshTokenOf(current.tokens)?.fingerprint ?? '');
  // What was refused so long ago, itself or all that it could be sent with, was used before that, if
  // it ever was.
  const refusedSinceMs = refusal?.sinceMs ?? facts.credentialsRefusedSinceMs;
  return refusedSinceMs === undefined || isRunning(refusedSinceMs);
}

/** The same of a token set in the escrow: while it can be confirmed, or its confirmation repeated. */
export function isHeldOpen(
  { nowMs, refusals }: Pick<Facts, 'nowMs' | 'refusals'>,
  { tokenSet, open, sent }: HeldTokenSet,
): boolean {
  if (!open || refusals.has(tokenSet.refreshToken.fingerprint)) return false;
  return nowMs < openUntilMs(tokenSet.issuedAtMs, sent);
}

/**
 * Whether a first use would have to be left alone: should its answer be lost, the message would not
 * be delivered for as long as the token can be used again. Another message comes.
 */
export function leavesFirstUse(facts: Facts): boolean {
  const { delivery, nowMs } = facts;
  return lifeLeftMs(delivery, nowMs) < firstUseNeedsMs && !isWindowOpen(facts);
}

/** For how many deliveries a use at the first one can matter: 5 minutes, as the last one begins. */
const deliveriesInWindow = reuseWindowMs / visibilityTimeoutMs + 1;

/** Whether the next delivery may come too late for what the first one has used. */
export const mayBeLastInWindow = (delivery: Delivery): boolean =>
  delivery.by === 'queue' && delivery.receiveCount >= deliveriesInWindow - 1;

/**
 * Whether an earlier delivery of this message may have used a refresh token without a mark.
 *
 * @param isFollowed whether this environment has handled every delivery of the message so far
 */
export function mayBeUsedUnseen(
  { delivery, nowMs }: Pick<Facts, 'delivery' | 'nowMs'>,
  isFollowed: boolean,
): boolean {
  if (delivery.by === 'hand' || !isRepeated(delivery) || isFollowed) return false;
  const { receiveCount, sentAtMs } = delivery;
  const firstTakenAtMs = nowMs - (receiveCount - 1) * visibilityTimeoutMs;
  // One that was nearly over by then has begun nothing.
  const couldBegin =
    lifeLeftMs({ by: 'queue', receiveCount: 1, sentAtMs }, firstTakenAtMs) >= firstUseNeedsMs;
  return couldBegin && receiveCount <= deliveriesInWindow;
}
