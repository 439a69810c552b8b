import type { Facts, ListedVersion } from './facts';
import { aheadOf, fingerprintOf, type HeldTokenSet } from './held';
import { labels } from './labels';
import { mostUnlabelledVersionsTried, reuseWindowMs, unlabelledVersionsTried } from './limits';
import { isChildOf } from './lineage';
import type { Redacted } from './redacted';
import { refreshTokenOf, type StoredVersion } from './tokenSet';
import { isDead } from './verdicts';

/**
 * The newest token set that belongs in AWSCURRENT and is not there. What was found dead waits: a rival
 * beside it may be alive.
 */
export function aheadTokenSet(facts: Facts): HeldTokenSet | undefined {
  const isUsable = ({ tokenSet }: HeldTokenSet) =>
    !facts.refusedInRound.has(tokenSet.refreshToken.fingerprint) &&
    !facts.refusals.has(tokenSet.refreshToken.fingerprint);
  const token = refreshTokenOf(facts.current.tokens)?.fingerprint ?? '';
  const isCurrentDead = isDead(facts.refusals.get(token));
  const ahead = aheadOf(facts.current, eligibleHeld(facts).filter(isUsable), isCurrentDead);
  if (ahead === undefined) return undefined;
  // What takes the place of what was dead, or was used once more meanwhile, proves nothing before it
  // was used itself; except for what was dead, that has been done if its forerunner is held as well.
  const isSuccessor = ahead.parent === token;
  const isForerunnerHeld = facts.held.some((entry) => fingerprintOf(entry) === ahead.parent);
  const isUnproven =
    facts.mayBeUsedBetween || (isCurrentDead && (isSuccessor || !isForerunnerHeld));
  return isUnproven ? { ...ahead, open: true } : ahead;
}

/**
 * Refresh tokens stored anywhere, each once, in the order to try them: the one ahead, AWSCURRENT's,
 * rivals that are held, the forerunner of an AWSCURRENT that is open, AWSPENDING, AWSPREVIOUS, other
 * labels, the newest without one. The first two alone until the other versions were looked into: only
 * these say what a person has replaced.
 */
export function refreshTokens(facts: Facts): readonly Redacted[] {
  const newestFirst = [...eligibleHeld(facts)].sort(
    (a, b) => b.tokenSet.issuedAtMs - a.tokenSet.issuedAtMs,
  );
  const elsewhere = [
    ...newestFirst.map(({ tokenSet }) => tokenSet.refreshToken),
    ...forerunnerFirst(facts).map(({ tokens }) => refreshTokenOf(tokens)),
  ];
  const stored = [
    aheadTokenSet(facts)?.tokenSet.refreshToken,
    refreshTokenOf(facts.current.tokens),
    ...(facts.otherVersions === undefined ? [] : elsewhere),
  ];
  const byFingerprint = new Map<string, Redacted>();
  for (const token of stored) {
    if (token && !byFingerprint.has(token.fingerprint)) byFingerprint.set(token.fingerprint, token);
  }
  return [...byFingerprint.values()];
}

/** What brought an open AWSCURRENT may have been used once more since, and is given another successor. */
function forerunnerFirst(facts: Facts): readonly StoredVersion[] {
  const { versionId, text, stages } = facts.current;
  const versions = eligibleVersions(facts);
  if (!stages.includes(labels.open)) return versions;
  const current = { versionId, text: text.reveal() };
  const isForerunner = (version: StoredVersion) => isChildOf(version.versionId, current);
  return [
    ...versions.filter(isForerunner),
    ...versions.filter((version) => !isForerunner(version)),
  ];
}

/**
 * Whether a refresh token can have been used for the first time within the last 5 minutes, by its
 * place: AWSCURRENT's, the one before, and what came about lately.
 */
export function mayBeInWindow(facts: Facts, token: Redacted): boolean {
  const sinceMs = facts.nowMs - recentMs;
  const isCurrent = refreshTokenOf(facts.current.tokens)?.equals(token) ?? false;
  const isOfVersion = (facts.otherVersions ?? []).some(
    ({ tokens, stages, createdAtMs }) =>
      refreshTokenOf(tokens)?.equals(token) &&
      (stages.includes('AWSPREVIOUS') || createdAtMs > sinceMs),
  );
  const isHeld = facts.held.some(
    ({ tokenSet }) => tokenSet.refreshToken.equals(token) && tokenSet.issuedAtMs > sinceMs,
  );
  return isCurrent || isOfVersion || isHeld;
}

