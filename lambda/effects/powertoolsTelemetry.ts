import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Telemetry } from './telemetry';

const serviceName = 'sfmc-token-rotator';

/** The function's telemetry, flushed at the end of each invocation. */
export interface FunctionTelemetry extends Telemetry {
  /**
   * The same, with these keys on every line.
   *
   * @param gauges whether each connection has a metric of its own; a fleet has one for all
   */
  about(keys: Keys, gauges?: Gauges): Telemetry;
  flush(): void;
}

export type Gauges = 'byConnection' | 'overAll';

/** What a log line is about. */
export interface Keys {
  readonly connection?: string;
  readonly requestId?: string;
}

/**
 * JSON log lines and CloudWatch embedded metrics. One custom metric per connection,
 * SecondsToExpiry; all others are kept over all connections, since CloudWatch charges for each
 * combination of metric and dimension.
 */
export function createPowertoolsTelemetry(): FunctionTelemetry {
  const logger = new Logger({ serviceName });
  const metrics = new Metrics({ serviceName, namespace: 'SfmcTokenRotator' });
  // Keys appended to the logger would stand on the lines of everything that runs side by side.
  const about = (keys: Keys, gauges: Gauges = 'byConnection'): Telemetry => ({
    info: (message, fields = {}) => logger.info(message, { ...keys, ...fields }),
    warn: (message, fields = {}) => logger.warn(message, { ...keys, ...fields }),
    error: (message, fields = {}) => logger.error(message, { ...keys, ...fields }),
    count: (event) => metrics.addMetric(event, MetricUnit.Count, 1),
    gauge({ connection, secondsToExpiry, refreshTokenAgeSeconds, durationMs }) {
      const gauge = gauges === 'overAll' ? metrics : metrics.singleMetric();
      if (gauges === 'byConnection') gauge.addDimension('connection', connection);
      gauge.addMetric('SecondsToExpiry', MetricUnit.Seconds, secondsToExpiry);
      metrics.addMetric('RefreshTokenAge', MetricUnit.Seconds, refreshTokenAgeSeconds);
      metrics.addMetric('RotationDuration', MetricUnit.Milliseconds, durationMs);
    },
  });
  return {
    ...about({}),
    about,
    flush() {
      if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
    },
  };
}
