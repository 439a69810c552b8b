import type { LifeLine } from '../lifeLine';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** So much of what was, and of what is to come, is in sight. */
const pastMs = 160 * minuteMs;
const futureMs = 20 * minuteMs;
const shortestMs = hourMs;
/** A jump of the clock that is longer is drawn as if it had been this long. */
const longestJumpMs = 2 * hourMs;
const drawnJumpMs = 15 * minuteMs;

const tickSteps = [5, 10, 15, 30, 60, 120].map((minutes) => minutes * minuteMs);
const leastTickPixels = 58;
const leastTickGap = 44;

export interface TimeScale {
  readonly fromMs: number;
  readonly toMs: number;
  x(atMs: number): number;
  /** Where the axis has a time. */
  readonly ticks: readonly number[];
  /** The jumps of the clock that are drawn shorter than they were. */
  readonly breaks: readonly { readonly fromMs: number; readonly toMs: number }[];
}

/** Where a time is, between two places in pixels. */
export function timeScale(
  line: LifeLine,
  nowMs: number,
  [left, right]: readonly [number, number],
): TimeScale {
  const jumps = line.jumps.filter(({ fromMs, toMs }) => toMs - fromMs > longestJumpMs);
  const drawn = (atMs: number): number => {
    let shorter = 0;
    for (const { fromMs, toMs } of jumps) {
      const share = Math.min(1, Math.max(0, (atMs - fromMs) / (toMs - fromMs)));
      shorter += share * (toMs - fromMs - drawnJumpMs);
    }
    return atMs - shorter;
  };
  const fromDrawn = Math.max(drawn(line.beganAtMs), drawn(nowMs) - pastMs);
  const toDrawn = Math.max(fromDrawn + shortestMs, drawn(nowMs) + futureMs);
  const toMs = nowMs + toDrawn - drawn(nowMs);
  const fromMs = realTime(fromDrawn, drawn, line.beganAtMs, nowMs);
  const perMs = (right - left) / (toDrawn - fromDrawn);
  const x = (atMs: number) => left + (drawn(atMs) - fromDrawn) * perMs;
  const breaks = jumps.filter(({ toMs: endMs }) => endMs > fromMs);
  const ticks = spacedOut(ticksOf({ fromMs, toMs, perMs, breaks }), x);
  return { fromMs, toMs, x, breaks, ticks };
}

/** The time that is drawn there, by halving: `drawn` only ever grows. */
function realTime(
  at: number,
  drawn: (atMs: number) => number,
  lowMs: number,
  highMs: number,
): number {
  let [low, high] = [lowMs, highMs];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (drawn(middle) < at) low = middle;
    else high = middle;
  }
  return drawn(low) >= at ? low : high;
}

interface TickRange extends Pick<TimeScale, 'fromMs' | 'toMs' | 'breaks'> {
  readonly perMs: number;
}

function ticksOf({ fromMs, toMs, perMs, breaks }: TickRange): number[] {
  const step = tickSteps.find((ms) => ms * perMs >= leastTickPixels) ?? hourMs * 2;
  const starts = [fromMs, ...breaks.map((jump) => jump.toMs)];
  const ends = [...breaks.map((jump) => jump.fromMs), toMs];
  return starts.flatMap((startMs, at) => {
    const endMs = ends[at] ?? toMs;
    const count = Math.max(0, Math.floor(endMs / step) - Math.ceil(startMs / step) + 1);
    return Array.from({ length: count }, (_, n) => (Math.ceil(startMs / step) + n) * step);
  });
}

/** Without those that would run into the one before, as on both sides of a jump. */
function spacedOut(ticks: readonly number[], x: (atMs: number) => number): number[] {
  const kept: number[] = [];
  for (const atMs of ticks) {
    const last = kept.at(-1);
    if (last === undefined || x(atMs) - x(last) >= leastTickGap) kept.push(atMs);
  }
  return kept;
}

/** What was left of the access token's life at that time. */
export function leftAt({ stretches }: LifeLine, atMs: number): number {
  const stretch = stretches.findLast(({ fromMs }) => fromMs <= atMs);
  return Math.max(0, (stretch?.expiresAtMs ?? 0) - atMs);
}

export interface LifePoint {
  readonly atMs: number;
  readonly leftMs: number;
}

/** The corners of the line from one time to another: falling, and up again with each new token. */
export function lifePoints(line: LifeLine, fromMs: number, toMs: number): LifePoint[] {
  const { stretches, jumps } = line;
  return stretches.flatMap(({ fromMs: beganAtMs, expiresAtMs }, at) => {
    const startMs = Math.max(fromMs, beganAtMs);
    const endMs = Math.min(toMs, stretches[at + 1]?.fromMs ?? toMs);
    if (endMs < startMs) return [];
    const corners = [expiresAtMs ?? startMs, ...jumps.flatMap((jump) => [jump.fromMs, jump.toMs])];
    const times = [startMs, ...corners.filter((ms) => ms > startMs && ms < endMs), endMs];
    return times
      .sort((a, b) => a - b)
      .map((atMs) => ({ atMs, leftMs: Math.max(0, (expiresAtMs ?? 0) - atMs) }));
  });
}

/** In which of the rows each mark finds room, from its place to its end, beside those before it. */
export function rowsOf(marks: readonly { x: number; endX: number }[], leastGap: number): number[] {
  const endIn: number[] = [];
  return marks.map(({ x, endX }) => {
    const free = endIn.findIndex((end) => x - end >= leastGap);
    const row = free === -1 ? endIn.length : free;
    endIn[row] = endX;
    return row;
  });
}
