import { formatTable } from '../../bench/table';

describe('the table', () => {
  it('lines up names to the left, numbers to the right and remarks to the left', () => {
    const table = formatTable([
      ['', 'runs', 'median', 'target'],
      ['short', '5', '7.1 ms', ''],
      ['a longer name', '40', '1234.5 ms', '<= 1.10 met'],
    ]);

    expect(table.split('\n')).toEqual([
      '               runs     median  target',
      'short             5     7.1 ms',
      'a longer name    40  1234.5 ms  <= 1.10 met',
    ]);
  });

  it('lets a heading be as wide as it likes', () => {
    const table = formatTable([['a heading of its own'], ['a', '1'], ['b', '2']]);

    expect(table).toBe('a heading of its own\na  1\nb  2');
  });
});
