import { Duration } from 'aws-cdk-lib';
import { type Alarm, Dashboard, type IWidget, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import type { TokenRotationFleet } from '../fleet/tokenRotationFleet';
import * as dispatcherQueries from './dispatcherLogQueries';
import { leastLeftAfterSuccessSeconds } from './fleetAlarms';
import * as queries from './logQueries';
import { period, RotatorMetrics } from './metrics';
import {
  alarmStatus,
  graph,
  leastLife,
  logGraph,
  logTable,
  queueGraphs,
  rotatorHealth,
  thirdWidth,
  troubleGraph,
} from './widgets';

export interface FleetDashboardProps {
  readonly dashboardName: string;
  readonly fleet: TokenRotationFleet;
  readonly alarms: readonly Alarm[];
  readonly runbook: string;
}

/** What one looks at first, from the connections down to queue and functions. */
export function addFleetDashboard(scope: Construct, props: FleetDashboardProps): Dashboard {
  const { dashboardName, fleet, alarms, runbook } = props;
  const metrics = new RotatorMetrics(fleet.rotator);
  const { rotatorLogGroup: log, dispatcherLogGroup: dispatcherLog } = fleet;
  return new Dashboard(scope, 'Dashboard', {
    dashboardName,
    // Nine periods. Each look reads the logs of all that time, which costs by their size.
    defaultInterval: Duration.hours(3),
    widgets: [
      [alarmStatus(alarms, runbook)],
      [
        logGraph(log, 'Outcomes in 20 minutes', queries.outcomes),
        logGraph(log, 'Connections that failed, in 20 minutes', queries.failingConnections),
      ],
      [
        leastLife(metrics, leastLeftAfterSuccessSeconds, thirdWidth),
        logGraph(
          log,
          'Age of the oldest refresh token, days',
          queries.oldestRefreshToken,
          thirdWidth,
        ),
        troubleGraph(metrics, thirdWidth),
      ],
      [
        logTable(log, 'The ten tokens that expire first', queries.firstToExpire),
        logTable(log, 'The ten connections that fail most', queries.mostFailures),
      ],
      queueGraphs(
        fleet.queue,
        { 'connections that failed': fleet.deadLetterQueue },
        'alarm, while others wait',
      ),
      [
        logGraph(dispatcherLog, 'What the dispatcher sent', dispatcherQueries.dispatched),
        logTable(
          dispatcherLog,
          'Last errors of the dispatcher',
          dispatcherQueries.dispatcherErrors,
        ),
      ],
      [
        logGraph(log, 'Provider latency, milliseconds', queries.providerLatency),
        logTable(log, 'Requests repeated to the provider, by problem', queries.providerProblems),
      ],
      functions(fleet),
    ],
  });
}

/** AWS's own metrics, which cost nothing. */
function functions({ rotator, dispatcher }: TokenRotationFleet): IWidget[] {
  const sum = { statistic: Stats.SUM, period };
  return [
    ...rotatorHealth(rotator, thirdWidth),
    graph(
      'Dispatcher',
      [
        dispatcher.metricInvocations(sum),
        dispatcher.metricErrors(sum),
        dispatcher.metricThrottles(sum),
      ],
      [],
      thirdWidth,
    ),
  ];
}
