import { type Comparison, columns, type Measurement, rowsOf } from '../../bench/measurement';

const subject = (name: string, values: number[], rest: Partial<Measurement> = {}) => ({
  name,
  values,
  ...rest,
});

describe('a comparison', () => {
  it('gives medians and their ratios to the first subject', () => {
    const comparison: Comparison = {
      title: 'Start',
      subjects: [
        subject('bare', [100, 300, 200], { cpuMs: [80, 80, 90] }),
        subject('ours', [150, 150, 400], { cpuMs: [20, 40, 60] }),
      ],
    };

    const rows = rowsOf(comparison);

    expect(rows).toEqual([
      [''],
      ['Start'],
      ['  bare', '3', '200.0 ms', '1.00', '80.0 ms', '1.00', ''],
      ['  ours', '3', '150.0 ms', '0.75', '40.0 ms', '0.50', ''],
    ]);
    expect(rows[2]).toHaveLength(columns.length);
  });

  it.each([
    [110, '<= 1.10 met'],
    [111, '<= 1.10 missed'],
  ])('judges the last subject alone by the target: %d to 100', (value, verdict) => {
    const subjects = [subject('floor', [100]), subject('ours', [value])] as const;

    const rows = rowsOf({ title: '', subjects, target: 1.1 });

    expect(rows.slice(2).map((row) => row.at(-1))).toEqual(['', verdict]);
  });

  it.each([
    [105, '<= 5 ms more met'],
    [106, '<= 5 ms more missed'],
  ])('judges by what it takes more: %d to 100', (value, verdict) => {
    const subjects = [subject('floor', [100]), subject('ours', [value])] as const;

    const rows = rowsOf({ title: '', subjects, target: { moreMs: 5 } });

    expect(rows.at(-1)?.at(-1)).toBe(verdict);
  });

  it.each([
    [200, 1_000, 'exponent 0.10'],
    [100, 1_000, 'exponent 0.00'],
    [1_000, 10, 'exponent 1.00'],
  ])('says by which power it grows: from 100 to %d of %d times the size', (value, times, said) => {
    const subjects = [subject('small', [100]), subject('large', [value], { times })] as const;

    const rows = rowsOf({ title: '', subjects });

    expect(rows.slice(2).map((row) => row.at(-1))).toEqual(['', said]);
  });

  it.each([
    ['time', 0.000_09, '90 ns'],
    ['time', 4_000, '4.0 s'],
    ['bytes', 21_674, '21.7 KB'],
    ['bytes', 1_234_000, '1.2 MB'],
  ] as const)('is of %s: %d as %s', (of, value, words) => {
    expect(rowsOf({ title: '', subjects: [subject('it', [value])], of })[2]?.[2]).toBe(words);
  });

  it('names the calls under their subject', () => {
    const subjects = [
      subject('floor', [1], { calls: '' }),
      subject('ours', [1], { calls: '1 call: A' }),
    ] as const;

    const rows = rowsOf({ title: '', subjects });

    expect(rows.slice(3)).toEqual([expect.arrayContaining(['  ours']), ['    1 call: A']]);
  });
});
