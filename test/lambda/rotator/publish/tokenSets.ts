import { fingerprintOf, type HeldTokenSet } from '../../../../lambda/core/held';
import { Redacted } from '../../../../lambda/core/redacted';
import type { TokenSet } from '../../../../lambda/core/tokenSet';
import type { PublishOptions } from '../../../../lambda/rotator/publish';
import type { LocalWorld } from '../../../support/localWorld';
import { minuteMs, startMs } from '../../../support/simulatedClock';

/** A token set as it came from a clean exchange, issued when the test's clock starts. */
export const tokenSetOf = (refreshToken: string, issuedAtMs = startMs): TokenSet => ({
  accessToken: new Redacted(`access beside ${refreshToken}`.replaceAll(' ', '-')),
  refreshToken: new Redacted(refreshToken),
  issuedAtMs,
  expiresAtMs: issuedAtMs + 60 * minuteMs,
});

/** The same outside Secrets Manager. */
export const heldOf = (
  refreshToken: string,
  { issuedAtMs = startMs, ...marks }: Partial<HeldTokenSet> & { issuedAtMs?: number } = {},
): HeldTokenSet => ({
  tokenSet: tokenSetOf(refreshToken, issuedAtMs),
  open: false,
  sent: false,
  ...marks,
});

/** Of the seeded version as the one that is followed; nothing is held elsewhere. */
export const optionsOf = (
  world: LocalWorld,
  options: Partial<PublishOptions> = {},
): PublishOptions => ({
  parentVersionId: world.stored.versionOf('AWSCURRENT') ?? '',
  replacedVersionId: world.stored.versionOf('AWSCURRENT') ?? '',
  held: [],
  escrowPresent: false,
  ...options,
});

export const fingerprints = (held: readonly HeldTokenSet[]) => held.map(fingerprintOf);
