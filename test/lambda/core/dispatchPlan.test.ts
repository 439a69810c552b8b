import {
  deduplicationIdOf,
  dispatchAt,
  isInShare,
  pageDelayMs,
} from '../../../lambda/core/dispatchPlan';
import { fleetPeriodMs, tickMs } from '../../../lambda/core/limits';

const beganAtMs = Date.UTC(2026, 10, 24, 8);
const names = Array.from({ length: 10_000 }, (_, at) => `connection-${at}`);

describe('a period', () => {
  it('is dealt with in four runs of the dispatcher, each a share of its own', () => {
    const plans = [0, 1, 2, 3].map((run) => dispatchAt(beganAtMs + run * tickMs));

    expect(plans).toEqual(
      [0, 1, 2, 3].map((share) => ({ period: '2026-11-24T08:00:00.000Z', share })),
    );
  });

  it('is followed by the next', () => {
    expect(dispatchAt(beganAtMs + fleetPeriodMs)).toEqual({
      period: '2026-11-24T08:20:00.000Z',
      share: 0,
    });
  });

  it('takes a run that begins late for the one that was planned', () => {
    expect(dispatchAt(beganAtMs + tickMs + 59_000)).toMatchObject({ share: 1 });
  });

  it('has every connection in exactly one of its shares', () => {
    for (const name of names.slice(0, 500)) {
      expect([0, 1, 2, 3].filter((share) => isInShare(name, { share }))).toHaveLength(1);
    }
  });

  it('has shares of nearly the same size', () => {
    for (const share of [0, 1, 2, 3]) {
      const size = names.filter((name) => isInShare(name, { share })).length;
      expect(size).toBeGreaterThan(2_350);
      expect(size).toBeLessThan(2_650);
    }
  });
});

describe('the deduplication id', () => {
  it('is the same for every run of a period, and another in the next', () => {
    const ids = [0, 1, 4].map((run) =>
      deduplicationIdOf('acme', dispatchAt(beganAtMs + run * tickMs)),
    );

    expect(ids[0]).toBe('2026-11-24T08:00:00.000Z/acme');
    expect(ids[1]).toBe(ids[0]);
    expect(ids[2]).not.toBe(ids[0]);
  });

  it('keeps to the 128 characters that SQS takes, for the longest name too', () => {
    const id = deduplicationIdOf('a'.repeat(63), dispatchAt(beganAtMs));

    expect(id.length).toBeLessThanOrEqual(128);
    expect(id).toMatch(/^[\w!-/:-@[-`{-~]+$/);
  });
});

describe('the wait between two pages', () => {
  const pace = { startedAtMs: 0, nowMs: 0, pages: 1, expectedPages: 1_000 };

  it('spreads the pages of the last run over four of the five minutes', () => {
    expect(pageDelayMs(pace)).toBe(240);
    expect(pageDelayMs({ ...pace, pages: 500, nowMs: 119_000 })).toBe(1_000);
  });

  it('makes up for time that was lost', () => {
    expect(pageDelayMs({ ...pace, nowMs: 100 })).toBe(140);
    expect(pageDelayMs({ ...pace, nowMs: 10_000 })).toBe(0);
  });

  it('is a 25th of a second while the number of pages is unknown', () => {
    expect(pageDelayMs({ ...pace, expectedPages: undefined })).toBe(40);
  });

  it('ends with the four minutes, however many pages there are by now', () => {
    const grown = { ...pace, pages: 2_000, nowMs: 240_000 };

    expect(pageDelayMs(grown)).toBe(0);
    expect(pageDelayMs({ ...grown, expectedPages: undefined, pages: 9_000 })).toBe(0);
  });
});
