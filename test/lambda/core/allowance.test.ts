import { mayConfirm, mayHurry } from '../../../lambda/core/allowance';
import { hourMs, minuteMs, nowMs, secondMs } from './facts';

const dayMs = 24 * hourMs;
/** The version that was there before the day began. */
const before = nowMs - dayMs - hourMs;

/** Versions as Secrets Manager lists them, by how long ago they were written. */
const listed = (...agesMs: number[]) =>
  [before, ...agesMs.map((ageMs) => nowMs - ageMs)].map((createdAtMs, nth) => ({
    versionId: `version-${nth}`,
    stages: [],
    createdAtMs,
  }));

const times = <T>(count: number, valueAt: (nth: number) => T): T[] =>
  Array.from({ length: count }, (_, nth) => valueAt(nth));

/** One version a minute: the first is due, each of the others is extra. */
const burst = (extra: number, endedAgoMs = hourMs) =>
  times(extra + 1, (nth) => endedAgoMs + nth * minuteMs);

describe('an open end may be confirmed', () => {
  it('where nothing could be listed', () => {
    expect(mayConfirm([], nowMs)).toBe(true);
  });

  it('until 18 versions of the last 24 hours came sooner than 15 minutes after another', () => {
    expect(mayConfirm(listed(...burst(17)), nowMs)).toBe(true);
    expect(mayConfirm(listed(...burst(18)), nowMs)).toBe(false);
  });

  it('however many came 15 minutes after the one before, up to 90 in all', () => {
    const everyQuarter = (count: number) =>
      listed(...times(count, (nth) => minuteMs + nth * 15 * minuteMs));

    expect(mayConfirm(everyQuarter(89), nowMs)).toBe(true);
    expect(mayConfirm(everyQuarter(90), nowMs)).toBe(false);
  });

  it('as a day of a rotation every 20 minutes leaves room for', () => {
    const due = times(72, (nth) => nth * 20 * minuteMs);
    const confirmed = (count: number) => due.slice(0, count).map((ageMs) => ageMs - 5 * secondMs);

    expect(mayConfirm(listed(...due, ...confirmed(17)), nowMs)).toBe(true);
    expect(mayConfirm(listed(...due, ...confirmed(18)), nowMs)).toBe(false);
  });

  it('whatever happened more than 24 hours ago', () => {
    expect(mayConfirm(listed(...burst(18, dayMs - 18 * minuteMs - 1)), nowMs)).toBe(false);
    expect(mayConfirm(listed(...burst(18, dayMs)), nowMs)).toBe(true);
    expect(mayConfirm(listed(...burst(18, dayMs - 1)), nowMs)).toBe(true);
  });

  it('in whatever order the versions are listed', () => {
    const shuffled = [...listed(...burst(18))].sort((a, b) =>
      a.versionId.localeCompare(b.versionId),
    );

    expect(mayConfirm(shuffled, nowMs)).toBe(false);
    expect(mayConfirm(shuffled.reverse(), nowMs)).toBe(false);
  });

  it('and one that came 15 minutes after another was no extra one, to the millisecond', () => {
    const apart = (gapMs: number) => listed(...times(19, (nth) => hourMs + nth * gapMs));

    expect(mayConfirm(apart(15 * minuteMs - 1), nowMs)).toBe(false);
    expect(mayConfirm(apart(15 * minuteMs), nowMs)).toBe(true);
  });
});

describe('a short-lived token may be renewed early', () => {
  it('until 3 versions of the last 24 hours were extra ones', () => {
    expect(mayHurry([], nowMs)).toBe(true);
    expect(mayHurry(listed(...burst(2)), nowMs)).toBe(true);
    expect(mayHurry(listed(...burst(3)), nowMs)).toBe(false);
  });
});
