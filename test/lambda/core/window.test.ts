import type { Delivery } from '../../../lambda/core/delivery';
import type { Facts } from '../../../lambda/core/facts';
import { labels } from '../../../lambda/core/labels';
import { isWindowOpen, leavesFirstUse, mayBeUsedUnseen } from '../../../lambda/core/window';
import {
  byHand,
  factsOf,
  fingerprint,
  firstDelivery,
  held,
  issued,
  minuteMs,
  notSeeded,
  nowMs,
  refusing,
  secondDelivery,
  versionOf,
} from './facts';

const isOpen = (overrides: Partial<Facts>) => isWindowOpen(factsOf(overrides));
const usedAgo = (ageMs: number, token = 'current') => ({
  uses: new Map([[fingerprint(token), { isDirty: false, possiblyUsedAtMs: nowMs - ageMs }]]),
});
const sent = versionOf(issued('current'), { stages: ['AWSCURRENT', labels.sent] });
const open = versionOf(issued('current', { ageMs: minuteMs }), {
  stages: ['AWSCURRENT', labels.open],
  createdAtMs: nowMs - minuteMs,
});

describe('a window in which a successor can be had again', () => {
  it('is not open if nothing was sent', () => {
    expect(isOpen({})).toBe(false);
  });

  it('is open for 5 minutes from the first possible use in this invocation, of any token', () => {
    expect(isOpen(usedAgo(0))).toBe(true);
    expect(isOpen(usedAgo(5 * minuteMs - 1))).toBe(true);
    expect(isOpen(usedAgo(5 * minuteMs))).toBe(false);
    expect(isOpen(usedAgo(0, 'previous'))).toBe(true);
  });

  it('is not opened by a request that was refused or never left', () => {
    expect(isOpen({ uses: new Map([[fingerprint('current'), { isDirty: true }]]) })).toBe(false);
  });

  it.each([
    ['AWSCURRENT is marked as sent', { current: sent }],
    ['AWSCURRENT is marked as sent in the escrow', { held: [held('current', { sent: true })] }],
    ['AWSCURRENT is to be confirmed', { current: open }],
    ['an earlier delivery may have sent without a trace', { mayBeUsedUnseen: true }],
  ])('is open if %s', (_, overrides) => {
    expect(isOpen(overrides)).toBe(true);
  });

  it('is open for what the escrow has that is to be confirmed, as long as that can be', () => {
    const parked = (ageMs: number, marks: { open?: boolean; sent?: boolean }) =>
      isOpen({ held: [held('parked', { ageMs, ...marks })] });

    expect(parked(minuteMs, { open: true })).toBe(true);
    expect(parked(10 * minuteMs - 1, { open: true })).toBe(true);
    expect(parked(10 * minuteMs, { open: true })).toBe(false);
    expect(parked(15 * minuteMs - 1, { open: true, sent: true })).toBe(true);
    expect(parked(15 * minuteMs, { open: true, sent: true })).toBe(false);
    expect(parked(minuteMs, {})).toBe(false);
  });

  it('is not open for what was refused in the escrow', () => {
    const parked = held('parked', { ageMs: minuteMs, open: true });

    expect(isOpen({ held: [parked], ...refusing(['parked']) })).toBe(false);
  });

  it('is not opened by a mark of this environment after which nothing was taken up', () => {
    expect(isOpen({ current: sent, isOwnMark: true })).toBe(false);
    expect(isOpen({ current: open, isOwnMark: true })).toBe(true);
    expect(isOpen({ current: sent, isOwnMark: true, mayBeUsedUnseen: true })).toBe(true);
  });

  it('is over 5 minutes after the token was first refused, which was sent before that', () => {
    const refusedAgo = (ageMs: number, token = 'current') => ({
      current: sent,
      ...refusing([token], { firstAtMs: nowMs - ageMs }),
    });

    expect(isOpen(refusedAgo(0))).toBe(true);
    expect(isOpen(refusedAgo(5 * minuteMs - 1))).toBe(true);
    expect(isOpen(refusedAgo(5 * minuteMs))).toBe(false);
    expect(isOpen(refusedAgo(5 * minuteMs, 'another'))).toBe(true);
  });

  it('is over though the verdict was found again: it was refused long before', () => {
    const again = refusing(['current'], { sinceMs: nowMs - 30 * minuteMs, firstAtMs: nowMs });

    expect(isOpen({ current: sent, ...again })).toBe(false);
  });

  it('is over 5 minutes after every client secret was found refused: nothing was taken up since', () => {
    const refusedFor = (ageMs: number) => ({
      current: sent,
      credentialsRefusedSinceMs: nowMs - ageMs,
    });

    expect(isOpen(refusedFor(5 * minuteMs - 1))).toBe(true);
    expect(isOpen(refusedFor(5 * minuteMs))).toBe(false);
    expect(isOpen({ ...refusedFor(5 * minuteMs), ...usedAgo(minuteMs) })).toBe(true);
  });

  it('is open though AWSCURRENT was emptied after an earlier delivery may have sent its token', () => {
    const emptied = { current: versionOf(notSeeded), mayBeUsedUnseen: true };

    expect(isOpen(emptied)).toBe(true);
    expect(isOpen({ ...emptied, credentialsRefusedSinceMs: nowMs - 5 * minuteMs })).toBe(false);
  });

  it('is open whatever was refused, if this invocation may have used a token since', () => {
    const refusedLongAgo = refusing(['current'], { firstAtMs: nowMs - 10 * minuteMs });

    expect(isOpen({ ...refusedLongAgo, ...usedAgo(minuteMs) })).toBe(true);
  });
});

