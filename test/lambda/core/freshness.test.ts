import type { Delivery } from '../../../lambda/core/delivery';
import type { Facts } from '../../../lambda/core/facts';
import {
  freshnessOf,
  isCurrentSent,
  isJustIssued,
  isOpen,
  isSent,
  isShortLived,
  isUnusedOpen,
  openEndOf,
  thresholdMs,
} from '../../../lambda/core/freshness';
import { labels } from '../../../lambda/core/labels';
import {
  byHand,
  factsOf,
  held,
  hourMs,
  issued,
  minuteMs,
  nowMs,
  secondDelivery,
  secondMs,
  seeded,
  versionOf,
} from './facts';

const dayMs = 24 * hourMs;
/** Goes on with what a direct invocation may have begun. */
const followUp: Delivery = { by: 'queue', receiveCount: 1, sentAtMs: nowMs, isFollowUp: true };
const opened = ['AWSCURRENT', labels.open];
const marked = ['AWSCURRENT', labels.sent];
const openedAndMarked = [...opened, labels.sent];

const openedAt = (createdAtMs: number) =>
  versionOf(issued('current'), { stages: opened, createdAtMs });

/** An access token of a life in seconds, with so much of it left. */
const lived = (lifeSeconds: number, leftMs: number) =>
  versionOf(
    issued('current', {
      lifeMs: lifeSeconds * secondMs,
      ageMs: lifeSeconds * secondMs - leftMs,
    }),
  );

/** Of a message every 5 minutes. */
const pace = (refreshBelowSeconds: number) => ({
  refreshBelowMs: refreshBelowSeconds * secondMs,
  tickPeriodMs: 5 * minuteMs,
});

describe('the threshold below which a token is renewed', () => {
  it.each([
    [1_200, 800],
    [2_400, 1_600],
    [3_600, 2_400],
    [7_200, 2_400],
  ])('of a life of %d seconds is %d, by a setting of 2400', (life, expected) => {
    expect(thresholdMs(life * secondMs, pace(2_400))).toBe(expected * secondMs);
  });

  it.each([60, 2_400, 3_500])(
    'is the setting, %d seconds, for the usual life of an hour',
    (set) => {
      expect(thresholdMs(3_600 * secondMs, pace(set))).toBe(set * secondMs);
    },
  );

  it('is two thirds of a life that is shorter by a moment', () => {
    expect(thresholdMs(3_600 * secondMs - 3, pace(3_000))).toBe(2_400 * secondMs - 2);
  });

  it('is the setting if that is less than two thirds of the life', () => {
    expect(thresholdMs(3_600 * secondMs, pace(600))).toBe(600 * secondMs);
    expect(thresholdMs(2_400 * secondMs, pace(600))).toBe(600 * secondMs);
  });

  it('is never below what the next message and its repetition need', () => {
    const fleet = { refreshBelowMs: 2_700 * secondMs, tickPeriodMs: 20 * minuteMs };

    expect(thresholdMs(1_200 * secondMs, fleet)).toBe(22.5 * minuteMs);
    expect(thresholdMs(600 * secondMs, pace(2_400))).toBe(7.5 * minuteMs);
  });
});

