import { unlabelledToTry } from '../../../lambda/core/candidates';
import type { ListedVersion } from '../../../lambda/core/facts';
import { minuteMs, nowMs } from './facts';

/** Versions that were written so long ago; without a label unless one is given. */
const written = (agesMs: readonly number[], ...stages: string[]): readonly ListedVersion[] =>
  agesMs.map((ageMs) => ({ versionId: `${ageMs}`, stages, createdAtMs: nowMs - ageMs }));

const agesOf = (versions: readonly ListedVersion[]) =>
  versions.map(({ createdAtMs }) => nowMs - createdAtMs);

const steps = (count: number, stepMs: number) =>
  Array.from({ length: count }, (_, nth) => (nth + 1) * stepMs);

describe('the versions without a label that are looked into', () => {
  const current = written([0], 'AWSCURRENT');

  it('are the newest five, in whatever order they are listed', () => {
    const hourly = steps(8, 60 * minuteMs);
    const newest = hourly.slice(0, 5);

    expect(agesOf(unlabelledToTry([...current, ...written(hourly)]))).toEqual(newest);
    expect(agesOf(unlabelledToTry([...written(hourly.toReversed()), ...current]))).toEqual(newest);
  });

  it('are not those with a label, which are looked into anyway', () => {
    const labelled = written([minuteMs, 2 * minuteMs], 'ELSEWHERE');

    expect(agesOf(unlabelledToTry([...current, ...labelled, ...written([3 * minuteMs])]))).toEqual([
      3 * minuteMs,
    ]);
  });

  it('are more while versions come quickly: all of 5 minutes, and the one that these began with', () => {
    const halfMinutes = steps(20, minuteMs / 2);

    expect(agesOf(unlabelledToTry([...current, ...written(halfMinutes)]))).toEqual(
      halfMinutes.slice(0, 11),
    );
  });

  it('are those before the last write, however long ago that was', () => {
    const halfMinutes = steps(20, minuteMs / 2);
    const idle = [...current, ...written(halfMinutes)].map((version) => ({
      ...version,
      createdAtMs: version.createdAtMs - 60 * minuteMs,
    }));

    expect(unlabelledToTry(idle)).toHaveLength(11);
  });

  it('are fifteen at the most', () => {
    const often = steps(40, minuteMs / 12);

    expect(agesOf(unlabelledToTry([...current, ...written(often)]))).toEqual(often.slice(0, 15));
  });

  it('are none if there are none', () => {
    expect(unlabelledToTry(current)).toEqual([]);
  });
});
