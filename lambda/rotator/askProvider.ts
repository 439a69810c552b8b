import { addsNothing, type Decision } from '../core/decide';
import type { Facts } from '../core/facts';
import { openEndOf } from '../core/freshness';
import { providerAttemptMs, publishReserveMs } from '../core/limits';
import { isChildOf } from '../core/lineage';
import type { Redacted } from '../core/redacted';
import { refreshTokenOf, type StoredVersion } from '../core/tokenSet';
import type { TokenRequest } from '../effects/provider';
import { exchange } from './exchange';
import { publishGrant } from './grant';
import { withRefusedToken, withVerdict } from './learn';
import { mostInUse } from './memory';
import { leftMs, type Run } from './run';

/** Asks with the client credentials alone, which shows whether they or a refresh token were refused. */
export async function probeCredentials(
  run: Run,
  facts: Facts,
  clientSecret: Redacted,
): Promise<Facts> {
  // Without a refresh token the answer depends on the client credentials alone.
  const answer = await exchange(run, tokenRequest(facts, clientSecret, { offline: false }));
  const accepted = answer.kind === 'granted';
  const explained = facts.unexplained?.clientSecret.equals(clientSecret)
    ? facts.unexplained
    : undefined;
  const judged = withVerdict(run, facts, clientSecret, answer);
  if (!explained) return judged;
  const rest = { ...judged, unexplained: undefined };
  return accepted ? withRefusedToken(run, rest, explained.token, explained.reason) : rest;
}

/** Sends a refresh token and publishes what it brings; a refusal is left to be explained. */
export async function refresh(
  run: Run,
  facts: Facts,
  decision: Extract<Decision, { do: 'refresh' }>,
): Promise<Facts> {
  const { refreshToken, clientSecret, isDirty, outcome } = decision;
  const request = { ...tokenRequest(facts, clientSecret, { offline: true }), refreshToken };
  noteUse(run, facts, refreshToken);
  const askAttempts = addsNothing(facts) ? { askForRefreshTokenAttempts: 1 } : {};
  const answer = await exchange(run, request, askAttempts);
  if (answer.kind === 'granted') {
    const use = { isDirty, possiblyUsedAtMs: answer.sentAtMs };
    const used = {
      ...facts,
      uses: new Map(facts.uses).set(refreshToken.fingerprint, use),
      unexplained: undefined,
    };
    return publishGrant(run, withVerdict(run, used, clientSecret, answer), {
      ...answer,
      clientSecret,
      sent: refreshToken,
      isOpen: isDirty || !answer.isOnlyUse,
      outcome,
    });
  }
  const uses = new Map(facts.uses).set(refreshToken.fingerprint, {
    isDirty,
    ...facts.uses.get(refreshToken.fingerprint),
    ...(answer.possiblyUsedAtMs === undefined ? {} : { possiblyUsedAtMs: answer.possiblyUsedAtMs }),
  });
  const stale = { ...facts, uses, currentMayBeStale: true };
  // What a round refuses first is always explained: a secret may expire after it was accepted.
  const isAccepted = facts.secretVerdicts.get(clientSecret.fingerprint) === 'accepted';
  if (isAccepted && facts.refusedInRound.size > 0) {
    return withRefusedToken(run, stale, refreshToken, answer.reason);
  }
  // Remembered before it is explained: should the probe fail, the next invocation begins with it.
  run.memory.doubtedSecrets = new Set([...run.memory.doubtedSecrets, clientSecret.fingerprint]);
  return {
    ...stale,
    unexplained: { token: refreshToken, clientSecret, reason: answer.reason },
    isInHaste: isInHaste(run, stale),
  };
}

/**
 * Whether an open end is refused by a provider so slow that there is no time to find out why it
 * refuses, to ask once more, and then to use a forerunner.
 */
function isInHaste(run: Run, facts: Facts): boolean {
  const { attempts, providerMs } = run.progress;
  const paceMs = providerMs / attempts;
  const isSlow = paceMs > providerAttemptMs;
  const isPressed = leftMs(run) - publishReserveMs < 3 * paceMs;
  return isSlow && isPressed && openEndOf(facts) === 'open';
}

/**
 * What a delivery that cannot read the secret begins from: AWSCURRENT, the version that was used, and
 * those that they came of. What a person has replaced is not among them.
 */
function noteUse({ memory }: Run, { current, otherVersions = [] }: Facts, token: Redacted): void {
  const used = otherVersions.filter(({ tokens }) => refreshTokenOf(tokens)?.equals(token));
  const noted = [current, ...used];
  for (const version of memory.inUse) {
    const isNoted = noted.some(({ versionId }) => versionId === version.versionId);
    if (!isNoted && noted.some((later) => isForerunner(version, later))) noted.push(version);
  }
  memory.inUse = noted.slice(0, mostInUse);
}

const isForerunner = ({ versionId }: StoredVersion, later: StoredVersion) =>
  isChildOf(versionId, { versionId: later.versionId, text: later.text.reveal() });

/** Begins a new chain with the client credentials. */
export async function reissue(run: Run, facts: Facts, clientSecret: Redacted): Promise<Facts> {
  const answer = await exchange(run, tokenRequest(facts, clientSecret, { offline: true }));
  if (answer.kind === 'refused') return withVerdict(run, facts, clientSecret, answer);
  return publishGrant(run, withVerdict(run, facts, clientSecret, answer), {
    ...answer,
    clientSecret,
    sent: undefined,
    isOpen: false,
    outcome: 'reissued',
  });
}

function tokenRequest(
  facts: Facts,
  clientSecret: Redacted,
  { offline }: { offline: boolean },
): TokenRequest {
  const { authBaseUrl = '', clientId = '' } = facts.parameters?.config ?? {};
  return { authBaseUrl, clientId, clientSecret, offline };
}