describe('a stored access token', () => {
  const freshness = (overrides: Partial<Facts>) => freshnessOf(factsOf(overrides));

  it.each([3_600, 7_200])('of %d seconds is due below 40 minutes, to the millisecond', (life) => {
    expect(freshness({ current: lived(life, 40 * minuteMs) })).toBe('fresh');
    expect(freshness({ current: lived(life, 40 * minuteMs - 1) })).toBe('due');
  });

  it('is due at two thirds of a life that is shorter than an hour', () => {
    const short = { refreshBelowMs: 40 * minuteMs };

    expect(freshness({ ...short, current: lived(2_700, 30 * minuteMs) })).toBe('fresh');
    expect(freshness({ ...short, current: lived(2_700, 30 * minuteMs - 1) })).toBe('due');
  });

  it.each([1_200, 2_400])(
    'of %d seconds is early until it is 15 minutes old: renewing it costs an extra version',
    (life) => {
      const atAge = (ageMs: number) =>
        freshness({ current: versionOf(issued('current', { lifeMs: life * secondMs, ageMs })) });
      const thirdMs = (life * secondMs) / 3;

      expect(atAge(thirdMs)).toBe('fresh');
      expect(atAge(thirdMs + 1)).toBe('early');
      expect(atAge(15 * minuteMs)).toBe('due');
    },
  );

  it('is early no more with less than 7.5 minutes left, should its life be over 17.5 minutes', () => {
    const leaving = (lifeSeconds: number, leftMs: number) =>
      freshness({ current: lived(lifeSeconds, leftMs) });

    expect(leaving(1_200, 7.5 * minuteMs)).toBe('early');
    expect(leaving(1_200, 7.5 * minuteMs - 1)).toBe('due');
    expect(leaving(1_051, 6 * minuteMs)).toBe('due');
    expect(leaving(1_050, 6 * minuteMs)).toBe('early');
    expect(leaving(600, 3 * minuteMs)).toBe('early');
  });

  it('of a short life is not due at each message, however little the setting wants left', () => {
    const setting = { refreshBelowMs: minuteMs };

    expect(freshness({ ...setting, current: lived(300, 0) })).toBe('early');
    expect(freshness({ ...setting, current: lived(600, minuteMs) })).toBe('fresh');
    expect(freshness({ ...setting, current: lived(2_400, minuteMs - 1) })).toBe('due');
  });

  it('of a life that no pace could serve is early for 20 minutes, then due', () => {
    const atAge = (ageMs: number, lifeMs = minuteMs) =>
      freshness({ current: versionOf(issued('current', { ageMs, lifeMs })) });

    expect(atAge(15 * minuteMs)).toBe('early');
    expect(atAge(20 * minuteMs - 1)).toBe('early');
    expect(atAge(20 * minuteMs)).toBe('due');
    expect(atAge(20 * minuteMs - 1, 15 * minuteMs - 1)).toBe('early');
    expect(atAge(15 * minuteMs, 15 * minuteMs)).toBe('due');
  });

  it('is due if there is none', () => {
    expect(freshness({ current: versionOf(seeded('first')) })).toBe('due');
  });

  it('is due once it has expired, however it came so far', () => {
    expect(freshness({ current: lived(3_600, 0) })).toBe('due');
    expect(freshness({ current: lived(3_600, -dayMs) })).toBe('due');
  });

  it('is due if it was issued more than 10 minutes in the future: a clock was wrong', () => {
    const issuedIn = (ms: number) => versionOf(issued('current', { ageMs: -ms }));

    expect(freshness({ current: issuedIn(10 * minuteMs) })).toBe('fresh');
    expect(freshness({ current: issuedIn(10 * minuteMs + 1) })).toBe('due');
    expect(freshness({ current: issuedIn(3 * hourMs) })).toBe('due');
  });

  it('is due if it would live for more than a day', () => {
    const expiringIn = (ms: number) => versionOf({ ...issued('current'), expiresAtMs: nowMs + ms });

    expect(freshness({ current: expiringIn(dayMs) })).toBe('fresh');
    expect(freshness({ current: expiringIn(dayMs + 1) })).toBe('due');
  });

  it('is as old as its message says at least, by whatever clock: it was sent before', () => {
    const freshnessAt = (sentAtMs: number) => {
      const delivery = { by: 'queue', receiveCount: 1, sentAtMs } as const;
      return freshness({ current: lived(3_600, 43 * minuteMs), delivery });
    };

    expect(freshnessAt(nowMs - minuteMs)).toBe('fresh');
    expect(freshnessAt(nowMs + 3 * minuteMs)).toBe('fresh');
    expect(freshnessAt(nowMs + 4 * minuteMs)).toBe('due');
  });

  it('is due 10 minutes sooner with each delivery that another environment had: their clocks differ', () => {
    const repeated = (receiveCount: number, leftMs: number) =>
      freshness({
        current: lived(3_600, leftMs),
        delivery: { by: 'queue', receiveCount, sentAtMs: nowMs - minuteMs },
        mayBeUsedUnseen: true,
      });

    expect(repeated(2, 50 * minuteMs)).toBe('fresh');
    expect(repeated(2, 50 * minuteMs - 1)).toBe('due');
    expect(repeated(3, 60 * minuteMs)).toBe('fresh');
    expect(repeated(3, 60 * minuteMs - 1)).toBe('due');
  });

  it('is due no sooner to an environment that has had every delivery so far', () => {
    const followed = (leftMs: number) =>
      freshness({ current: lived(3_600, leftMs), delivery: secondDelivery });

    expect(followed(40 * minuteMs)).toBe('fresh');
    expect(followed(40 * minuteMs - 1)).toBe('due');
  });

  it('is due no sooner to a repetition if it was written since the message was sent', () => {
    const sentAtMs = nowMs - minuteMs;
    const repeated = (createdAtMs: number) => {
      const current = { ...lived(3_600, 50 * minuteMs - 1), createdAtMs };
      return freshness({ current, delivery: secondDelivery, mayBeUsedUnseen: true });
    };

    expect(repeated(sentAtMs)).toBe('due');
    expect(repeated(sentAtMs + 1)).toBe('fresh');
  });
});

describe('a connection whose tokens live short', () => {
  it.each([
    [1_200, true],
    [2_400, true],
    [2_699, true],
    [2_700, false],
    [3_600, false],
  ])('is one whose tokens of %d seconds are due before they are 15 minutes old: %s', (life, is) => {
    expect(isShortLived(factsOf({ current: lived(life, 0) }))).toBe(is);
  });

  it('is not one that nothing is known about yet', () => {
    expect(isShortLived(factsOf({ current: versionOf(seeded('first')) }))).toBe(false);
  });
});

