import fc from 'fast-check';
import type { Delivery } from '../../../lambda/core/delivery';
import type { Facts } from '../../../lambda/core/facts';
import type { HeldTokenSet } from '../../../lambda/core/held';
import { labels } from '../../../lambda/core/labels';
import { Redacted } from '../../../lambda/core/redacted';
import type { StoredTokens, StoredVersion, TokenSet } from '../../../lambda/core/tokenSet';
import type { Refusal } from '../../../lambda/core/verdicts';
import {
  factsOf,
  fingerprint,
  fingerprintsOf,
  firstSecret,
  held,
  issued,
  listedOf,
  minuteMs,
  notSeeded,
  nowMs,
  parametersOf,
  secondMs,
  seeded,
  stagedSecret,
  versionOf,
} from './facts';

// Few names, so that the same token turns up in several places.
const tokenNames = ['a', 'b', 'c', 'd', 'e', 'f'];
const tokenName: fc.Arbitrary<string> = fc.constantFrom(...tokenNames);
const ageMs = fc.integer({ min: -15, max: 120 }).map((minutes) => minutes * minuteMs);
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 2 });
const lifeMs = fc.constantFrom(5, 10, 20, 40, 60, 60, 120).map((minutes) => minutes * minuteMs);

const tokenSet: fc.Arbitrary<TokenSet> = fc
  .record({ name: tokenName, ageMs, lifeMs, isExtended: fc.boolean() })
  .map(({ name, isExtended, ...times }) => ({
    ...issued(name, times),
    ...(isExtended ? { refreshTokenIssuedAtMs: nowMs - 2 * times.ageMs } : {}),
  }));

const tokens: fc.Arbitrary<StoredTokens> = fc.oneof(
  { weight: 4, arbitrary: tokenSet.map((set) => ({ kind: 'issued', tokenSet: set }) as const) },
  { weight: 1, arbitrary: tokenName.map(seeded) },
  { weight: 1, arbitrary: fc.constant(notSeeded) },
);

const ownLabels = fc.subarray<string>([labels.open, labels.sent, labels.seeded]);

function version(stages: readonly string[], versionId: string): fc.Arbitrary<StoredVersion> {
  const labelled = stages.includes('AWSCURRENT') ? ownLabels : fc.constant<string[]>([]);
  return fc.record({ content: tokens, age: ageMs, own: labelled }).map(({ content, age, own }) => {
    // Only a whole token set is ever published as open.
    const isOfKind = (label: string) => label !== labels.open || content.kind === 'issued';
    return versionOf(content, {
      stages: [...stages, ...own.filter(isOfKind)],
      versionId,
      createdAtMs: nowMs - Math.max(0, age),
    });
  });
}

/** The other versions, at most one of them the one that a person began the chain with. */
export const otherVersions = fc
  .record({
    pending: maybe(version(['AWSPENDING'], 'pending')),
    previous: maybe(version(['AWSPREVIOUS'], 'previous')),
    seed: maybe(version([labels.seeded], 'seed')),
    unlabelled: fc.array(version([], 'unlabelled'), { maxLength: 2 }),
  })
  .map(({ pending, previous, seed, unlabelled }) =>
    [pending, previous, seed, ...unlabelled].filter((found) => found !== undefined),
  );

const heldTokenSet: fc.Arbitrary<HeldTokenSet> = fc
  .record({ set: tokenSet, open: fc.boolean(), sent: fc.boolean(), parent: maybe(tokenName) })
  .map(({ set, parent, ...marks }) => {
    // A name that comes before: no token is its own ancestor.
    const isBefore = parent !== undefined && parent < set.refreshToken.reveal();
    return held(set, { ...marks, ...(isBefore ? { parent } : {}) });
  });
export const heldTokenSets = fc.uniqueArray(heldTokenSet, {
  maxLength: 3,
  selector: (entry) => entry.tokenSet.refreshToken.fingerprint,
});

const clientSecrets = fc.constantFrom<readonly [Redacted, ...Redacted[]]>(
  [firstSecret],
  [firstSecret, stagedSecret],
);
export const parameters = fc
  .record({
    clientSecrets,
    onBrokenChain: fc.constantFrom('reissue' as const, 'alarm' as const),
    authBaseUrl: fc.constantFrom(
      'https://a.auth.marketingcloudapis.com',
      'https://auth.exacttargetapis.com',
    ),
  })
  .map(parametersOf);

