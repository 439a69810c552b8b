import { addsNothing } from '../core/decide';
import type { Facts } from '../core/facts';
import { thresholdMs } from '../core/freshness';
import { fingerprintOf, type HeldTokenSet } from '../core/held';
import { apiBaseUrls } from '../core/hosts';
import { clockToleranceMs, longestTokenLifeMs, shortestServedLifeMs } from '../core/limits';
import type { Grant } from '../core/providerAnswer';
import type { Redacted } from '../core/redacted';
import {
  apiBaseUrlsOf,
  refreshTokenIssuedAtMsOf,
  refreshTokenOf,
  type TokenSet,
} from '../core/tokenSet';
import { chainBroken } from './failures';
import { publishSet } from './publishSet';
import { parameterNamesOf, type Run } from './run';

/** Stores what a refresh, or a request for a new chain, has brought. */
export async function publishGrant(
  run: Run,
  facts: Facts,
  granted: {
    readonly grant: Grant;
    readonly sentAtMs: number;
    readonly clientSecret: Redacted;
    /** Stored again if the answer brought no refresh token of its own. */
    readonly sent: Redacted | undefined;
    readonly isOpen: boolean;
    readonly outcome: 'rotated' | 'recovered' | 'reissued';
  },
): Promise<Facts> {
  const { grant, sent, isOpen } = granted;
  const lacksSuccessor = grant.refreshToken === undefined;
  const refreshToken = grant.refreshToken ?? sent;
  if (refreshToken === undefined) throw chainBroken(run, facts);
  warnOfOddities(run, facts, granted.grant, refreshToken);
  const isSent = (held: HeldTokenSet) => fingerprintOf(held) === refreshToken.fingerprint;
  if (lacksSuccessor && addsNothing(facts)) return { ...facts, lacksSuccessor };
  const set: HeldTokenSet = {
    tokenSet: toTokenSet(run, facts, { ...granted, refreshToken }),
    open: isOpen || lacksSuccessor,
    sent: lacksSuccessor,
    // Its own token, once more, has the place that it had.
    parent: lacksSuccessor ? facts.held.find(isSent)?.parent : sent?.fingerprint,
  };
  const published = await publishSet(run, facts, set, holderOf(facts, sent)?.versionId);
  warnOfStagedSecret(run, facts, granted.clientSecret);
  const outcome =
    facts.outcome === undefined || facts.outcome === 'rotated' ? granted.outcome : facts.outcome;
  const refreshes = facts.refreshes + 1;
  // What is only parked has ended nothing: it is published, or confirmed from there.
  if (published.refusesWrites) return { ...published, refreshes, lacksSuccessor };
  return { ...published, isOwnCurrent: true, outcome, force: false, lacksSuccessor, refreshes };
}

/**
 * A stored access token stays if it lives longer than the new one does: nothing is overwritten by
 * less. If a wrong clock has dated it, nobody knows; then it stays if the new one is of no use to
 * anybody, and is dated like that.
 */
function toTokenSet(
  run: Run,
  facts: Facts,
  {
    grant,
    sentAtMs,
    sent,
    refreshToken,
  }: {
    readonly grant: Grant;
    readonly sentAtMs: number;
    readonly sent: Redacted | undefined;
    readonly refreshToken: Redacted;
  },
): TokenSet {
  const { tokens } = facts.current;
  const stored = longestLived(facts, sent);
  const granted = { ...grant, expiresAtMs: sentAtMs + grant.expiresInMs };
  const isUseless = grant.expiresInMs < shortestServedLifeMs;
  // What was issued after this, or lives longer than any, has been dated by another clock: by how much
  // that is wrong does not matter if nobody could use the new one.
  const isTooLong = stored && stored.expiresAtMs - sentAtMs > longestTokenLifeMs;
  const isMisdated = stored && (stored.issuedAtMs > sentAtMs || isTooLong);
  const trustedMs = isUseless ? clockToleranceMs : 0;
  const isStoredBetter =
    stored &&
    !isTooLong &&
    stored.issuedAtMs <= sentAtMs + trustedMs &&
    stored.expiresAtMs > granted.expiresAtMs;
  const access = isStoredBetter || (isMisdated && isUseless) ? stored : granted;
  return {
    accessToken: access.accessToken,
    ...(access.legacyToken ? { legacyToken: access.legacyToken } : {}),
    refreshToken,
    issuedAtMs: sentAtMs,
    expiresAtMs: isStoredBetter ? stored.expiresAtMs : granted.expiresAtMs,
    ...(grant.refreshToken ? {} : { refreshTokenIssuedAtMs: issueOf(refreshToken, facts) }),
    ...apiBaseUrlsOf(tokens),
    ...run.memory.endpoints,
    ...apiBaseUrls(facts.parameters?.config.authBaseUrl ?? ''),
  };
}

/**
 * Of AWSCURRENT and whatever holds the refresh token that was sent: the escrow, or a version that a
 * person may have put AWSCURRENT before.
 */
function longestLived(facts: Facts, sent: Redacted | undefined): TokenSet | undefined {
  const versions = [facts.current, holderOf(facts, sent)].flatMap((version) =>
    version?.tokens.kind === 'issued' ? version.tokens.tokenSet : [],
  );
  const held = facts.held.filter((entry) => fingerprintOf(entry) === sent?.fingerprint);
  const sets = [...versions, ...held.map(({ tokenSet }) => tokenSet)];
  return sets.sort((a, b) => b.expiresAtMs - a.expiresAtMs)[0];
}

/** When a stored refresh token was issued. */
function issueOf(refreshToken: Redacted, facts: Facts): number {
  return refreshTokenIssuedAtMsOf(holderOf(facts, refreshToken) ?? facts.current);
}

/** The version that holds a refresh token, from which descends what it brings. */
function holderOf({ current, otherVersions = [] }: Facts, token: Redacted | undefined) {
  if (token === undefined) return undefined;
  return [current, ...otherVersions].find(({ tokens }) => refreshTokenOf(tokens)?.equals(token));
}

function warnOfOddities(
  run: Run,
  { current, ...pace }: Facts,
  grant: Grant,
  refreshToken: Redacted,
): void {
  const { memory, telemetry } = run;
  if (grant.oddity) telemetry.warn('The answer is odd, and was taken', { oddity: grant.oddity });
  if (grant.refreshToken === undefined) {
    telemetry.warn('The provider gave no refresh token: it is asked for again', {
      refreshToken: refreshToken.fingerprint,
    });
  }
  if (thresholdMs(grant.expiresInMs, pace) < pace.refreshBelowMs && !memory.isShortLifeLogged) {
    memory.isShortLifeLogged = true;
    telemetry.warn('Access tokens live shorter than usual: they are renewed so much sooner', {
      lifeSeconds: Math.round(grant.expiresInMs / 1_000),
      versionId: current.versionId,
    });
  }
}

function warnOfStagedSecret(run: Run, facts: Facts, clientSecret: Redacted): void {
  if (facts.parameters?.clientSecrets[0].equals(clientSecret)) return;
  const names = parameterNamesOf(run);
  run.telemetry.count('StagedSecretUsed');
  run.telemetry.warn('The staged client secret is in use, since the first one is refused', {
    remedy: `Write the value of ${names.stagedClientSecret} to ${names.clientSecret}`,
  });
}
