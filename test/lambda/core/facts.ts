import type { ConnectionParameters, Facts } from '../../../lambda/core/facts';
import { Redacted } from '../../../lambda/core/redacted';
import type { StoredTokens, StoredVersion, TokenSet } from '../../../lambda/core/tokenSet';

export const minuteMs = 60_000;
export const nowMs = Date.UTC(2026, 10, 24, 8);
export const refreshBelowMs = 40 * minuteMs;

export const firstSecret = new Redacted('first secret');
export const stagedSecret = new Redacted('staged secret');

/** A token set that was issued `ageMs` ago for an hour: half an hour is left of it by default. */
export function issued(refreshToken: string, { ageMs = 30 * minuteMs } = {}): TokenSet {
  return {
    accessToken: new Redacted(`access beside ${refreshToken}`),
    refreshToken: new Redacted(refreshToken),
    issuedAtMs: nowMs - ageMs,
    expiresAtMs: nowMs - ageMs + 60 * minuteMs,
  };
}

export function seeded(refreshToken: string): Extract<StoredTokens, { kind: 'seeded' }> {
  return { kind: 'seeded', refreshToken: new Redacted(refreshToken) };
}

/** A version of the secret; AWSCURRENT unless another label is given. */
export function versionOf(
  content: TokenSet | StoredTokens,
  { stages = ['AWSCURRENT'], createdAtMs = nowMs - 30 * minuteMs, versionId = 'version' } = {},
): StoredVersion {
  const tokens: StoredTokens = 'kind' in content ? content : { kind: 'issued', tokenSet: content };
  return { versionId, stages, createdAtMs, tokens };
}

/** What Parameter Store holds: one client secret and no escrow unless said otherwise. */
export function parametersOf(
  overrides: Partial<ConnectionParameters> & { onBrokenChain?: 'reissue' | 'alarm' } = {},
): ConnectionParameters {
  const { onBrokenChain = 'alarm', ...rest } = overrides;
  return {
    config: {
      authBaseUrl: 'https://a.auth.marketingcloudapis.com',
      clientId: 'id',
      onBrokenChain,
    },
    clientSecrets: [firstSecret],
    escrow: undefined,
    escrowPresent: rest.escrow !== undefined,
    ...rest,
  };
}

/** The facts of a plain rotation that is due, its parameters read; a test names what differs. */
export function factsOf(overrides: Partial<Facts> = {}): Facts {
  return {
    nowMs,
    refreshBelowMs,
    force: false,
    current: versionOf(issued('current')),
    currentMayBeStale: false,
    parameters: parametersOf(),
    unpublished: undefined,
    otherVersions: undefined,
    unfinished: undefined,
    refusedTokens: new Set(),
    unexplained: undefined,
    secretVerdicts: new Map(),
    doubtedSecrets: new Set(),
    repaired: false,
    outcome: undefined,
    ...overrides,
  };
}

/** Fingerprints, as the sets of {@link Facts} hold them. */
export function fingerprintsOf(...values: (string | Redacted)[]): Set<string> {
  return new Set(
    values.map((value) => (typeof value === 'string' ? new Redacted(value) : value).fingerprint),
  );
}

/** What a decision to refresh looks like. */
export const refreshWith = (
  refreshToken: string,
  outcome: 'rotated' | 'recovered' = 'rotated',
  clientSecret = firstSecret,
) => ({ do: 'refresh', refreshToken: new Redacted(refreshToken), clientSecret, outcome });

/** A token set issued after, and one issued before, the one in AWSCURRENT. */
export const newer = issued('newer', { ageMs: 20 * minuteMs });
export const older = issued('older', { ageMs: 90 * minuteMs });

export const pending = { stages: ['AWSPENDING'], versionId: 'pending' };
export const previous = { stages: ['AWSPREVIOUS'], versionId: 'previous' };
export const unlabelled = { stages: [], versionId: 'unlabelled' };
