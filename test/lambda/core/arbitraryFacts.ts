import fc from 'fast-check';
import type { Facts } from '../../../lambda/core/facts';
import { Redacted } from '../../../lambda/core/redacted';
import type { StoredTokens, StoredVersion, TokenSet } from '../../../lambda/core/tokenSet';
import {
  factsOf,
  fingerprintsOf,
  firstSecret,
  issued,
  minuteMs,
  nowMs,
  parametersOf,
  seeded,
  stagedSecret,
  versionOf,
} from './facts';

// Few names, so that the same token turns up in several places.
const tokenName = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f');
const ageMs = fc.integer({ min: -5, max: 120 }).map((minutes) => minutes * minuteMs);
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 2 });

const tokenSet: fc.Arbitrary<TokenSet> = fc
  .tuple(tokenName, ageMs)
  .map(([name, age]) => issued(name, { ageMs: age }));

const tokens: fc.Arbitrary<StoredTokens> = fc.oneof(
  { weight: 3, arbitrary: tokenSet.map((set) => ({ kind: 'issued', tokenSet: set }) as const) },
  { weight: 1, arbitrary: tokenName.map(seeded) },
  { weight: 1, arbitrary: fc.constant({ kind: 'notSeeded' } as const) },
);

const version = (stages: string[], versionId: string): fc.Arbitrary<StoredVersion> =>
  fc
    .tuple(tokens, ageMs)
    .map(([content, age]) => versionOf(content, { stages, versionId, createdAtMs: nowMs - age }));

export const otherVersions = fc
  .tuple(
    maybe(version(['AWSPENDING'], 'pending')),
    maybe(version(['AWSPREVIOUS'], 'previous')),
    fc.array(version([], 'unlabelled'), { maxLength: 3 }),
  )
  .map(([pending, previous, unlabelled]) =>
    [pending, previous, ...unlabelled].filter((found) => found !== undefined),
  );

const clientSecrets = fc.constantFrom<readonly [Redacted, ...Redacted[]]>(
  [firstSecret],
  [firstSecret, stagedSecret],
);
export const parameters = fc
  .record({
    clientSecrets,
    escrow: maybe(tokenSet),
    onBrokenChain: fc.constantFrom('reissue' as const, 'alarm' as const),
  })
  .map(parametersOf);

const verdict = fc.constantFrom('accepted' as const, 'refused' as const);
export const someTokens = fc.subarray(['a', 'b', 'c', 'd', 'e', 'f']);
export const someSecrets = fc.subarray([firstSecret, stagedSecret]);

/** Everything that a rotation may know, sensible or not. */
export const anyFacts: fc.Arbitrary<Facts> = fc
  .record({
    force: fc.boolean(),
    current: version(['AWSCURRENT'], 'current'),
    currentMayBeStale: fc.boolean(),
    parameters: maybe(parameters),
    unpublished: maybe(tokenSet),
    otherVersions: maybe(otherVersions),
    unfinished: maybe(
      fc.record({
        refreshToken: tokenName.map((name) => new Redacted(name).fingerprint),
        lastUseMs: fc
          .integer({ min: 0, max: 8 })
          .map((ageMinutes) => nowMs - ageMinutes * minuteMs),
      }),
    ),
    refusedTokens: someTokens.map((names) => fingerprintsOf(...names)),
    unexplained: maybe(fc.constant({ token: issued('a').refreshToken, clientSecret: firstSecret })),
    secretVerdicts: fc
      .tuple(maybe(verdict), maybe(verdict))
      .map(
        ([first, staged]) =>
          new Map([
            ...(first ? ([[firstSecret.fingerprint, first]] as const) : []),
            ...(staged ? ([[stagedSecret.fingerprint, staged]] as const) : []),
          ]),
      ),
    doubtedSecrets: someSecrets.map((secrets) => fingerprintsOf(...secrets)),
    repaired: fc.boolean(),
    outcome: maybe(fc.constantFrom('rotated' as const, 'recovered' as const, 'reissued' as const)),
  })
  .map(factsOf);