describe('a first use is left to another message', () => {
  const sentAgo = (ageMs: number, receiveCount = 1): Delivery => ({
    by: 'queue',
    receiveCount,
    sentAtMs: nowMs - ageMs,
  });
  const leaves = (delivery: Delivery, overrides: Partial<Facts> = {}) =>
    leavesFirstUse(factsOf({ delivery, ...overrides }));

  it('if the message lives less than 5 minutes more', () => {
    expect(leaves(sentAgo(15 * minuteMs))).toBe(false);
    expect(leaves(sentAgo(15 * minuteMs + 1))).toBe(true);
  });

  it('if less than 5 deliveries are left of it', () => {
    expect(leaves(sentAgo(0, 13))).toBe(false);
    expect(leaves(sentAgo(0, 14))).toBe(true);
  });

  it('but not while a window is open, when every use counts', () => {
    expect(leaves(sentAgo(19 * minuteMs, 17), { current: sent })).toBe(false);
    expect(leaves(sentAgo(19 * minuteMs, 17), usedAgo(minuteMs))).toBe(false);
  });

  it('but never by hand, if a message of its own follows', () => {
    expect(leaves(byHand)).toBe(false);
  });
});

describe('an earlier delivery may have used a token without a trace', () => {
  const received = (receiveCount: number, ageMs = (receiveCount - 1) * minuteMs): Delivery => ({
    by: 'queue',
    receiveCount,
    sentAtMs: nowMs - ageMs,
  });
  const unseen = (delivery: Delivery, isFollowed = false) =>
    mayBeUsedUnseen({ delivery, nowMs }, isFollowed);

  it('if this environment has not seen all deliveries of a message', () => {
    expect(unseen(secondDelivery)).toBe(true);
    expect(unseen(secondDelivery, true)).toBe(false);
  });

  it('but not at the first delivery, nor by hand', () => {
    expect(unseen(firstDelivery)).toBe(false);
    expect(unseen(byHand)).toBe(false);
  });

  it('for as many deliveries as begin within 5 minutes of the first', () => {
    expect(unseen(received(6))).toBe(true);
    expect(unseen(received(7))).toBe(false);
  });

  it('but not if the message was nearly over when it was first delivered', () => {
    expect(unseen(received(2, 16 * minuteMs))).toBe(true);
    expect(unseen(received(2, 16 * minuteMs + 1))).toBe(false);
    expect(unseen(received(4, 18 * minuteMs))).toBe(true);
    expect(unseen(received(4, 18 * minuteMs + 1))).toBe(false);
  });
});
