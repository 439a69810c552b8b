import type { AlarmProperties } from './support';

export interface Point {
  readonly atSeconds: number;
  readonly value: number;
}

export interface SimpleAlarm {
  readonly periodSeconds: number;
  readonly evaluationPeriods: number;
  /** What one period comes to. */
  readonly breaches: (values: readonly number[]) => boolean;
}

/**
 * Whether an alarm whose every period has to breach goes into ALARM within a stretch of time. Where
 * CloudWatch begins its periods is not for us to say: each place is tried, ten seconds apart, and
 * points are at full ten seconds.
 */
export function goesIntoAlarm(
  [fromSeconds, toSeconds]: readonly [number, number],
  points: readonly Point[],
  alarm: SimpleAlarm,
  /** How late CloudWatch has a point. */
  delaySeconds = 0,
): 'never' | 'wherever its periods begin' | 'by chance' {
  const { periodSeconds, evaluationPeriods, breaches } = alarm;
  const breachesAt = (end: number, now: number) => {
    const values = points
      .filter(({ atSeconds }) => atSeconds + delaySeconds <= now)
      .filter(({ atSeconds }) => atSeconds > end - periodSeconds && atSeconds <= end)
      .map(({ value }) => value);
    return breaches(values);
  };
  let breaching = 0;
  const phases = periodSeconds / 10;
  for (let phase = 0; phase < phases; phase++) {
    const first = fromSeconds + phase * 10;
    const ends = Array.from(
      { length: Math.floor((toSeconds - first) / periodSeconds) + 1 },
      (_, index) => first + index * periodSeconds,
    );
    const isInAlarm = ends.some((now) =>
      Array.from({ length: evaluationPeriods }, (_, index) => now - index * periodSeconds).every(
        (end) => breachesAt(end, now),
      ),
    );
    if (isInAlarm) breaching += 1;
  }
  if (breaching === 0) return 'never';
  return breaching === phases ? 'wherever its periods begin' : 'by chance';
}

/** The period of an alarm, whether on a metric or on an expression over one. */
export function periodOf({ Period, Metrics = [] }: AlarmProperties): number {
  const period = Period ?? Metrics.find(({ MetricStat }) => MetricStat)?.MetricStat?.Period;
  if (period === undefined) throw new Error('an alarm without a period');
  return period;
}
