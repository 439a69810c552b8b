import { candidateTokens, newerTokenSet, strandedPendingVersion } from './candidates';
import type { RotationErrorCode } from './errors';
import type { Facts } from './facts';
import { longestTokenLifeMs, reuseWindowMs } from './limits';
import type { Redacted } from './redacted';
import { refreshTokenOf, type TokenSet } from './tokenSet';

export type Outcome = 'fresh' | 'rotated' | 'recovered' | 'reissued';

/** The next single effect of a rotation. */
export type Decision =
  | { readonly do: 'finish'; readonly outcome: Outcome }
  | { readonly do: 'readParameters' }
  | { readonly do: 'readCurrent' }
  | { readonly do: 'readOtherVersions' }
  | { readonly do: 'publish'; readonly tokenSet: TokenSet }
  | { readonly do: 'removePendingLabel'; readonly versionId: string }
  | { readonly do: 'probeCredentials'; readonly clientSecret: Redacted }
  | {
      readonly do: 'refresh';
      readonly refreshToken: Redacted;
      readonly clientSecret: Redacted;
      readonly outcome: 'rotated' | 'recovered';
    }
  | { readonly do: 'reissue'; readonly clientSecret: Redacted }
  | { readonly do: 'fail'; readonly code: RotationErrorCode };

/**
 * What to do next, given all that is known: the whole of the rotation's rules, in their order.
 *
 * - A fresh AWSCURRENT ends the rotation after one read.
 * - Nothing is sent to the provider before config, client secret and AWSCURRENT were read.
 * - What is known to be stored elsewhere and newer is published before any refresh token is spent.
 *   The escrow is always known by then; other versions are looked into once a token is refused.
 * - A 401 is explained before it is acted upon: a winner is adopted, then bad credentials are told
 *   from a dead token, then every other stored refresh token is tried.
 */
export function decide(facts: Facts): Decision {
  const outcome = reachedOutcome(facts);
  if (outcome !== undefined) {
    const stranded = strandedPendingVersion(facts);
    return stranded ? { do: 'removePendingLabel', ...stranded } : { do: 'finish', outcome };
  }
  const seeded = refreshTokenOf(facts.current.tokens) !== undefined;
  if (!seeded && facts.otherVersions === undefined) return { do: 'readOtherVersions' };
  if (facts.parameters === undefined) return { do: 'readParameters' };
  if (!seeded && !isStoredElsewhere(facts)) return { do: 'fail', code: 'NotSeeded' };

  if (facts.currentMayBeStale) return { do: 'readCurrent' };
  const newer = newerTokenSet(facts);
  if (newer) return { do: 'publish', tokenSet: newer };

  if (facts.unexplained) {
    return { do: 'probeCredentials', clientSecret: facts.unexplained.clientSecret };
  }
  const clientSecret = nextClientSecret(facts);
  if (clientSecret === undefined) return { do: 'fail', code: 'CredentialsRejected' };
  if (needsProbe(facts, clientSecret)) return { do: 'probeCredentials', clientSecret };

  return nextRefresh(facts, clientSecret);
}

function nextRefresh(facts: Facts, clientSecret: Redacted): Decision {
  const current = refreshTokenOf(facts.current.tokens);
  if (current && !facts.refusedTokens.has(current.fingerprint)) {
    const outcome = facts.repaired ? 'recovered' : 'rotated';
    return { do: 'refresh', refreshToken: current, clientSecret, outcome };
  }
  if (facts.otherVersions === undefined) return { do: 'readOtherVersions' };
  const [refreshToken] = candidateTokens(facts);
  if (refreshToken) return { do: 'refresh', refreshToken, clientSecret, outcome: 'recovered' };

  if (facts.parameters?.config.onBrokenChain === 'reissue') return { do: 'reissue', clientSecret };
  return { do: 'fail', code: 'ChainBroken' };
}

function isStoredElsewhere({ otherVersions, unpublished, parameters }: Facts): boolean {
  return (otherVersions ?? []).length > 0 || (unpublished ?? parameters?.escrow) !== undefined;
}

function reachedOutcome(facts: Facts): Outcome | undefined {
  if (facts.outcome !== undefined) return facts.outcome;
  const done = !facts.force && isFresh(facts) && !isHalfDone(facts);
  if (!done) return undefined;
  return facts.repaired ? 'recovered' : 'fresh';
}

/**
 * However fresh it looks: AWSCURRENT is behind what this container holds, or its refresh token has
 * been sent and its successor lost, which can be had again only within 5 minutes of the first use.
 * That may have been the last one: nothing tells whether the provider took those before.
 */
function isHalfDone(facts: Facts): boolean {
  if (newerTokenSet(facts) !== undefined) return true;
  const { unfinished, current, nowMs } = facts;
  return (
    unfinished !== undefined &&
    unfinished.refreshToken === refreshTokenOf(current.tokens)?.fingerprint &&
    nowMs < unfinished.lastUseMs + reuseWindowMs
  );
}

/** Enough of the access token's life is left, and not more than a token can have. */
function isFresh({ current, nowMs, refreshBelowMs }: Facts): boolean {
  if (current.tokens.kind !== 'issued') return false;
  const leftMs = current.tokens.tokenSet.expiresAtMs - nowMs;
  return leftMs >= refreshBelowMs && leftMs <= longestTokenLifeMs;
}

/** The first secret not refused in this invocation; those that were never doubted come first. */
function nextClientSecret(facts: Facts): Redacted | undefined {
  const usable = (facts.parameters?.clientSecrets ?? []).filter(
    (secret) => facts.secretVerdicts.get(secret.fingerprint) !== 'refused',
  );
  return usable.find((secret) => !facts.doubtedSecrets.has(secret.fingerprint)) ?? usable[0];
}

function needsProbe(facts: Facts, clientSecret: Redacted): boolean {
  const { fingerprint } = clientSecret;
  if (facts.secretVerdicts.get(fingerprint) === 'accepted') return false;
  return facts.doubtedSecrets.has(fingerprint) || facts.secretVerdicts.size > 0;
}
