import { type Comparison, columns, type Measurement, rowsOf } from '../../bench/measurement';

const subject = (name: string, wallMs: number[], rest: Partial<Measurement> = {}) => ({
  name,
  wallMs,
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
  ])('judges the last subject alone by the target: %d to 100', (wallMs, verdict) => {
    const subjects = [subject('floor', [100]), subject('ours', [wallMs])] as const;

    const rows = rowsOf({ title: '', subjects, target: 1.1 });

    expect(rows.slice(2).map((row) => row.at(-1))).toEqual(['', verdict]);
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
