import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Telemetry } from './telemetry';

const serviceName = 'sfmc-token-rotator';

/** The function's telemetry, flushed at the end of each invocation. */
export interface FunctionTelemetry extends Telemetry {
  /**
   * The same, with these keys on every line.
   *
   * @param gauges `byConnection` for the detailed metrics, `overAll` for those of all connections
   */
  about(keys: LogKeys, gauges?: Gauges): Telemetry;
  /** How many connections have a schedule, so that their messages can be counted against it. */
  expect(connections: number): void;
  flush(): void;
}

/** Whether SecondsToExpiry is written for each connection, or over all of them alone. */
export type Gauges = 'byConnection' | 'overAll';

/** What a log line is about. */
export interface LogKeys {
  readonly connection?: string;
  readonly requestId?: string;
}

/** Below this a refresh token's age is in the log alone: the provider ends it after 700 days. */
const measuredRefreshTokenAgeSeconds = 500 * 86_400;

/**
 * JSON log lines and CloudWatch embedded metrics. CloudWatch charges for each combination of metric
 * and dimensions in the hours in which it is written. So what is written at every tick is kept over
 * all connections; `byConnection` adds SecondsToExpiry for each of them, and what the log has as well.
 *
 * @param functionName keeps the metrics of two rotations in one account apart
 */
export function createPowertoolsTelemetry(functionName?: string): FunctionTelemetry {
  const logger = new Logger({ serviceName });
  const metrics = new Metrics({
    serviceName,
    namespace: 'SfmcTokenRotator',
    ...(functionName && { defaultDimensions: { FunctionName: functionName } }),
  });
  // Each metric that it is given is written at once, and it is as it was. To make one takes longer.
  let ofOne: Metrics | undefined;
  // Keys appended to the logger would stand on the lines of everything that runs side by side.
  const about = (keys: LogKeys, gauges: Gauges = 'byConnection'): Telemetry => ({
    info: (message, fields = {}) => logger.info(message, { ...keys, ...fields }),
    warn: (message, fields = {}) => logger.warn(message, { ...keys, ...fields }),
    error: (message, fields = {}) => logger.error(message, { ...keys, ...fields }),
    count(event) {
      if (event === 'Rotated' && gauges === 'overAll') return;
      metrics.addMetric(event, MetricUnit.Count, 1);
    },
    gauge({ connection, secondsToExpiry, refreshTokenAgeSeconds, durationMs }) {
      metrics.addMetric('SecondsToExpiry', MetricUnit.Seconds, secondsToExpiry);
      if (gauges === 'byConnection') {
        ofOne ??= metrics.singleMetric();
        ofOne.addDimension('connection', connection);
        ofOne.addMetric('SecondsToExpiry', MetricUnit.Seconds, secondsToExpiry);
        metrics.addMetric('RotationDuration', MetricUnit.Milliseconds, durationMs);
      }
      if (gauges === 'byConnection' || refreshTokenAgeSeconds >= measuredRefreshTokenAgeSeconds) {
        metrics.addMetric('RefreshTokenAge', MetricUnit.Seconds, refreshTokenAgeSeconds);
      }
    },
  });
  return {
    ...about({}),
    about,
    expect: (connections) => metrics.addMetric('Connections', MetricUnit.Count, connections),
    flush() {
      if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
    },
  };
}
