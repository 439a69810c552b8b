import { eligibleHeld } from '../../../lambda/core/candidates';
import { aheadOf, fingerprintOf } from '../../../lambda/core/held';
import { issuedAtMsOf, refreshTokenOf, type StoredVersion } from '../../../lambda/core/tokenSet';
import { heldIn } from '../../connection/parameters';
import { nothingStored } from '../../connection/secret';
import { type ChainFacts, type FoundVersion, isCurrent, storedVersion } from './facts';

/** What is the matter with a connection's chain. */
export type Diagnosis =
  | { readonly kind: 'ok' }
  | { readonly kind: 'noSecret' }
  /** It is scheduled for deletion, and can be taken back whole. */
  | { readonly kind: 'deleted' }
  /** AWSCURRENT cannot be understood. */
  | {
      readonly kind: 'malformed';
      readonly versionId: string;
      /** The version with the newest token set. */
      readonly goodVersionId: string | undefined;
    }
  | { readonly kind: 'notSeeded' }
  | { readonly kind: 'clientSecretMissing' }
  /** A later token set than AWSCURRENT's waits elsewhere; the function publishes it itself. */
  | { readonly kind: 'parked'; readonly where: string; readonly currentIsValid: boolean }
  | { readonly kind: 'clientSecretRefused' }
  /** The last rotation failed for a reason outside the chain. */
  | { readonly kind: 'failing' }
  /** Refresh tokens are stored that nobody has seen refused. */
  | { readonly kind: 'untried'; readonly fingerprints: readonly string[] }
  /** Every stored refresh token is refused. */
  | { readonly kind: 'broken'; readonly isReissuedByFunction: boolean };

/** Says what is the matter, from the rotator's point of view: its own rules say what it tries. */
export function diagnose(facts: ChainFacts): Diagnosis {
  const { secret, versions, clientSecrets, refused, lastError, config } = facts;
  if (secret !== 'there') return { kind: secret === 'missing' ? 'noSecret' : 'deleted' };
  const found = versions.find(isCurrent);
  if (found && found.tokens === undefined) return malformed(facts, found);
  const current = found ? storedVersion(found) : nothingStored;
  const fingerprints = storedFingerprints(facts);
  if (fingerprints.length === 0) return { kind: 'notSeeded' };
  if (clientSecrets.length === 0) return { kind: 'clientSecretMissing' };

  const currentIsValid = isValid(current, facts.nowMs);
  const newer = newerElsewhere(facts, current);
  if (newer) return { kind: 'parked', where: newer, currentIsValid };

  const error = lastError && lastError.atMs > issuedAtMsOf(current) ? lastError : undefined;
  if (areClientSecretsRefused(facts, error?.code)) return { kind: 'clientSecretRefused' };

  const untried = fingerprints.filter((fingerprint) => !refused.has(fingerprint));
  const isRefused = !untried.includes(refreshTokenOf(current.tokens)?.fingerprint ?? '');
  if (!isRefused && error && !chainErrors.has(error.code)) return { kind: 'failing' };
  if (!isRefused && currentIsValid && error?.code !== 'ChainBroken') return { kind: 'ok' };
  if (untried.length > 0) return { kind: 'untried', fingerprints: untried };
  return { kind: 'broken', isReissuedByFunction: config.onBrokenChain === 'reissue' };
}

/** Codes that speak of the chain or its credentials. */
const chainErrors = new Set(['ChainBroken', 'CredentialsRejected', 'NotSeeded']);

function isValid({ tokens }: StoredVersion, nowMs: number): boolean {
  return tokens.kind === 'issued' && tokens.tokenSet.expiresAtMs > nowMs;
}

/** Of every refresh token that the function would try, each once. */
function storedFingerprints({ versions, escrow }: ChainFacts): string[] {
  const tokens = [
    ...versions
      .filter(({ isTried }) => isTried)
      .map(({ tokens }) => (tokens ? refreshTokenOf(tokens) : undefined)),
    ...heldIn(escrow).map(({ tokenSet }) => tokenSet.refreshToken),
  ];
  return [...new Set(tokens.flatMap((token) => token?.fingerprint ?? []))];
}

/**
 * Where the newest token set stands that belongs in AWSCURRENT and is not there: in the escrow, or,
 * for an AWSCURRENT that holds nothing, in another version.
 */
function newerElsewhere(facts: ChainFacts, current: StoredVersion): string | undefined {
  const { versions, escrow, refused } = facts;
  const otherVersions = versions.filter((version) => !isCurrent(version)).map(storedVersion);
  const listed = versions;
  const held = eligibleHeld({
    current,
    listed,
    listFailed: false,
    otherVersions,
    held: heldIn(escrow),
  });
  const usable = held.filter((each) => !refused.has(fingerprintOf(each)));
  if (aheadOf(current, usable)) return 'the escrow';
  if (refreshTokenOf(current.tokens)) return undefined;
  const newest = versions
    .filter(({ isTried, tokens }) => isTried && tokens?.kind === 'issued')
    .filter(({ tokens }) => !refused.has((tokens && refreshTokenOf(tokens)?.fingerprint) ?? ''))
    .sort((a, b) => b.createdAtMs - a.createdAtMs)[0];
  return newest && `the version ${newest.versionId}`;
}

/** By Marketing Cloud's answer, or else by what the function has met. */
function areClientSecretsRefused({ clientSecrets }: ChainFacts, code: string | undefined): boolean {
  const verdicts = clientSecrets.map(({ verdict }) => verdict);
  if (verdicts.includes('accepted')) return false;
  return verdicts.includes('not asked') ? code === 'CredentialsRejected' : true;
}

function malformed({ versions }: ChainFacts, { versionId }: FoundVersion): Diagnosis {
  const good = versions
    .map(storedVersion)
    .filter(({ tokens }) => tokens.kind === 'issued')
    .sort((a, b) => issuedAtMsOf(b) - issuedAtMsOf(a))[0];
  return { kind: 'malformed', versionId, goodVersionId: good?.versionId };
}
