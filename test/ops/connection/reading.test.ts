import { mapConcurrent, memoize } from '../../../ops/connection/reading';

describe('mapConcurrent', () => {
  it('keeps the order of the items, and works on no more at a time than it may', async () => {
    let busy = 0;
    let busiest = 0;
    const work = async (item: number) => {
      busy += 1;
      busiest = Math.max(busiest, busy);
      for (let turns = 0; turns < 10 - item; turns += 1) await Promise.resolve();
      busy -= 1;
      return item * 2;
    };

    const results = await mapConcurrent([1, 2, 3, 4, 5, 6, 7, 8], 3, work);

    expect(results).toEqual([2, 4, 6, 8, 10, 12, 14, 16]);
    expect(busiest).toBe(3);
  });

  it('throws what the work throws', async () => {
    const failing = mapConcurrent([1, 2], 5, () => Promise.reject(new Error('no')));

    await expect(failing).rejects.toThrow('no');
  });
});

describe('memoize', () => {
  it('asks once for each key, also while the first answer is on its way', async () => {
    const asked: string[] = [];
    const answerOf = memoize(async (key) => {
      asked.push(key);
      return key.toUpperCase();
    });

    const answers = await Promise.all([answerOf('a'), answerOf('b'), answerOf('a')]);

    expect(answers).toEqual(['A', 'B', 'A']);
    expect(asked).toEqual(['a', 'b']);
  });
});
