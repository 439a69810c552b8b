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

/** Versions at the pace of short-lived tokens, and some extra ones. */
const everyQuarter = (count: number, extra = 0) =>
  listed(
    ...times(count, (nth) => minuteMs + nth * 15 * minuteMs),
    ...times(extra, (nth) => nth * secondMs),
  );

describe('an open end may be confirmed', () => {
  const may = (
    versions: ReturnType<typeof listed>,
    { isShortLived = false, isBegun = false } = {},
  ) => mayConfirm(versions, nowMs, { isShortLived, isBegun });

  it('if nothing could be listed', () => {
    expect(may([])).toBe(true);
  });

  it('until 14 versions of the last 24 hours came sooner than 15 minutes after another', () => {
    expect(may(listed(...burst(13)))).toBe(true);
    expect(may(listed(...burst(14)))).toBe(false);
  });

  it('however many came 15 minutes after the one before, up to 86 in all', () => {
    expect(may(everyQuarter(85))).toBe(true);
    expect(may(everyQuarter(86))).toBe(false);
  });

  it('up to 92 in all if the tokens live short, whose usual pace makes 96', () => {
    expect(may(everyQuarter(90, 1), { isShortLived: true })).toBe(true);
    expect(may(everyQuarter(90, 2), { isShortLived: true })).toBe(false);
    expect(may(everyQuarter(95, 1), { isShortLived: true })).toBe(false);
    expect(may(listed(...burst(14)), { isShortLived: true })).toBe(false);
  });

  it('if it was begun and its answer is missing, four more often, and up to 90 in all', () => {
    const isBegun = true;

    expect(may(listed(...burst(17)), { isBegun })).toBe(true);
    expect(may(listed(...burst(18)), { isBegun })).toBe(false);
    expect(may(everyQuarter(89), { isBegun })).toBe(true);
    expect(may(everyQuarter(90), { isBegun })).toBe(false);
  });

  it('as a day of a rotation every 20 minutes leaves room for', () => {
    const due = times(72, (nth) => nth * 20 * minuteMs);
    const confirmed = (count: number) => due.slice(0, count).map((ageMs) => ageMs - 5 * secondMs);

    expect(may(listed(...due, ...confirmed(13)))).toBe(true);
    expect(may(listed(...due, ...confirmed(14)))).toBe(false);
  });

  it('whatever happened more than 24 hours ago', () => {
    expect(may(listed(...burst(14, dayMs - 14 * minuteMs - 1)))).toBe(false);
    expect(may(listed(...burst(14, dayMs - 13 * minuteMs - 1)))).toBe(false);
    expect(may(listed(...burst(14, dayMs - 13 * minuteMs)))).toBe(true);
    expect(may(listed(...burst(14, dayMs)))).toBe(true);
    expect(may(listed(...burst(14, dayMs - 1)))).toBe(true);
  });

  it('in whatever order the versions are listed', () => {
    const shuffled = [...listed(...burst(14))].sort((a, b) =>
      a.versionId.localeCompare(b.versionId),
    );

    expect(may(shuffled)).toBe(false);
    expect(may(shuffled.reverse())).toBe(false);
  });

  it('and one that came 15 minutes after another was no extra one, to the millisecond', () => {
    const apart = (gapMs: number) => listed(...times(15, (nth) => hourMs + nth * gapMs));

    expect(may(apart(15 * minuteMs - 1))).toBe(false);
    expect(may(apart(15 * minuteMs))).toBe(true);
  });
});

describe('a short-lived token may be renewed early', () => {
  it('until 2 versions of the last 24 hours were extra ones', () => {
    expect(mayHurry([], nowMs)).toBe(true);
    expect(mayHurry(listed(...burst(1)), nowMs)).toBe(true);
    expect(mayHurry(listed(...burst(2)), nowMs)).toBe(false);
  });

  it('until there were 86 versions in all', () => {
    expect(mayHurry(everyQuarter(85), nowMs)).toBe(true);
    expect(mayHurry(everyQuarter(86), nowMs)).toBe(false);
  });
});
