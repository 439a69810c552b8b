import { refreshTokens } from '../../../lambda/core/candidates';
import type { Delivery } from '../../../lambda/core/delivery';
import type { ConnectionParameters, Facts, ListedVersion } from '../../../lambda/core/facts';
import type { HeldTokenSet } from '../../../lambda/core/held';
import { reissueSpacingMs } from '../../../lambda/core/limits';
import { Redacted } from '../../../lambda/core/redacted';
import {
  refreshTokenOf,
  type StoredTokens,
  type StoredVersion,
  serializeTokenSet,
  type TokenSet,
} from '../../../lambda/core/tokenSet';
import { isDead, type Refusal } from '../../../lambda/core/verdicts';

export const secondMs = 1_000;
export const minuteMs = 60 * secondMs;
export const hourMs = 60 * minuteMs;
export const nowMs = Date.UTC(2026, 10, 24, 8);
const refreshBelowMs = 40 * minuteMs;

export const firstSecret = new Redacted('first-secret');
export const stagedSecret = new Redacted('staged-secret');

/** A message that is delivered for the first time, and one whose first delivery failed. */
export const firstDelivery: Delivery = { by: 'queue', receiveCount: 1, sentAtMs: nowMs };
export const secondDelivery: Delivery = {
  by: 'queue',
  receiveCount: 2,
  sentAtMs: nowMs - minuteMs,
};
export const byHand: Delivery = { by: 'hand' };

/**
 * A token set that was issued `ageMs` ago for an hour. By default it has been due for two minutes,
 * so that the message before this one found nothing to do.
 */
export function issued(
  refreshToken: string,
  { ageMs = 22 * minuteMs, lifeMs = hourMs } = {},
): TokenSet {
  return {
    accessToken: new Redacted(`access-of-${refreshToken}`),
    refreshToken: new Redacted(refreshToken),
    issuedAtMs: nowMs - ageMs,
    expiresAtMs: nowMs - ageMs + lifeMs,
  };
}

export function seeded(refreshToken: string): Extract<StoredTokens, { kind: 'seeded' }> {
  return { kind: 'seeded', refreshToken: new Redacted(refreshToken) };
}

export const notSeeded: StoredTokens = { kind: 'notSeeded' };

/** A version of the secret; AWSCURRENT unless another label is given. */
export function versionOf(
  content: TokenSet | StoredTokens,
  {
    stages = ['AWSCURRENT'],
    createdAtMs = nowMs - 22 * minuteMs,
    versionId = 'version',
  }: { stages?: readonly string[]; createdAtMs?: number; versionId?: string } = {},
): StoredVersion {
  const tokens: StoredTokens = 'kind' in content ? content : { kind: 'issued', tokenSet: content };
  return { versionId, stages, createdAtMs, tokens, text: new Redacted(textOf(tokens)) };
}

function textOf(tokens: StoredTokens): string {
  if (tokens.kind === 'issued') return serializeTokenSet(tokens.tokenSet);
  return JSON.stringify(
    tokens.kind === 'seeded' ? { refreshToken: tokens.refreshToken.reveal() } : {},
  );
}

/** As Secrets Manager lists them. */
export const listedOf = (...versions: readonly StoredVersion[]): readonly ListedVersion[] =>
  versions.map(({ versionId, stages, createdAtMs }) => ({ versionId, stages, createdAtMs }));

/** A token set outside Secrets Manager, of an exchange that was clean; `parent` is a token. */
export function held(
  content: TokenSet | string,
  marks: { open?: boolean; sent?: boolean; parent?: string; ageMs?: number } = {},
): HeldTokenSet {
  const { open = false, sent = false, parent, ageMs = 20 * minuteMs } = marks;
  return {
    tokenSet: typeof content === 'string' ? issued(content, { ageMs }) : content,
    open,
    sent,
    parent: parent === undefined ? undefined : fingerprint(parent),
  };
}

/** What Parameter Store holds: one client secret, and a chain that is not reissued. */
export function parametersOf({
  onBrokenChain = 'alarm',
  clientSecrets = [firstSecret],
  authBaseUrl = 'https://a.auth.marketingcloudapis.com',
}: Partial<ConnectionParameters> & {
  onBrokenChain?: 'reissue' | 'alarm';
  authBaseUrl?: string;
} = {}): ConnectionParameters {
  return { config: { authBaseUrl, clientId: 'id', onBrokenChain }, clientSecrets };
}

