import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Telemetry } from './telemetry';

const serviceName = 'sfmc-token-rotator';

/** Telemetry that an invocation can be bound to and that is flushed at its end. */
export interface InvocationTelemetry extends Telemetry {
  begin(keys: { connection?: string; requestId?: string }): void;
  flush(): void;
}

/**
 * JSON log lines and CloudWatch embedded metrics. One custom metric per connection,
 * SecondsToExpiry; all others are kept over all connections, since CloudWatch charges for each
 * combination of metric and dimension.
 */
export function createPowertoolsTelemetry(): InvocationTelemetry {
  const logger = new Logger({ serviceName });
  const metrics = new Metrics({ serviceName, namespace: 'SfmcTokenRotator' });
  return {
    begin(keys) {
      logger.resetKeys();
      logger.appendKeys(keys);
    },
    info: (message, fields = {}) => logger.info(message, fields),
    warn: (message, fields = {}) => logger.warn(message, fields),
    error: (message, fields = {}) => logger.error(message, fields),
    count: (event) => metrics.addMetric(event, MetricUnit.Count, 1),
    gauge({ connection, secondsToExpiry, refreshTokenAgeSeconds, durationMs }) {
      const perConnection = metrics.singleMetric();
      perConnection.addDimension('connection', connection);
      perConnection.addMetric('SecondsToExpiry', MetricUnit.Seconds, secondsToExpiry);
      metrics.addMetric('RefreshTokenAge', MetricUnit.Seconds, refreshTokenAgeSeconds);
      metrics.addMetric('RotationDuration', MetricUnit.Milliseconds, durationMs);
    },
    flush() {
      if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
    },
  };
}
