import type { Delivery } from '../../../lambda/core/delivery';
import type { Facts } from '../../../lambda/core/facts';
import { isFirstUse } from '../../../lambda/core/freshness';
import { labels } from '../../../lambda/core/labels';
import {
  byHand,
  factsOf,
  hourMs,
  issued,
  minuteMs,
  nowMs,
  secondDelivery,
  secondMs,
  seeded,
  versionOf,
} from './facts';

/** Goes on with what a direct invocation may have begun. */
const followUp: Delivery = { by: 'queue', receiveCount: 1, sentAtMs: nowMs, isFollowUp: true };
const marked = ['AWSCURRENT', labels.sent];

describe("AWSCURRENT's refresh token is unused for certain", () => {
  const dueSince = (ms: number) => versionOf(issued('current', { ageMs: 20 * minuteMs + ms }));
  const isFirst = (overrides: Partial<Facts>) => isFirstUse(factsOf(overrides));
  const createdBefore = { createdAtMs: nowMs - hourMs };

  it('if the message before found nothing to do, and this is the first delivery', () => {
    expect(isFirst({ current: dueSince(minuteMs) })).toBe(true);
    expect(isFirst({ current: dueSince(5 * minuteMs) })).toBe(true);
  });

  it('but not if it was due to the message before, which came up to 6 minutes ago', () => {
    const current = (ms: number) => ({ ...dueSince(ms), ...createdBefore });

    expect(isFirst({ current: current(6 * minuteMs) })).toBe(true);
    expect(isFirst({ current: current(6 * minuteMs + 1) })).toBe(false);
  });

  it('by the time at which the message was sent, however late it comes', () => {
    const current = { ...dueSince(14 * minuteMs), ...createdBefore };
    const sentAgo = (ms: number): Delivery => ({
      by: 'queue',
      receiveCount: 1,
      sentAtMs: nowMs - ms,
    });

    expect(isFirst({ current, delivery: sentAgo(8 * minuteMs) })).toBe(true);
    expect(isFirst({ current, delivery: sentAgo(8 * minuteMs - 1) })).toBe(false);
  });

  it('by the period at which messages come: 20 minutes in a fleet', () => {
    const current = { ...dueSince(19 * minuteMs), ...createdBefore };

    expect(isFirst({ current, tickPeriodMs: 20 * minuteMs })).toBe(true);
    expect(isFirst({ current, tickPeriodMs: 5 * minuteMs })).toBe(false);
  });

  it('if the version came about after the message before', () => {
    const current = (ageMs: number) => versionOf(seeded('first'), { createdAtMs: nowMs - ageMs });

    expect(isFirst({ current: current(6 * minuteMs - 1) })).toBe(true);
    expect(isFirst({ current: current(6 * minuteMs) })).toBe(false);
  });

  it('if it is fresh and a person wants it rotated, since no message has touched it', () => {
    const fresh = { ...versionOf(issued('current', { ageMs: 10 * minuteMs })), ...createdBefore };

    expect(isFirst({ current: fresh, force: true })).toBe(true);
    expect(isFirst({ current: { ...dueSince(7 * minuteMs), ...createdBefore }, force: true })).toBe(
      false,
    );
  });

  it.each([
    ['a message is repeated', { delivery: secondDelivery }],
    ['it is asked for by hand', { delivery: byHand }],
    [
      'it is asked for by hand, though it is fresh',
      { delivery: byHand, force: true, current: versionOf(issued('current', { ageMs: 0 })) },
    ],
    ['another invocation may have begun', { delivery: followUp }],
    [
      'it is marked as sent',
      { current: versionOf(issued('current'), { stages: marked, createdAtMs: nowMs }) },
    ],
    [
      'its times are of a clock that is wrong',
      { current: versionOf(issued('current', { ageMs: -11 * minuteMs }), createdBefore) },
    ],
    [
      'it would live for more than a day',
      { current: versionOf(issued('current', { lifeMs: 25 * hourMs }), createdBefore) },
    ],
  ])('but not if %s', (_, overrides) => {
    expect(isFirst(overrides)).toBe(false);
  });

  it('of a short life from when it is renewed: by its own threshold, and not before 15 minutes', () => {
    const current = (ageMs: number) => ({
      ...versionOf(issued('current', { lifeMs: 40 * minuteMs, ageMs })),
      ...createdBefore,
    });

    // The message before came 6 minutes ago at the earliest.
    expect(isFirst({ current: current(21 * minuteMs - secondMs) })).toBe(true);
    expect(isFirst({ current: current(21 * minuteMs + secondMs) })).toBe(false);
  });
});