/** The facts of a plain rotation that is due, its parameters read; a test names what differs. */
export function factsOf(overrides: Partial<Facts> = {}): Facts {
  return {
    nowMs,
    refreshBelowMs,
    tickPeriodMs: 5 * minuteMs,
    delivery: firstDelivery,
    force: false,
    current: versionOf(issued('current')),
    isOwnCurrent: false,
    isPutBackUsed: false,
    isRecalled: false,
    currentMayBeStale: false,
    parameters: parametersOf(),
    parametersMissing: false,
    held: [],
    escrowPresent: false,
    escrowUnknown: false,
    listed: undefined,
    listFailed: false,
    otherVersions: undefined,
    refusesWrites: false,
    followUpSent: false,
    isOwnMark: false,
    markFailed: false,
    uses: new Map(),
    mayBeUsedUnseen: false,
    mayBeUsedBetween: false,
    refusals: new Map(),
    refusedInRound: new Map(),
    isInHaste: false,
    unexplained: undefined,
    lastRefusal: undefined,
    secretVerdicts: new Map(),
    doubtedSecrets: new Set(),
    credentialsRefusedSinceMs: undefined,
    endpointsAsked: false,
    lacksSuccessor: false,
    refreshes: 0,
    repaired: false,
    outcome: undefined,
    ...overrides,
  };
}

export const fingerprint = (value: string | Redacted) =>
  (typeof value === 'string' ? new Redacted(value) : value).fingerprint;

/** Fingerprints, as the sets of {@link Facts} hold them. */
export function fingerprintsOf(...values: (string | Redacted)[]): Set<string> {
  return new Set(values.map(fingerprint));
}

/** Two refusals, the last one just now, and far enough apart for all that a refusal may be for. */
export const deadRefusal: Refusal = {
  count: 2,
  sinceMs: nowMs - 2 * reissueSpacingMs,
  firstAtMs: nowMs - 2 * reissueSpacingMs,
  lastAtMs: nowMs,
  reason: 'HTTP 401, errorcode 1',
};

/** Each of these refresh tokens was refused as given, twice if nothing is. */
export function refusing(
  tokens: readonly string[],
  refusal: Partial<Refusal> = {},
): Pick<Facts, 'refusals'> {
  const { firstAtMs: sinceMs = deadRefusal.sinceMs } = refusal;
  const refused = { ...deadRefusal, sinceMs, ...refusal };
  return { refusals: new Map(tokens.map((token) => [fingerprint(token), refused])) };
}

/** Each of these was refused so that it counts as dead, in this round of requests. */
export const dead = (...tokens: string[]): Pick<Facts, 'refusals' | 'refusedInRound'> => ({
  ...refusing(tokens),
  refusedInRound: new Map(tokens.map((token) => [fingerprint(token), 2])),
});

export const currentTokenOf = ({ current }: Facts) => refreshTokenOf(current.tokens)?.fingerprint;

/** Stored refresh tokens that are not known to be dead. */
export const undead = (facts: Facts) =>
  refreshTokens(facts).filter((token) => !isDead(facts.refusals.get(token.fingerprint)));

/** What a decision to refresh looks like. */
export const refreshWith = (
  refreshToken: string,
  {
    outcome = 'rotated',
    clientSecret = firstSecret,
    isDirty = false,
  }: { outcome?: 'rotated' | 'recovered'; clientSecret?: Redacted; isDirty?: boolean } = {},
) => ({ do: 'refresh', refreshToken: new Redacted(refreshToken), clientSecret, isDirty, outcome });

/** The same with a token that is not AWSCURRENT's: whoever sent it before, nobody knows. */
export const recoverWith = (refreshToken: string, clientSecret = firstSecret) =>
  refreshWith(refreshToken, { outcome: 'recovered', clientSecret, isDirty: true });

export const pending = { stages: ['AWSPENDING'], versionId: 'pending' };
export const previous = { stages: ['AWSPREVIOUS'], versionId: 'previous' };
export const unlabelled = { stages: [], versionId: 'unlabelled' };
