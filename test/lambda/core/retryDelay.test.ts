import fc from 'fast-check';
import { reuseWindowMs } from '../../../lambda/core/limits';
import { type RetryState, retryDelayMs } from '../../../lambda/core/retryDelay';

const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const durationMs = fc.integer({ min: 0, max: 10 * 60_000 });
const state: fc.Arbitrary<RetryState> = fc
  .record({
    attempts: fc.integer({ min: 1, max: 50 }),
    maxAttempts: fc.integer({ min: 1, max: 50 }),
    nowMs: fc.integer({ min: 0, max: 2 ** 41 }),
    neededMs: fc.integer({ min: 0, max: 20_000 }),
    leftMs: durationMs,
    usedForMs: fc.option(durationMs, { nil: undefined }),
    isUrgent: fc.boolean(),
    retryAfterMs: fc.option(fc.integer({ min: 0, max: 60_000 }), { nil: undefined }),
    random,
  })
  .map(({ leftMs, usedForMs, ...rest }) => ({
    ...rest,
    deadlineMs: rest.nowMs + leftMs,
    firstUseMs: usedForMs === undefined ? undefined : rest.nowMs - usedForMs,
  }));

/** No deadline, window or bound is near. */
const roomy: RetryState = {
  attempts: 1,
  maxAttempts: 100,
  nowMs: 1_000_000,
  neededMs: 1_000,
  deadlineMs: 2_000_000,
  random: 0.5,
};

