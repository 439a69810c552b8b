import { isRepeated } from './delivery';
import type { Facts } from './facts';
import { fingerprintOf } from './held';
import { labels } from './labels';
import {
  clockToleranceMs,
  fleetPeriodMs,
  forceNeedsAgeMs,
  longestTokenLifeMs,
  repetitionMs,
  reuseWindowMs,
  schedulerJitterMs,
  usualTokenLifeMs,
  versionBudget,
} from './limits';
import { isExtendedSet, refreshTokenOf, type StoredVersion, type TokenSet } from './tokenSet';

const has = ({ stages }: Pick<StoredVersion, 'stages'>, label: string) => stages.includes(label);

export const isOpen = (version: Pick<StoredVersion, 'stages'>) => has(version, labels.open);
export const isSent = (version: Pick<StoredVersion, 'stages'>) => has(version, labels.sent);

/** Whether AWSCURRENT's refresh token may have been sent, as its label or the escrow says. */
export function isCurrentSent({ current, held }: Pick<Facts, 'current' | 'held'>): boolean {
  if (isSent(current)) return true;
  const token = refreshTokenOf(current.tokens)?.fingerprint;
  return held.some((entry) => entry.sent && fingerprintOf(entry) === token);
}

/**
 * Whether AWSCURRENT is to be confirmed and nobody can have begun that: a mark may be in the escrow
 * alone, and a delivery that knew the token for used before went on without one.
 */
export function isUnusedOpen(facts: Facts): boolean {
  const isKnown = facts.isOwnCurrent || !(facts.escrowUnknown || facts.mayBeUsedBetween);
  return openEndOf(facts) === 'open' && !isCurrentSent(facts) && isKnown;
}

/** What the settings say of when an access token is renewed. */
export type Pace = Pick<Facts, 'refreshBelowMs' | 'tickPeriodMs'>;

/**
 * Below this much left, an access token is renewed: the setting; or, of a life that is shorter than
 * the provider's usual hour, two thirds, and no less than the next message needs to come.
 */
export function thresholdMs(lifeMs: number, { refreshBelowMs, tickPeriodMs }: Pace): number {
  if (lifeMs >= usualTokenLifeMs) return refreshBelowMs;
  return Math.min(refreshBelowMs, Math.max((lifeMs * 2) / 3, urgentMs(tickPeriodMs)));
}

/** Until the next message can have been seen to. */
const urgentMs = (tickPeriodMs: number) => tickPeriodMs + schedulerJitterMs + repetitionMs;
/** Of a shorter life, what is renewed before the next message would come more often than usual. */
const shortestUrgentLifeMs = versionBudget.usualGapMs + schedulerJitterMs + repetitionMs;

/** Whether its access tokens live too short for one rotation in 20 minutes. */
export function isShortLived({ current, ...pace }: Facts): boolean {
  if (current.tokens.kind !== 'issued') return false;
  const { issuedAtMs, expiresAtMs } = current.tokens.tokenSet;
  const lifeMs = expiresAtMs - issuedAtMs;
  return lifeMs - thresholdMs(lifeMs, pace) < versionBudget.usualGapMs;
}

/** Where a stored access token stands. */
export type Freshness =
  | 'fresh'
  /** To be renewed. */
  | 'due'
  /** Short-lived and due, though so young that renewing it costs an extra version. */
  | 'early';

/** What the clock says of AWSCURRENT's access token. */
export function freshnessOf(facts: Facts): Freshness {
  const { current, delivery } = facts;
  if (current.tokens.kind !== 'issued') return 'due';
  const { tokenSet } = current.tokens;
  // No message is delivered before it was sent: a clock that says so is behind the queue's.
  const nowMs = delivery.by === 'queue' ? Math.max(facts.nowMs, delivery.sentAtMs) : facts.nowMs;
  // A clock was wrong: what was issued in the future does not say when it expires.
  if (isFromTheFuture(tokenSet, nowMs)) return 'due';
  return freshnessAt(tokenSet, facts, nowMs, dueMarginMs(facts));
}

/**
 * An earlier delivery that another environment handled ran by another clock, and may have found due
 * what is nearly so here; the one before it, by one more. But not what was written since the message
 * was sent.
 */
