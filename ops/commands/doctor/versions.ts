import type { ConnectionConfig } from '../../../lambda/core/connection';
import { labels } from '../../../lambda/core/labels';
import { mostVersions } from '../../../lambda/core/limits';
import { attempt, mapConcurrent, type Reading } from '../../connection/reading';
import { findConnections } from '../../connection/registry';
import type { Context } from '../../context';
import { dayMs, isoTime, relativeTime, timeText } from '../../terminal/text';
import { type Check, type CheckResult, fail, notRead, ok, ops, skip, warn } from './check';
import type { DoctorFacts } from './facts';

/** At {@link mostVersions} that are younger than 24 hours, Secrets Manager takes no further one. */
const warnVersions = 80;
const failVersions = 95;

export function versionChecks(facts: DoctorFacts): Check[] {
  return [
    { id: 'pending', title: 'AWSPENDING', ...pendingFinding(facts) },
    { id: 'open-end', title: 'open end', ...openEndFinding(facts) },
    { id: 'versions', title: 'versions', ...countFinding(facts) },
  ];
}

function pendingFinding({ versions, nowMs }: DoctorFacts): CheckResult {
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

function openEndFinding({ name, token, secret, nowMs }: DoctorFacts): CheckResult {
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

function countFinding({ versions, nowMs }: DoctorFacts): CheckResult {
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

/** Refresh tokens of a connection, by fingerprint. */
export interface Holder {
  readonly name: string;
  readonly fingerprints: Reading<ReadonlySet<string>>;
}

/** Pages of the registry, and connections of one package, that are looked at for the sake of one. */
const mostPages = 5;
const mostOthers = 20;
const width = 5;

/** Other connections of the same package: its refresh tokens are of no use to any other. */
export async function otherHolders(
  context: Context,
  name: string,
  config: ConnectionConfig | undefined,
): Promise<readonly Holder[]> {
  if (config === undefined) return [];
  const found = await attempt('ssm:GetParametersByPath', () => findConnections(context, mostPages));
  const others = (found.known ? found.value : []).filter(
    (other) => other.name !== name && other.config?.clientId === config.clientId,
  );
  return mapConcurrent(others.slice(0, mostOthers), width, async (other) => ({
    name: other.name,
    fingerprints: await context.region.connection(other.name).fingerprints.reading(),
  }));
}

/** Finds, for each connection, the others that have one of its refresh tokens. */
export function twinFindings(all: readonly Holder[]): (holder: Holder) => CheckResult {
  const holdersOf = new Map<string, Set<string>>();
  for (const { name, fingerprints } of all) {
    for (const fingerprint of fingerprints.known ? fingerprints.value : []) {
      const holders = holdersOf.get(fingerprint) ?? new Set();
      holdersOf.set(fingerprint, holders.add(name));
    }
  }
  return ({ name, fingerprints }) => {
    if (!fingerprints.known) return skip('Its versions could not be read.');
    const names = new Set(
      [...fingerprints.value].flatMap((each) => [...(holdersOf.get(each) ?? [])]),
    );
    names.delete(name);
    return twinFinding(name, [...names]);
  };
}

function twinFinding(name: string, [twin, ...more]: readonly string[]): CheckResult {
  if (twin === undefined) return ok('no other connection that was looked at has its refresh token');
  const names = [name, twin, ...more].map((each) => `"${each}"`).join(' and ');
  return fail(
    `${names} have one and the same refresh token: one login was seeded into each. It works once, so ` +
      'that each rotation of the one breaks the chain of the other.',
    `Keep one of them. For the other, log in again, then: ${ops(`seed ${twin} --replace --jwt`)}`,
  );
}