describe('the wait before another attempt', () => {
  it('never lets the attempt end after the deadline', () => {
    fc.assert(
      fc.property(state, (given) => {
        const delayMs = retryDelayMs(given);
        if (delayMs === undefined) return;
        expect(given.nowMs + delayMs + given.neededMs).toBeLessThanOrEqual(given.deadlineMs);
      }),
    );
  });

  it('never lets the attempt end outside the five minutes after the first use', () => {
    fc.assert(
      fc.property(state, (given) => {
        const delayMs = retryDelayMs(given);
        if (delayMs === undefined || given.firstUseMs === undefined) return;
        const sinceFirstUseMs = given.nowMs + delayMs + given.neededMs - given.firstUseMs;
        expect(sinceFirstUseMs).toBeLessThanOrEqual(5 * 60_000);
      }),
    );
  });

  it('never ends sooner than the other side asked for, unless every attempt counts', () => {
    fc.assert(
      fc.property(state, (given) => {
        const delayMs = retryDelayMs({ ...given, isUrgent: false });
        if (delayMs === undefined) return;
        expect(delayMs).toBeGreaterThanOrEqual(given.retryAfterMs ?? 0);
      }),
    );
  });

  it('ends if every attempt counts no sooner than it was asked for, or as late as it can', () => {
    fc.assert(
      fc.property(state, (given) => {
        const delayMs = retryDelayMs({ ...given, isUrgent: true });
        if (delayMs === undefined) return;
        const { firstUseMs, nowMs, deadlineMs, neededMs, retryAfterMs = 0 } = given;
        const windowEndMs = (firstUseMs ?? Number.POSITIVE_INFINITY) + reuseWindowMs;
        const lastMs = Math.min(deadlineMs, windowEndMs) - neededMs - nowMs;
        expect(delayMs).toBeGreaterThanOrEqual(Math.min(retryAfterMs, lastMs));
      }),
    );
  });

  it('is not granted once the attempts are used up, and is before', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 1, max: 8 }),
        random,
        (attempts, maxAttempts, drawn) => {
          const delayMs = retryDelayMs({ ...roomy, attempts, maxAttempts, random: drawn });
          expect(delayMs !== undefined).toBe(attempts < maxAttempts);
        },
      ),
    );
  });

  it('doubles from 200 ms to 4 s, and jitters over the upper half of each step', () => {
    const ceilingsMs = [200, 400, 800, 1_600, 3_200, 4_000, 4_000, 4_000];

    fc.assert(
      fc.property(random, (drawn) => {
        ceilingsMs.forEach((ceilingMs, index) => {
          const delayMs = retryDelayMs({ ...roomy, attempts: index + 1, random: drawn });
          expect(delayMs).toBe(Math.round(ceilingMs * (0.5 + drawn / 2)));
        });
      }),
    );
  });

  it('never shrinks from one attempt to the next, with the same draw', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 98 }), random, (attempts, drawn) => {
        const earlier = retryDelayMs({ ...roomy, attempts, random: drawn });
        const later = retryDelayMs({ ...roomy, attempts: attempts + 1, random: drawn });
        expect(later).toBeGreaterThanOrEqual(earlier ?? Number.POSITIVE_INFINITY);
      }),
    );
  });

  it('spreads those who failed together', () => {
    const at = (drawn: number) => retryDelayMs({ ...roomy, attempts: 4, random: drawn });

    expect([at(0), at(0.5), at(0.75)]).toEqual([800, 1_200, 1_400]);
  });

  it('is what was asked for if that is longer than the backoff, and else the backoff', () => {
    expect(retryDelayMs({ ...roomy, retryAfterMs: 5_000 })).toBe(5_000);
    expect(retryDelayMs({ ...roomy, retryAfterMs: 0 })).toBe(150);
  });

  it('leaves room for what the next answer asks for, if every attempt counts', () => {
    const asked = { ...roomy, deadlineMs: roomy.nowMs + 31_000, retryAfterMs: 60_000 };
    const roomMs = 5_000;

    expect(retryDelayMs({ ...asked, isUrgent: true })).toBe(30_000);
    expect(retryDelayMs({ ...asked, isUrgent: true, roomMs })).toBe(25_000);
    expect(retryDelayMs({ ...asked, isUrgent: true, roomMs: 40_000 })).toBe(150);
    expect(retryDelayMs({ ...asked, isUrgent: true, roomMs, retryAfterMs: 2_000 })).toBe(2_000);
    expect(retryDelayMs({ ...asked, roomMs })).toBeUndefined();
  });

  describe.each([
    ['the deadline', (leftMs: number) => ({ deadlineMs: roomy.nowMs + leftMs })],
    ['the window', (leftMs: number) => ({ firstUseMs: roomy.nowMs + leftMs - reuseWindowMs })],
  ])('near %s', (_, endingIn) => {
    const late = { ...roomy, attempts: 6 };
    const waitFor = (waitMs: number) => endingIn(waitMs + roomy.neededMs);

    it('ends as late as it can, so that the last attempt finds what may be back by then', () => {
      expect(retryDelayMs({ ...late, ...waitFor(3_001) })).toBe(3_000);
      expect(retryDelayMs({ ...late, ...waitFor(700) })).toBe(700);
      expect(retryDelayMs({ ...late, ...waitFor(100) })).toBe(100);
    });

    it('is not granted if less than half the first step of it is left', () => {
      expect(retryDelayMs({ ...late, ...waitFor(99) })).toBeUndefined();
      expect(retryDelayMs({ ...late, ...waitFor(100), neededMs: roomy.neededMs + 1 })).toBe(
        undefined,
      );
    });
  });

  it('is not granted if less is left than the other side asked for', () => {
    const endingIn = (leftMs: number) => ({ ...roomy, deadlineMs: roomy.nowMs + 1_000 + leftMs });

    expect(retryDelayMs({ ...endingIn(700), retryAfterMs: 700 })).toBe(700);
    expect(retryDelayMs({ ...endingIn(700), retryAfterMs: 701 })).toBeUndefined();
  });

  it('is cut short if a refresh token may have been used, so that one attempt still fits', () => {
    const used = { ...roomy, firstUseMs: roomy.nowMs - 4 * 60_000, isUrgent: true };

    expect(retryDelayMs({ ...used, retryAfterMs: 50_000 })).toBe(50_000);
    expect(retryDelayMs({ ...used, retryAfterMs: 3_600_000 })).toBe(59_000);
    expect(retryDelayMs({ ...used, deadlineMs: roomy.nowMs + 31_000, retryAfterMs: 50_000 })).toBe(
      30_000,
    );
    expect(retryDelayMs({ ...used, firstUseMs: roomy.nowMs - 5 * 60_000 })).toBeUndefined();
  });

  it('is not bounded by a window if no refresh token was sent', () => {
    expect(retryDelayMs({ ...roomy, firstUseMs: undefined })).toBe(150);
  });
});
