import type { LifeLine } from '../../../../local/rehearsal/lifeLine';
import { leftAt, lifePoints, rowsOf, timeScale } from '../../../../local/rehearsal/page/lifeScale';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
const beganAtMs = Date.UTC(2026, 0, 5, 8);
const at = (minutes: number) => beganAtMs + minutes * minuteMs;

/** Renewed after 20 minutes, and then no more. */
const line: LifeLine = {
  beganAtMs,
  stretches: [
    { fromMs: beganAtMs, expiresAtMs: at(60) },
    { fromMs: at(20), expiresAtMs: at(80) },
  ],
  jumps: [],
};

describe('the line of the token’s remaining life', () => {
  it('falls until a new token comes, and then to nothing', () => {
    const points = lifePoints(line, beganAtMs, at(100));

    expect(
      points.map(({ atMs, leftMs }) => [atMs - beganAtMs, leftMs].map((ms) => ms / minuteMs)),
    ).toEqual([
      [0, 60],
      [20, 40],
      [20, 60],
      [80, 0],
      [100, 0],
    ]);
    expect(leftAt(line, at(50))).toBe(30 * minuteMs);
  });

  it('has nothing left if the secret holds no access token', () => {
    const seeded = { ...line, stretches: [{ fromMs: beganAtMs, expiresAtMs: null }] };

    expect(lifePoints(seeded, beganAtMs, at(5)).map(({ leftMs }) => leftMs)).toEqual([0, 0]);
  });
});

describe('the axis of time', () => {
  it('shows an hour at least, and no more than three when much has passed', () => {
    const early = timeScale(line, at(1), [0, 600]);
    const late = timeScale(line, at(600), [0, 600]);

    expect([early.fromMs, early.toMs]).toEqual([at(0), at(60)]);
    expect([late.fromMs, late.toMs]).toEqual([at(440), at(620)]);
    expect([late.x(late.fromMs), late.x(late.toMs)]).toEqual([0, 600]);
  });

  it('has times that leave each other room, at any width', () => {
    for (const width of [200, 320, 600, 1200]) {
      const { ticks, x } = timeScale(line, at(200), [0, width]);
      const gaps = ticks.slice(1).map((ms, n) => x(ms) - x(ticks[n] ?? 0));

      expect(ticks.length).toBeGreaterThan(1);
      expect(Math.min(...gaps)).toBeGreaterThanOrEqual(44);
    }
  });

  it('draws a jump of days as a quarter of an hour, with what came before it still in sight', () => {
    const jump = { fromMs: at(30), toMs: at(30) + 700 * dayMs };
    const { x, breaks, fromMs } = timeScale(
      { ...line, jumps: [jump] },
      jump.toMs + 10 * minuteMs,
      [0, 750],
    );

    expect(breaks).toEqual([jump]);
    expect(fromMs).toBe(beganAtMs);
    // From 30 minutes before to 10 after, and 20 to come.
    expect(x(jump.fromMs)).toBeCloseTo(300);
    expect(x(jump.toMs)).toBeCloseTo(450);
  });
});

describe('marks', () => {
  it('go to another row if the one before has not ended', () => {
    const marks = [
      { x: 0, endX: 100 },
      { x: 50, endX: 50 },
      { x: 60, endX: 60 },
      { x: 130, endX: 130 },
    ];

    expect(rowsOf(marks, 26)).toEqual([0, 1, 2, 0]);
  });
});
