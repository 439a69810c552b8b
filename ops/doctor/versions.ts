import { dayMs, isoTime, relativeTime } from '../times';
import { type Check, type Finding, fail, notRead, ok, skip, warn } from './check';
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