const delivery: fc.Arbitrary<Delivery> = fc.oneof(
  { weight: 1, arbitrary: fc.constant<Delivery>({ by: 'hand' }) },
  {
    weight: 4,
    arbitrary: fc
      .record({ receiveCount: fc.integer({ min: 1, max: 18 }), isFollowUp: fc.boolean() })
      .map(({ receiveCount, isFollowUp }) => ({
        by: 'queue' as const,
        receiveCount,
        sentAtMs: nowMs - (receiveCount - 1) * minuteMs,
        ...(isFollowUp ? { isFollowUp } : {}),
      })),
  },
);

/** Ages of the first and the last of some refusals, in seconds: at once, spaced, long ago. */
const refusal: fc.Arbitrary<Refusal> = fc
  .record({
    count: fc.integer({ min: 1, max: 3 }),
    lastAge: fc.constantFrom(0, 5, 30, 120, 1_200, 3_600),
    span: fc.constantFrom(0, 10, 60, 600),
    before: fc.constantFrom(0, 0, 3_600),
  })
  .map(({ count, lastAge, span, before }) => ({
    count,
    sinceMs: nowMs - (lastAge + span + before) * secondMs,
    firstAtMs: nowMs - (lastAge + (count === 1 ? 0 : span)) * secondMs,
    lastAtMs: nowMs - lastAge * secondMs,
    reason: 'HTTP 401, errorcode 1',
  }));

/** A map from the fingerprints of some tokens. */
const byToken = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<ReadonlyMap<string, T>> =>
  fc
    .array(fc.tuple(tokenName, value), { maxLength: 4 })
    .map((entries) => new Map(entries.map(([name, each]) => [fingerprint(name), each])));

const use = fc
  .record({ isDirty: fc.boolean(), age: maybe(fc.integer({ min: 0, max: 400 })) })
  .map(({ isDirty, age }) => ({
    isDirty,
    ...(age === undefined ? {} : { possiblyUsedAtMs: nowMs - age * secondMs }),
  }));

const verdict = fc.constantFrom('accepted' as const, 'refused' as const);
const secretVerdicts = fc
  .tuple(maybe(verdict), maybe(verdict))
  .map(
    ([first, staged]) =>
      new Map([
        ...(first ? ([[firstSecret.fingerprint, first]] as const) : []),
        ...(staged ? ([[stagedSecret.fingerprint, staged]] as const) : []),
      ]),
  );
export const someTokens = fc.subarray(tokenNames);
export const someSecrets = fc.subarray([firstSecret, stagedSecret]);

/** Everything that a rotation may know, sensible or not. */
export const anyFacts: fc.Arbitrary<Facts> = fc
  .record({
    delivery,
    force: fc.boolean(),
    tickPeriodMs: fc.constantFrom(5 * minuteMs, 20 * minuteMs),
    current: version(['AWSCURRENT'], 'current'),
    isRecalled: fc.boolean(),
    currentMayBeStale: fc.boolean(),
    parameters: maybe(parameters),
    parametersMissing: fc.boolean(),
    held: heldTokenSets,
    escrowUnknown: fc.boolean(),
    others: maybe(otherVersions),
    isListed: fc.boolean(),
    listFailed: fc.boolean(),
    refusesWrites: fc.boolean(),
    followUpSent: fc.boolean(),
    isOwnMark: fc.boolean(),
    markFailed: fc.boolean(),
    uses: byToken(use),
    mayBeUsedUnseen: fc.boolean(),
    isPutBackUsed: fc.boolean(),
    mayBeUsedBetween: fc.boolean(),
    refusals: byToken(refusal),
    refusedInRound: byToken(fc.integer({ min: 1, max: 2 })),
    unexplained: maybe(
      tokenName.map((name) => ({
        token: new Redacted(name),
        clientSecret: firstSecret,
        reason: 'HTTP 401, errorcode 1',
      })),
    ),
    secretVerdicts,
    doubtedSecrets: someSecrets.map((secrets) => fingerprintsOf(...secrets)),
    credentialsRefusedSinceMs: maybe(fc.constantFrom(nowMs - minuteMs, nowMs - 10 * minuteMs)),
    endpointsAsked: fc.boolean(),
    lacksSuccessor: fc.boolean(),
    refreshes: fc.integer({ min: 0, max: 5 }),
    repaired: fc.boolean(),
    outcome: maybe(fc.constantFrom('rotated' as const, 'recovered' as const, 'reissued' as const)),
  })
  .map(({ others, isListed, listFailed, ...facts }) => {
    const isLooked = others !== undefined || isListed;
    if (isListed && listFailed && others === undefined) {
      return factsOf({ ...facts, listed: [], listFailed });
    }
    return factsOf({
      ...facts,
      otherVersions: others,
      listed: isLooked ? listedOf(facts.current, ...(others ?? [])) : undefined,
    });
  });
