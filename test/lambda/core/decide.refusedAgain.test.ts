import { decide } from '../../../lambda/core/decide';
import type { Facts } from '../../../lambda/core/facts';
import type { Refusal } from '../../../lambda/core/verdicts';
import {
  deadRefusal,
  factsOf,
  fingerprint,
  firstSecret,
  issued,
  minuteMs,
  notSeeded,
  nowMs,
  pending,
  previous,
  recoverWith,
  refreshWith,
  secondMs,
  seeded,
  unlabelled,
  versionOf,
} from './facts';
import './redactedEquality';

const decideWith = (overrides: Partial<Facts>) => decide(factsOf(overrides));

const others = {
  listed: [],
  otherVersions: [
    versionOf(issued('in pending'), pending),
    versionOf(issued('in previous'), previous),
  ],
};
const refusals = (byToken: Readonly<Record<string, Refusal>>) => ({
  refusals: new Map(
    Object.entries(byToken).map(([token, refusal]) => [fingerprint(token), refusal]),
  ),
});
const onceAgo = (ageMs: number): Refusal => ({
  ...deadRefusal,
  count: 1,
  firstAtMs: nowMs - ageMs,
  lastAtMs: nowMs - ageMs,
});
/** A successor may have been lost a minute ago. */
const windowOpen = {
  uses: new Map([[fingerprint('current'), { isDirty: false, possiblyUsedAtMs: nowMs - minuteMs }]]),
};

describe('if every stored token was refused', () => {
  it('the newest one is asked about again before the others, though it counts as dead', () => {
    const refused = refusals({
      current: deadRefusal,
      'in pending': onceAgo(minuteMs),
      'in previous': onceAgo(minuteMs),
    });

    expect(decideWith({ ...others, ...windowOpen, ...refused })).toEqual(
      refreshWith('current', { isDirty: true }),
    );
  });

  it.each([
    ['refused once', onceAgo(minuteMs)],
    ['dead, which may have changed since', { ...deadRefusal, lastAtMs: nowMs - 20 * minuteMs }],
  ])('one that can be asked about at once comes before one that waits: it was %s', (_, refusal) => {
    const refused = refusals({
      current: deadRefusal,
      'in pending': onceAgo(4 * secondMs),
      'in previous': refusal,
    });

    expect(decideWith({ ...others, ...refused })).toEqual(recoverWith('in previous'));
  });
});

it('client secrets that were refused are asked about again in a window, whatever tokens there are', () => {
  const facts = {
    ...windowOpen,
    current: versionOf(notSeeded),
    otherVersions: [
      versionOf(seeded('old'), { ...unlabelled, createdAtMs: nowMs - 30 * minuteMs }),
    ],
    listed: [],
    secretVerdicts: new Map([[firstSecret.fingerprint, 'refused' as const]]),
  };

  expect(decideWith(facts)).toEqual({
    do: 'wait',
    untilMs: nowMs + 30 * secondMs,
    isRound: true,
    code: 'CredentialsRejected',
  });
});