/** A chain that was confirmed twice within its windows, whichever clock is right. */
const recentMs = 4 * reuseWindowMs;

/** The newest other version that holds a whole token set, for an AWSCURRENT that holds nothing. */
export function newestVersion(facts: Facts): StoredVersion | undefined {
  return eligibleVersions(facts)
    .filter(({ tokens }) => tokens.kind === 'issued')
    .sort((a, b) => b.createdAtMs - a.createdAtMs)[0];
}

/**
 * The versions without a label that recovery looks into, newest first: those of the last reuse window
 * and the one before them, which was AWSCURRENT when it began, so that whatever has been used and can
 * be used again is among them. All times are by Secrets Manager's clock.
 */
export function unlabelledToTry<Version extends ListedVersion>(
  listed: readonly Version[],
): readonly Version[] {
  const sinceMs = Math.max(...listed.map(({ createdAtMs }) => createdAtMs)) - reuseWindowMs;
  const newestFirst = listed
    .filter(({ stages }) => stages.length === 0)
    .sort((a, b) => b.createdAtMs - a.createdAtMs);
  const recent = newestFirst.filter(({ createdAtMs }) => createdAtMs >= sinceMs).length;
  const wanted = Math.max(unlabelledVersionsTried, recent + 1);
  return newestFirst.slice(0, Math.min(wanted, mostUnlabelledVersionsTried));
}

/** What shows which of them belong to the present chain. */
type Stored = Pick<Facts, 'current' | 'listed' | 'listFailed' | 'otherVersions'>;

/** When a person last began a new chain, by Secrets Manager's clock. */
function seededAtMs({ listed, current }: Stored): number {
  const seeded = [current, ...(listed ?? [])].find(({ stages }) => stages.includes(labels.seeded));
  return seeded?.createdAtMs ?? Number.NEGATIVE_INFINITY;
}

/** What a person wrote wins: nothing that is older, and nothing that came of it. */
export function eligibleVersions(facts: Stored): readonly StoredVersion[] {
  return splitVersions(facts).eligible;
}

function splitVersions(facts: Stored) {
  const sinceMs = seededAtMs(facts);
  const older = (facts.listed ?? []).filter(({ createdAtMs }) => createdAtMs < sinceMs);
  const replacedIds = new Set(older.map(({ versionId }) => versionId));
  const inOrder = [...(facts.otherVersions ?? [])].sort((a, b) => a.createdAtMs - b.createdAtMs);
  for (const { versionId, createdAtMs, text } of inOrder) {
    const written = { versionId, text: text.reveal() };
    const isReplaced =
      createdAtMs < sinceMs || [...replacedIds].some((parent) => isChildOf(parent, written));
    if (isReplaced) replacedIds.add(versionId);
  }
  const all = facts.otherVersions ?? [];
  return {
    eligible: all.filter(({ versionId }) => !replacedIds.has(versionId)),
    replaced: all.filter(({ versionId }) => replacedIds.has(versionId)),
  };
}

/**
 * The same of what is held outside Secrets Manager: by the nearest ancestor that a version holds, and
 * by the clock only if there is none. Without the list nobody knows what a person has replaced:
 * then only what is known to descend.
 */
export function eligibleHeld(facts: Stored & Pick<Facts, 'held'>): readonly HeldTokenSet[] {
  const sinceMs = seededAtMs(facts);
  const { eligible, replaced } = splitVersions(facts);
  const own = tokensOf([facts.current, ...eligible]);
  const replacedTokens = tokensOf(replaced);
  const isEligible = (entry: HeldTokenSet): boolean => {
    for (const token of lineOf(entry, facts.held)) {
      if (own.has(token)) return true;
      if (replacedTokens.has(token)) return false;
    }
    return !facts.listFailed && entry.tokenSet.issuedAtMs >= sinceMs;
  };
  return facts.held.filter(isEligible);
}

/** The fingerprints of its refresh token and of all that this is known to have come from, that first. */
function* lineOf(entry: HeldTokenSet, held: readonly HeldTokenSet[]): Generator<string> {
  yield fingerprintOf(entry);
  let { parent } = entry;
  for (const _ of held) {
    if (parent === undefined) return;
    yield parent;
    parent = held.find((other) => fingerprintOf(other) === parent)?.parent;
  }
}

const tokensOf = (versions: readonly StoredVersion[]): ReadonlySet<string> =>
  new Set(versions.flatMap(({ tokens }) => refreshTokenOf(tokens)?.fingerprint ?? []));
