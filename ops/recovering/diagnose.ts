import {
  isNewer,
  issuedAtMsOf,
  refreshTokenOf,
  type StoredVersion,
  type TokenSet,
} from '../../lambda/core/tokenSet';
import { type Findings, type FoundVersion, isCurrent } from './findings';

/** What is the matter with a connection's chain. */
export type Diagnosis =
  | { readonly kind: 'ok' }
  | { readonly kind: 'noSecret' }
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

/** Tells what is the matter, from the rotator's point of view: its own rules say what it tries. */
export function diagnose(findings: Findings): Diagnosis {
  const { secretExists, versions, clientSecrets, refused, lastError, config } = findings;
  if (!secretExists) return { kind: 'noSecret' };
  const found = versions.find(isCurrent);
  if (found && found.tokens === undefined) return malformed(findings, found);
  const current: StoredVersion = stored(found) ?? unvalued;
  const fingerprints = storedFingerprints(findings);
  if (fingerprints.length === 0) return { kind: 'notSeeded' };
  if (clientSecrets.length === 0) return { kind: 'clientSecretMissing' };

  const currentIsValid = isValid(current, findings.nowMs);
  const newer = newerElsewhere(findings, current);
  if (newer) return { kind: 'parked', where: newer, currentIsValid };

  const error = lastError && lastError.atMs > issuedAtMsOf(current) ? lastError : undefined;
  if (areClientSecretsRefused(findings, error?.code)) return { kind: 'clientSecretRefused' };

  const untried = fingerprints.filter((fingerprint) => !refused.has(fingerprint));
  const isRefused = !untried.includes(refreshTokenOf(current.tokens)?.fingerprint ?? '');
  if (!isRefused && error && !chainErrors.has(error.code)) return { kind: 'failing' };
  if (!isRefused && currentIsValid && error?.code !== 'ChainBroken') return { kind: 'ok' };
  if (untried.length > 0) return { kind: 'untried', fingerprints: untried };
  const isReissuedByFunction =
    config.onBrokenChain === 'reissue' && lastError?.code !== 'ChainBroken';
  return { kind: 'broken', isReissuedByFunction };
}

/** Codes that speak of the chain or its credentials. */
const chainErrors = new Set(['ChainBroken', 'CredentialsRejected', 'NotSeeded']);

const unvalued: StoredVersion = {
  versionId: '',
  stages: [],
  createdAtMs: 0,
  tokens: { kind: 'notSeeded' },
};

function stored(version: FoundVersion | undefined): StoredVersion | undefined {
  if (version?.tokens === undefined) return undefined;
  return { ...version, tokens: version.tokens };
}

function isValid({ tokens }: StoredVersion, nowMs: number): boolean {
  return tokens.kind === 'issued' && tokens.tokenSet.expiresAtMs > nowMs;
}

/** Of every refresh token that the function would try, each once. */
function storedFingerprints({ versions, escrow }: Findings): string[] {
  const tokens = [
    ...versions
      .filter(({ isTried }) => isTried)
      .map(({ tokens }) => (tokens ? refreshTokenOf(tokens) : undefined)),
    ...(escrow === undefined || escrow === 'unreadable' ? [] : [escrow.refreshToken]),
  ];
  return [...new Set(tokens.flatMap((token) => token?.fingerprint ?? []))];
}

/** Where the newest token set stands that belongs in AWSCURRENT and is not there. */
function newerElsewhere(findings: Findings, current: StoredVersion): string | undefined {
  const { versions, escrow, refused } = findings;
  const elsewhere: { where: string; tokenSet: TokenSet }[] = [
    ...(escrow && escrow !== 'unreadable' ? [{ where: 'the escrow', tokenSet: escrow }] : []),
    ...versions.flatMap(({ versionId, tokens, isTried }) =>
      isTried && tokens?.kind === 'issued' && versionId !== current.versionId
        ? [{ where: `the version ${versionId}`, tokenSet: tokens.tokenSet }]
        : [],
    ),
  ];
  return elsewhere
    .filter(({ tokenSet }) => isNewer(tokenSet, current))
    .filter(({ tokenSet }) => !refused.has(tokenSet.refreshToken.fingerprint))
    .sort((a, b) => b.tokenSet.issuedAtMs - a.tokenSet.issuedAtMs)[0]?.where;
}

/** By Marketing Cloud's answer, or else by what the function has met. */
function areClientSecretsRefused({ clientSecrets }: Findings, code: string | undefined): boolean {
  const verdicts = clientSecrets.map(({ verdict }) => verdict);
  if (verdicts.includes('accepted')) return false;
  return verdicts.includes('not asked') ? code === 'CredentialsRejected' : true;
}

function malformed({ versions }: Findings, { versionId }: FoundVersion): Diagnosis {
  const good = versions
    .flatMap((version) => stored(version) ?? [])
    .filter(({ tokens }) => tokens.kind === 'issued')
    .sort((a, b) => issuedAtMsOf(b) - issuedAtMsOf(a))[0];
  return { kind: 'malformed', versionId, goodVersionId: good?.versionId };
}
