import type { ListedVersion } from './facts';
import { shortLifeExtra, versionBudget } from './limits';

const { mostExtra, most, reserve, mostOfShortLives, usualGapMs, windowMs } = versionBudget;

/**
 * Versions are what a confirmation costs: Secrets Manager keeps 100 and removes none younger than
 * 24 hours (AWS Secrets Manager User Guide, "Quotas").
 */
export function mayConfirm(
  listed: readonly ListedVersion[],
  nowMs: number,
  { isShortLived, isBegun }: { readonly isShortLived: boolean; readonly isBegun: boolean },
): boolean {
  const { all, extra } = recentVersions(listed, nowMs);
  const more = isBegun ? reserve : 0;
  return extra < mostExtra + more && all < (isShortLived ? mostOfShortLives : most + more);
}

/** Whether a short-lived token may be renewed sooner than at the usual pace. */
export function mayHurry(listed: readonly ListedVersion[], nowMs: number): boolean {
  const { all, extra } = recentVersions(listed, nowMs);
  return extra < shortLifeExtra && all < most;
}

/** Of the last 24 hours: all, and those that came soon after the one before. */
function recentVersions(listed: readonly ListedVersion[], nowMs: number) {
  const times = listed.map(({ createdAtMs }) => createdAtMs).sort((a, b) => a - b);
  const isRecent = (timeMs: number) => timeMs > nowMs - windowMs;
  const extra = times.filter((timeMs, at) => {
    const beforeMs = times[at - 1] ?? Number.NEGATIVE_INFINITY;
    return isRecent(timeMs) && timeMs - beforeMs < usualGapMs;
  });
  return { all: times.filter(isRecent).length, extra: extra.length };
}
