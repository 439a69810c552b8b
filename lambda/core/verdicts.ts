import { refusalSpacingMs, refusalsOfDeadToken, reissueSpacingMs, verdictLapsesMs } from './limits';

/** How often a refresh token was refused, in the provider's own words, with accepted credentials. */
export interface Refusal {
  readonly count: number;
  /** Milliseconds since the epoch: the first of all, and the first of this verdict. */
  readonly sinceMs: number;
  readonly firstAtMs: number;
  readonly lastAtMs: number;
  /** The HTTP status and errorcode of the last one. */
  readonly reason: string;
}

/**
 * A failing database or a proxy's own directory can refuse what is alive: one refusal is no
 * verdict, and a verdict is not forever.
 */
export function withRefusal(
  refusals: ReadonlyMap<string, Refusal>,
  fingerprint: string,
  { nowMs, reason }: { readonly nowMs: number; readonly reason: string },
): ReadonlyMap<string, Refusal> {
  const known = refusals.get(fingerprint);
  // A verdict that has lapsed is found again: one more refusal may again be about something else.
  const counted = known && isDead(known) && hasLapsed(known, nowMs) ? undefined : known;
  return new Map(refusals).set(fingerprint, {
    count: (counted?.count ?? 0) + 1,
    sinceMs: known?.sinceMs ?? nowMs,
    firstAtMs: counted?.firstAtMs ?? nowMs,
    lastAtMs: nowMs,
    reason,
  });
}

/** Whether a refresh token counts as dead. */
export function isDead(refusal: Refusal | undefined): boolean {
  return refusal !== undefined && refusal.count >= refusalsOfDeadToken;
}

/** A dead one may be asked about once more. */
export function hasLapsed(refusal: Refusal, nowMs: number): boolean {
  return nowMs - refusal.lastAtMs >= verdictLapsesMs;
}

/** A person waits: whatever counts as dead is asked about again. */
export function withVerdictsLapsed(
  refusals: ReadonlyMap<string, Refusal>,
): ReadonlyMap<string, Refusal> {
  const lapsed = [...refusals].map(
    ([token, refusal]) =>
      [
        token,
        isDead(refusal) ? { ...refusal, lastAtMs: Number.NEGATIVE_INFINITY } : refusal,
      ] as const,
  );
  return new Map(lapsed);
}

/** When a token that was refused once may be sent a second time. */
export function secondAskAtMs(refusal: Refusal, isUrgent: boolean): number {
  return isUrgent ? refusal.lastAtMs : refusal.lastAtMs + refusalSpacingMs;
}

/** Refusals far enough apart that the chain may be reissued. */
export function allowsReissue(refusal: Refusal | undefined): boolean {
  return isDead(refusal) && spanMs(refusal) >= reissueSpacingMs;
}

/** When the refusal that a reissue still wants may be asked for. */
export const reissueAskAtMs = ({ firstAtMs }: Refusal) => firstAtMs + reissueSpacingMs;

const spanMs = (refusal: Refusal | undefined) =>
  refusal === undefined ? 0 : refusal.lastAtMs - refusal.firstAtMs;
