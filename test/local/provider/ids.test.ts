import { seededIds } from '../../../local/provider/ids';

describe('seededIds', () => {
  it('yields the same strings for the same seed and others for another', () => {
    const take = (seed: number) => Array.from({ length: 3 }, seededIds(seed));

    expect(take(7)).toEqual(take(7));
    expect(take(7)).not.toEqual(take(8));
  });

  it('yields strings that look like tokens and never repeat', () => {
    const ids = Array.from({ length: 50_000 }, seededIds(1));

    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.every((id) => /^[0-9a-z]{28}$/.test(id))).toBe(true);
    expect(new Set(ids.map((id) => id.slice(-7))).size).toBe(ids.length);
  });
});
