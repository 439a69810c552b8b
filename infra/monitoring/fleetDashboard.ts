import { Duration } from 'aws-cdk-lib';
import { type Alarm, Dashboard, type IWidget, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import type { TokenRotationFleet } from '../fleet/tokenRotationFleet';
import { greatestRefreshTokenAgeDays } from './alarmSpecifications';
import { leastSecondsAfterSuccess } from './fleetAlarmSpecifications';
import * as fleetQueries from './fleetLogQueries';
import { providerLatency, providerProblems } from './logQueries';
import { countOf, period, refreshTokenAgeDays, secondsToExpiryOverAll } from './metrics';
import {
  alarmLine,
  alarmStatus,
  graph,
  logGraph,
  logTable,
  queueGraphs,
  thirdWidth,
} from './widgets';

export interface FleetDashboardProps {
  readonly dashboardName: string;
  readonly fleet: TokenRotationFleet;
  readonly alarms: readonly Alarm[];
}

/** What one looks at first, from the connections down to queue and functions. */
export function addFleetDashboard(scope: Construct, props: FleetDashboardProps): Dashboard {
  const { dashboardName, fleet, alarms } = props;
  const { rotatorLogGroup: log, dispatcherLogGroup: dispatcherLog } = fleet;
  return new Dashboard(scope, 'Dashboard', {
    dashboardName,
    // Nine periods. Each look reads the logs of all that time, which costs by their size.
    defaultInterval: Duration.hours(3),
    widgets: [
      [alarmStatus(alarms)],
      [
        logGraph(log, 'Outcomes in 20 minutes', fleetQueries.outcomes),
        logGraph(log, 'Connections that failed, in 20 minutes', fleetQueries.failingConnections),
      ],
      tokens(),
      [
        logTable(log, 'The ten tokens that expire first', fleetQueries.firstToExpire),
        logTable(log, 'The ten connections that fail most', fleetQueries.mostFailures),
      ],
      queueGraphs(
        fleet.queue,
        { 'connections that failed': fleet.deadLetterQueue },
        'alarm, while others wait',
      ),
      [
        logGraph(dispatcherLog, 'What the dispatcher sent', fleetQueries.dispatched),
        logTable(dispatcherLog, 'Last errors of the dispatcher', fleetQueries.dispatcherErrors),
      ],
      [
        logGraph(log, 'Provider latency, milliseconds', providerLatency),
        logTable(log, 'Requests repeated to the provider, by problem', providerProblems),
      ],
      functions(fleet),
    ],
  });
}

function tokens(): IWidget[] {
  const troubles = ['Failed', 'ChainBroken', 'EscrowUsed', 'StagedSecretUsed', 'LeftOpen'] as const;
  return [
    graph(
      'Least seconds to expiry after a success',
      [secondsToExpiryOverAll(Stats.MINIMUM)],
      [alarmLine(leastSecondsAfterSuccess, 'alarm: 25 minutes')],
      thirdWidth,
    ),
    graph(
      'Age of the oldest refresh token, days',
      [refreshTokenAgeDays()],
      [alarmLine(greatestRefreshTokenAgeDays, 'alarm: 600 days')],
      thirdWidth,
    ),
    graph('Troubles, attempt by attempt', troubles.map(countOf), [], thirdWidth),
  ];
}

/** AWS's own metrics, which cost nothing. */
function functions({ rotator, dispatcher }: TokenRotationFleet): IWidget[] {
  const sum = { statistic: Stats.SUM, period };
  const duration = (statistic: string) =>
    rotator.metricDuration({ statistic, period, label: statistic });
  return [
    graph(
      'Duration of a rotation',
      [duration('p50'), duration('p99'), duration('Maximum')],
      [],
      thirdWidth,
    ),
    graph(
      'Rotator',
      [
        rotator.metricInvocations(sum),
        rotator.metricErrors(sum),
        rotator.metricThrottles(sum),
        rotator.metric('ConcurrentExecutions', { statistic: Stats.MAXIMUM, period }),
      ],
      [],
      thirdWidth,
    ),
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
