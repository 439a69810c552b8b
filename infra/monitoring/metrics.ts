import { Duration } from 'aws-cdk-lib';
import { MathExpression, Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { CountedEvent } from '../../lambda/effects/telemetry';

/** As `lambda/effects/powertoolsTelemetry.ts` writes them. */
const namespace = 'SfmcTokenRotator';

/** One tick, so that each connection has one point in each period. */
export const period = Duration.minutes(5);

/**
 * What one rotator writes, kept apart from that of another one by the dimension FunctionName. All of it
 * is over all connections, except for `secondsToExpiryOf`.
 */
export class RotatorMetrics {
  constructor(private readonly rotator: IFunction) {}

  /** How often something happened. */
  countOf(event: CountedEvent): Metric {
    return this.metric(event, Stats.SUM);
  }

  /** What was left of the access tokens at the end of successful ticks. */
  secondsToExpiry(statistic: string): Metric {
    return this.metric('SecondsToExpiry', statistic);
  }

  /** The same of one connection: if monitoring is detailed. */
  secondsToExpiryOf(connection: string): Metric {
    return this.metric('SecondsToExpiry', Stats.MINIMUM, { connection }, { label: connection });
  }

  /** How many connections had a schedule as the ticks came: the fewest of a period. */
  connections(): Metric {
    return this.metric('Connections', Stats.MINIMUM);
  }

  /** Of the connection whose refresh token is the oldest, once it is over 500 days old. */
  refreshTokenAgeDays(): MathExpression {
    return new MathExpression({
      expression: 'seconds / 86400',
      usingMetrics: { seconds: this.metric('RefreshTokenAge', Stats.MAXIMUM) },
      label: 'days',
      period,
    });
  }

  private metric(metricName: string, statistic: string, dimensions = {}, options = {}): Metric {
    return new Metric({
      namespace,
      metricName,
      dimensionsMap: {
        service: 'sfmc-token-rotator',
        FunctionName: this.rotator.functionName,
        ...dimensions,
      },
      statistic,
      period,
      ...options,
    });
  }
}
