import { aheadTokenSet, refreshTokens } from '../../../lambda/core/candidates';
import type { Facts } from '../../../lambda/core/facts';
import { versionIdOf } from '../../../lambda/core/lineage';
import type { StoredVersion, TokenSet } from '../../../lambda/core/tokenSet';
import { factsOf, versionOf } from './facts';

/** The refresh token of the set that belongs in AWSCURRENT. */
export const ahead = (overrides: Partial<Facts>) =>
  aheadTokenSet(factsOf(overrides))?.tokenSet.refreshToken.reveal();

/** The refresh tokens to try, in their order. */
export const tokens = (overrides: Partial<Facts>) =>
  refreshTokens(factsOf(overrides)).map((token) => token.reveal());

/** A version that the rotator wrote after that one. */
export function childOf(
  parent: StoredVersion,
  tokenSet: TokenSet,
  createdAtMs: number,
): StoredVersion {
  const child = versionOf(tokenSet, { stages: [], createdAtMs });
  return { ...child, versionId: versionIdOf(parent.versionId, child.text.reveal()) };
}
