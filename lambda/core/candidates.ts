import type { Facts } from './facts';
import type { Redacted } from './redacted';
import { isNewer, refreshTokenOf, type TokenSet } from './tokenSet';

/**
 * The newest token set that belongs in AWSCURRENT and is not there: parked in the escrow or in
 * this container, or left in another version (a stranded AWSPENDING).
 */
export function newerTokenSet(facts: Facts): TokenSet | undefined {
  return [...parkedTokenSets(facts), ...versionTokenSets(facts)]
    .filter((tokenSet) => isNewer(tokenSet, facts.current))
    .filter((tokenSet) => !facts.refusedTokens.has(tokenSet.refreshToken.fingerprint))
    .sort((a, b) => b.issuedAtMs - a.issuedAtMs)[0];
}

/** Refresh tokens stored anywhere but in AWSCURRENT and not known to be refused, each once. */
export function candidateTokens(facts: Facts): Redacted[] {
  const stored = [
    ...parkedTokenSets(facts).map((tokenSet) => tokenSet.refreshToken),
    ...(facts.otherVersions ?? []).map((version) => refreshTokenOf(version.tokens)),
  ];
  const byFingerprint = new Map<string, Redacted>();
  for (const token of stored) {
    if (token === undefined || facts.refusedTokens.has(token.fingerprint)) continue;
    if (!byFingerprint.has(token.fingerprint)) byFingerprint.set(token.fingerprint, token);
  }
  return [...byFingerprint.values()];
}

/**
 * A version that recovery found under AWSPENDING. Once AWSCURRENT holds all that it had, the label
 * only keeps Secrets Manager from starting its next rotation.
 */
export function strandedPendingVersion({
  otherVersions,
}: Facts): { versionId: string } | undefined {
  const pending = otherVersions?.find(({ stages }) => stages.includes('AWSPENDING'));
  return pending && { versionId: pending.versionId };
}

function parkedTokenSets({ parameters, unpublished }: Facts): TokenSet[] {
  return [unpublished, parameters?.escrow].filter((tokenSet) => tokenSet !== undefined);
}

function versionTokenSets({ otherVersions }: Facts): TokenSet[] {
  return (otherVersions ?? []).flatMap(({ tokens }) =>
    tokens.kind === 'issued' ? [tokens.tokenSet] : [],
  );
}
