import { TokenBucket } from '../../../simulator/fleet/quotas';

it("lets a second's worth through at once, then as much as flows in", () => {
  const bucket = new TokenBucket(10);
  const taken = (nowMs: number, tries: number) =>
    Array.from({ length: tries }, () => bucket.take(nowMs)).filter(Boolean).length;

  expect(taken(0, 20)).toBe(10);
  expect(taken(500, 20)).toBe(5);
  expect(taken(550, 20)).toBe(0);
  expect(taken(600, 20)).toBe(1);
  expect(taken(60_000, 20)).toBe(10);
});