describe('the marks on AWSCURRENT', () => {
  it('are two labels', () => {
    expect([isOpen({ stages: opened }), isSent({ stages: opened })]).toEqual([true, false]);
    expect([isOpen({ stages: marked }), isSent({ stages: marked })]).toEqual([false, true]);
    expect([isOpen({ stages: ['AWSCURRENT'] }), isSent({ stages: [] })]).toEqual([false, false]);
  });

  it('may be in the escrow while Secrets Manager takes no label', () => {
    const current = versionOf(issued('current'));
    const sent = held('current', { sent: true });

    expect(isCurrentSent({ current, held: [] })).toBe(false);
    expect(isCurrentSent({ current, held: [held('other', { sent: true }), sent] })).toBe(true);
    expect(isCurrentSent({ current, held: [held('current')] })).toBe(false);
    expect(isCurrentSent({ current, held: [held('other', { sent: true })] })).toBe(false);
    expect(
      isCurrentSent({ current: versionOf(issued('current'), { stages: marked }), held: [] }),
    ).toBe(true);
  });

  it('say that an open end is unused if the escrow could be read, or if it is of this invocation', () => {
    const current = openedAt(nowMs - minuteMs);
    const unused = factsOf({ current });
    const sent = [held('current', { sent: true })];

    expect(isUnusedOpen(unused)).toBe(true);
    expect(isUnusedOpen({ ...unused, escrowUnknown: true })).toBe(false);
    expect(isUnusedOpen({ ...unused, isOwnCurrent: true, escrowUnknown: true })).toBe(true);
    expect(isUnusedOpen({ ...unused, held: sent })).toBe(false);
    expect(isUnusedOpen({ ...unused, isOwnCurrent: true, held: sent })).toBe(false);
    expect(isUnusedOpen({ ...unused, current: versionOf(issued('current')) })).toBe(false);
  });

  it('do not say that a set is unused which can be confirmed no more: that one is used without a mark', () => {
    const lastMs = nowMs - 10 * minuteMs;

    expect(isUnusedOpen(factsOf({ current: openedAt(lastMs + 1) }))).toBe(true);
    expect(isUnusedOpen(factsOf({ current: openedAt(lastMs) }))).toBe(false);
  });
});

describe('an end of AWSCURRENT', () => {
  const endOf = (stages: readonly string[], ageMs: number, tokenSet = issued('current')) =>
    openEndOf(
      factsOf({ current: versionOf(tokenSet, { stages, createdAtMs: nowMs - ageMs }), held: [] }),
    );

  it('is not open without a label', () => {
    expect(endOf(['AWSCURRENT'], 0)).toBe('none');
  });

  it('that is open is confirmed for 5 minutes, and as long again for clocks that differ', () => {
    expect(endOf(opened, 0)).toBe('open');
    expect(endOf(opened, 10 * minuteMs - 1)).toBe('open');
    expect(endOf(opened, 10 * minuteMs)).toBe('none');
  });

  it('that was begun to be confirmed is gone on with for 5 minutes more', () => {
    expect(endOf(openedAndMarked, 15 * minuteMs - 1)).toBe('open');
    expect(endOf(openedAndMarked, 15 * minuteMs)).toBe('none');
  });

  it('of an exchange without a successor has the window of that exchange alone', () => {
    const extended = { ...issued('current'), refreshTokenIssuedAtMs: nowMs - hourMs };

    expect(endOf(openedAndMarked, 10 * minuteMs - 1, extended)).toBe('open');
    expect(endOf(openedAndMarked, 10 * minuteMs, extended)).toBe('none');
  });

  it('of a token that may have been sent stays until it is seen to', () => {
    expect(endOf(marked, 0)).toBe('sent');
    expect(endOf(marked, 700 * dayMs)).toBe('sent');
  });

  it('is known from the escrow too', () => {
    const current = versionOf(issued('current'));

    expect(openEndOf(factsOf({ current, held: [held('current', { sent: true })] }))).toBe('sent');
  });
});

describe('a token set that has just been rotated', () => {
  const justIssued = (ageMs: number, overrides: Partial<Facts> = {}) =>
    isJustIssued(factsOf({ current: versionOf(issued('current', { ageMs })), ...overrides }));

  it('is younger than a minute, by clocks that may differ by as much', () => {
    expect(justIssued(0)).toBe(true);
    expect(justIssued(minuteMs - 1)).toBe(true);
    expect(justIssued(minuteMs)).toBe(false);
    expect(justIssued(-minuteMs + 1)).toBe(true);
    expect(justIssued(-minuteMs)).toBe(false);
  });

  it('is not one whose access token has expired', () => {
    const expired = versionOf(issued('current', { ageMs: 2 * secondMs, lifeMs: 2 * secondMs }));

    expect(justIssued(0, { current: expired })).toBe(false);
  });

  it('is not a refresh token that a person has just seeded', () => {
    expect(justIssued(0, { current: versionOf(seeded('first')) })).toBe(false);
  });

  it('is not looked for by a repetition, which must see to what the delivery before began', () => {
    expect(justIssued(0, { delivery: secondDelivery })).toBe(false);
    expect(justIssued(0, { delivery: followUp })).toBe(false);
    expect(justIssued(0, { delivery: byHand })).toBe(true);
  });
});
