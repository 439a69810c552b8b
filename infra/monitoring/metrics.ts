import { Duration } from 'aws-cdk-lib';
import { MathExpression, Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { CountedEvent } from '../../lambda/effects/telemetry';

/** As `lambda/effects/powertoolsTelemetry.ts` writes them. */
const namespace = 'SfmcTokenRotator';
const dimensions = { service: 'sfmc-token-rotator' };

/** One tick, so that each connection has one point in each period. */
export const period = Duration.minutes(5);

/** How often something happened, over all connections. */
export function countOf(event: CountedEvent): Metric {
  return new Metric({
    namespace,
    metricName: event,
    dimensionsMap: dimensions,
    statistic: Stats.SUM,
    period,
  });
}

/** What was left of a connection's access token at the end of its successful ticks. */
export function secondsToExpiry(connection: string): Metric {
  return new Metric({
    namespace,
    metricName: 'SecondsToExpiry',
    dimensionsMap: { ...dimensions, connection },
    statistic: Stats.MINIMUM,
    period,
    label: connection,
  });
}

/** The same over all connections of a fleet, which are too many for a metric each. */
export function secondsToExpiryOverAll(statistic: string): Metric {
  return new Metric({
    namespace,
    metricName: 'SecondsToExpiry',
    dimensionsMap: dimensions,
    statistic,
    period,
  });
}

/** Of the connection whose refresh token is the oldest. */
export function refreshTokenAgeDays(): MathExpression {
  const seconds = new Metric({
    namespace,
    metricName: 'RefreshTokenAge',
    dimensionsMap: dimensions,
    statistic: Stats.MAXIMUM,
    period,
  });
  return new MathExpression({
    expression: 'seconds / 86400',
    usingMetrics: { seconds },
    label: 'days',
    period,
  });
}
