import {
  datedAnew,
  isMisdated,
  isRepeated,
  lifeLeftMs,
  type QueueDelivery,
} from '../../../lambda/core/delivery';
import { messageLifeMs, mostReceives } from '../../../lambda/core/limits';
import { byHand, firstDelivery, minuteMs, nowMs, secondDelivery } from './facts';

const delivery = (receiveCount: number, ageMs: number): QueueDelivery => ({
  by: 'queue',
  receiveCount,
  sentAtMs: nowMs - ageMs,
});

describe('a message', () => {
  it('is delivered for 20 minutes from when it was sent', () => {
    expect(lifeLeftMs(delivery(1, 0), nowMs)).toBe(Math.min(messageLifeMs, 17 * minuteMs));
    expect(lifeLeftMs(delivery(1, 16 * minuteMs), nowMs)).toBe(4 * minuteMs);
    expect(lifeLeftMs(delivery(1, 21 * minuteMs), nowMs)).toBe(-minuteMs);
  });

  it('is delivered once a minute, 18 times in all', () => {
    expect(lifeLeftMs(delivery(mostReceives - 2, 0), nowMs)).toBe(2 * minuteMs);
    expect(lifeLeftMs(delivery(mostReceives, 0), nowMs)).toBe(0);
  });

  it('is misdated if it is older than the queue keeps any, by clocks that differ', () => {
    expect(isMisdated(delivery(1, 30 * minuteMs), nowMs)).toBe(false);
    expect(isMisdated(delivery(1, 30 * minuteMs + 1), nowMs)).toBe(true);
    expect(isMisdated(delivery(1, -90 * minuteMs), nowMs)).toBe(false);
  });

  it('is dated anew by its deliveries, and its token may have been used meanwhile', () => {
    const misdated = delivery(3, 90 * minuteMs);

    expect(datedAnew(misdated, nowMs)).toEqual({
      ...misdated,
      sentAtMs: nowMs - 2 * minuteMs,
      isFollowUp: true,
    });
  });

  it('has been repeated from its second delivery on', () => {
    expect(isRepeated(firstDelivery)).toBe(false);
    expect(isRepeated(secondDelivery)).toBe(true);
    expect(isRepeated(delivery(18, 0))).toBe(true);
  });
});

describe('an invocation by hand', () => {
  it('has no message that could come to its end', () => {
    expect(lifeLeftMs(byHand, nowMs)).toBe(Number.POSITIVE_INFINITY);
  });

  it('is no repetition, and has no date', () => {
    expect(isMisdated(byHand, nowMs)).toBe(false);
    expect(isRepeated(byHand)).toBe(false);
  });
});
