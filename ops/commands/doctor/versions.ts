import { labels } from '../../../lambda/core/labels';
import { dayMs, isoTime, relativeTime, timeText } from '../../terminal/text';
import { type Check, type Finding, fail, notRead, ok, ops, skip, warn } from './check';
import type { Observed } from './observe';

/**
 * "Secrets Manager doesn't delete versions created less than 24 hours ago" and keeps about 100
 * (Secrets Manager user guide, "Quotas"): at that many, it takes no further one.
 */
const mostVersions = 100;
const warnVersions = 80;
const failVersions = 95;

export function versionChecks(observed: Observed): Check[] {
  return [
    { id: 'pending', title: 'AWSPENDING', ...pendingFinding(observed) },
    { id: 'open-end', title: 'open end', ...openEndFinding(observed) },
    { id: 'versions', title: 'versions', ...countFinding(observed) },
  ];
}

function pendingFinding({ versions, nowMs }: Observed): Finding {
  if (!versions.known) return skip('The versions could not be listed.');
  const pending = versions.value.find(
    ({ stages }) => stages.includes('AWSPENDING') && !stages.includes('AWSCURRENT'),
  );
  if (pending === undefined) return ok('on no version of its own');
  const { versionId, createdAtMs } = pending;
  return warn(
    `It is on version ${versionId} of ${isoTime(createdAtMs)} (${relativeTime(createdAtMs, nowMs)}).`,
    "Nothing while Secrets Manager's own rotation is under way. One left behind goes with the next recovery; if it stays, check secretsmanager:UpdateSecretVersionStage.",
  );
}

/** A rotation sees to an open end within minutes. */
const openEndMs = 15 * 60_000;

function openEndFinding({ name, token, secret, nowMs }: Observed): Finding {
  if (!token.known || token.value.kind !== 'stored') return skip('There is no token set.');
  const { stages, createdAtMs } = token.value.version;
  const found = [labels.open, labels.sent].filter((label) => stages.includes(label));
  if (found.length === 0) return ok('none: its refresh token is unused');
  const changedAtMs = (secret.known ? secret.value?.changedAtMs : undefined) ?? createdAtMs;
  const sinceMs = Math.max(createdAtMs, changedAtMs);
  const what = `AWSCURRENT has ${found.join(' and ')} since ${timeText(sinceMs, nowMs)}`;
  if (nowMs - sinceMs <= openEndMs) return ok(`${what}: the next tick sees to it`);
  return warn(
    `${what}: its refresh token may have been used, and nobody has seen to that.`,
    `See "function", "schedule" and "versions" here; then: ${ops(`rotate ${name}`)}`,
  );
}

function countFinding({ versions, nowMs }: Observed): Finding {
  if (!versions.known) return notRead(versions);
  const kept = versions.value.filter(
    ({ stages, createdAtMs }) => stages.length > 0 || nowMs - createdAtMs < dayMs,
  ).length;
  const what = `${kept} of ${mostVersions} that cannot be deleted: labelled, or younger than 24 h`;
  if (kept < warnVersions) return ok(`${what} (${versions.value.length} in all)`);
  const remedy =
    'At 100 Secrets Manager takes no token set. Each becomes deletable after 24 hours: force no rotation until then, and let REFRESH_BELOW_SECONDS be 2700 at most.';
  return kept < failVersions ? warn(`${what}.`, remedy) : fail(`${what}.`, remedy);
}
