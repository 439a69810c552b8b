import { Duration } from 'aws-cdk-lib';
import {
  type Alarm,
  Dashboard,
  GraphWidget,
  type IWidget,
  LegendPosition,
  PeriodOverride,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { oldRefreshTokenDays } from '../../lambda/core/limits';
import type { TokenRotation } from '../tokenRotation';
import { leastLeftSeconds } from './alarms';
import * as queries from './logQueries';
import { RotatorMetrics } from './metrics';
import {
  alarmLine,
  alarmStatus,
  fullWidth,
  graph,
  height,
  leastLife,
  logGraph,
  logTable,
  queueGraphs,
  rotatorHealth,
  troubleGraph,
} from './widgets';

export interface RotationDashboardProps {
  readonly dashboardName: string;
  readonly rotation: TokenRotation;
  readonly alarms: readonly Alarm[];
  readonly runbook: string;
}

/** What one looks at first, from the tokens down to queue and function. */
export function addDashboard(scope: Construct, props: RotationDashboardProps): Dashboard {
  const { dashboardName, rotation, alarms, runbook } = props;
  const { logGroup: log, rotator } = rotation;
  const metrics = new RotatorMetrics(rotator);
  return new Dashboard(scope, 'Dashboard', {
    dashboardName,
    // A day shows every connection's rotations, which come 20 to 25 minutes apart.
    defaultInterval: Duration.days(1),
    // Longer periods over longer ranges, and not thousands of points.
    periodOverride: PeriodOverride.AUTO,
    widgets: [
      [alarmStatus(alarms, runbook)],
      [
        leastLife(metrics, leastLeftSeconds),
        logTable(log, 'The ten tokens that expire first', queries.firstToExpire),
      ],
      ...(rotation.hasDetailedMonitoring ? detailed(metrics, [...rotation.secrets.keys()]) : []),
      [
        logGraph(log, 'Age of the oldest refresh token, days', queries.oldestRefreshToken),
        logTable(log, 'Refresh tokens by connection', queries.refreshTokenAges),
      ],
      [
        logGraph(log, 'Outcomes in 20 minutes', queries.outcomes),
        logTable(log, 'Outcomes by connection', queries.outcomesByConnection),
      ],
      [
        troubleGraph(metrics),
        logTable(log, 'The ten connections that fail most', queries.mostFailures),
      ],
      [
        logGraph(log, 'Provider latency, milliseconds', queries.providerLatency),
        logTable(log, 'Provider latency by connection, milliseconds', queries.providerLatencies),
      ],
      [
        logTable(log, 'Requests repeated to the provider, by problem', queries.providerProblems),
        logTable(log, 'Last errors', queries.lastErrors),
      ],
      queueGraphs(
        rotation.queue,
        {
          'connections that failed': rotation.deadLetterQueue,
          'ticks that were not sent': rotation.undeliveredTicks,
        },
        'alarm',
      ),
      rotatorHealth(rotator),
    ],
  });
}

/** What is written for each connection, and what the log answers as well. */
function detailed(metrics: RotatorMetrics, connections: readonly string[]): IWidget[][] {
  const events = ['Rotated', 'Recovered', 'Reissued'] as const;
  return [
    [
      new GraphWidget({
        title: 'Seconds to expiry of the access tokens',
        left: connections.map((connection) => metrics.secondsToExpiryOf(connection)),
        leftYAxis: { min: 0, label: 'seconds', showUnits: false },
        leftAnnotations: [alarmLine(leastLeftSeconds, 'alarm: 15 minutes')],
        legendPosition: LegendPosition.RIGHT,
        width: fullWidth,
        height,
      }),
    ],
    [
      graph(
        'Outcomes that were not fresh',
        events.map((event) => metrics.countOf(event)),
      ),
      graph(
        'Age of the oldest refresh token by its metric, days',
        [metrics.refreshTokenAgeDays()],
        [alarmLine(oldRefreshTokenDays, `alarm: ${oldRefreshTokenDays} days`)],
      ),
    ],
  ];
}
