import {
  clockTime,
  date,
  lengthOf,
  roughLength,
  timeOf,
  times,
} from '../../../../local/rehearsal/page/format';

describe('the texts of the page', () => {
  it.each([
    [0, '0 s'],
    [59_999, '59 s'],
    [60_000, '1 min 00 s'],
    [3_599_000, '59 min 59 s'],
    [3_600_000, '1 h 00 min'],
    [47 * 3_600_000, '47 h 00 min'],
    [700 * 24 * 3_600_000, '700 days'],
  ])('give %d ms as "%s"', (ms, expected) => {
    expect(lengthOf(ms)).toBe(expected);
  });

  it('give times of day and dates in UTC', () => {
    const atMs = Date.UTC(2026, 0, 5, 8, 5, 9);

    expect(clockTime(atMs)).toBe('08:05:09');
    expect(date(atMs)).toBe('Mon 5 Jan 2026');
  });

  it('give the day, and the year, of a time only if it is another one', () => {
    const atMs = Date.UTC(2026, 0, 5, 8, 5, 9);

    expect(timeOf(atMs, atMs + 3_600_000)).toBe('08:05:09');
    expect(timeOf(atMs, Date.UTC(2026, 0, 6))).toBe('5 Jan, 08:05:09');
    expect(timeOf(atMs, Date.UTC(2027, 11, 6))).toBe('5 Jan 2026, 08:05:09');
  });

  it('give long times in days', () => {
    expect(roughLength(3_600_000)).toBe('1 h 00 min');
    expect(roughLength(24 * 3_600_000)).toBe('1 day');
    expect(roughLength(700 * 24 * 3_600_000)).toBe('700 days');
  });

  it.each([
    [1, 'once'],
    [2, 'twice'],
    [3, '3 times'],
  ])('count %d as "%s"', (count, expected) => {
    expect(times(count)).toBe(expected);
  });
});