function dueMarginMs({ current, delivery, mayBeUsedUnseen }: Facts): number {
  if (delivery.by === 'hand' || !mayBeUsedUnseen) return 0;
  if (current.createdAtMs > delivery.sentAtMs) return 0;
  return (delivery.receiveCount - 1) * clockToleranceMs;
}

const isFromTheFuture = ({ issuedAtMs, expiresAtMs }: TokenSet, nowMs: number) =>
  issuedAtMs - nowMs > clockToleranceMs || expiresAtMs - nowMs > longestTokenLifeMs;

function freshnessAt(
  { issuedAtMs, expiresAtMs }: TokenSet,
  pace: Pace,
  nowMs: number,
  marginMs = 0,
): Freshness {
  const leftMs = expiresAtMs - nowMs;
  const lifeMs = expiresAtMs - issuedAtMs;
  const usualMs = thresholdMs(lifeMs, pace);
  if (leftMs >= usualMs + marginMs) return 'fresh';
  const isShort = lifeMs < usualTokenLifeMs;
  // A life that nothing can bridge is not worth more than the usual pace.
  const isServed = lifeMs >= versionBudget.usualGapMs;
  const isYoung = nowMs - issuedAtMs < (isServed ? versionBudget.usualGapMs : fleetPeriodMs);
  const isUrgent = lifeMs > shortestUrgentLifeMs && leftMs < urgentMs(pace.tickPeriodMs);
  return isShort && isYoung && !isUrgent ? 'early' : 'due';
}

/** Whether AWSCURRENT has an end that is open, and can still be seen to. */
export type OpenEnd = 'none' | 'sent' | 'open';

/**
 * An open set is confirmed while its forerunner can still be used, five minutes long; a confirmation
 * that was begun may be repeated for as long again. `sent` alone, with no such set, was somebody's
 * use that nobody saw the end of: it stays until it is seen to.
 */
export function openEndOf(facts: Facts): OpenEnd {
  const { current, nowMs } = facts;
  const sent = isCurrentSent(facts);
  if (!isOpen(current)) return sent ? 'sent' : 'none';
  const isBegun = sent && !isExtendedSet(current.tokens);
  return nowMs < openUntilMs(current.createdAtMs, isBegun) ? 'open' : 'none';
}

/** Until when what came about then can be confirmed, or its confirmation repeated once it was begun. */
export function openUntilMs(sinceMs: number, isBegun: boolean): number {
  return sinceMs + (isBegun ? 2 : 1) * reuseWindowMs + clockToleranceMs / 2;
}

/** A forced rotation has nothing to do for a token set that has just been rotated. */
export function isJustIssued({ current, delivery, nowMs }: Facts): boolean {
  const isRepetition = isRepeated(delivery) || (delivery.by === 'queue' && delivery.isFollowUp);
  if (current.tokens.kind !== 'issued' || isRepetition) return false;
  const ageMs = nowMs - current.tokens.tokenSet.issuedAtMs;
  return Math.abs(ageMs) < forceNeedsAgeMs && current.tokens.tokenSet.expiresAtMs > nowMs;
}

/**
 * Whether nobody can have used AWSCURRENT's refresh token before: a message's first delivery, and
 * the message before it found nothing to do, or another version. Messages of a connection come one
 * at a time (Amazon SQS Developer Guide, "FIFO queue delivery logic").
 */
export function isFirstUse(facts: Facts): boolean {
  const { delivery, current, tickPeriodMs } = facts;
  if (delivery.by === 'hand' || delivery.isFollowUp) return false;
  if (isRepeated(delivery) || isSent(current)) return false;
  const messageBeforeMs = delivery.sentAtMs - tickPeriodMs - schedulerJitterMs;
  if (current.createdAtMs > messageBeforeMs) return true;
  if (current.tokens.kind !== 'issued') return false;
  const { tokenSet } = current.tokens;
  if (isFromTheFuture(tokenSet, facts.nowMs)) return false;
  return freshnessAt(tokenSet, facts, messageBeforeMs) !== 'due';
}
