import { Duration } from 'aws-cdk-lib';
import {
  type Alarm,
  Dashboard,
  GraphWidget,
  type IWidget,
  LegendPosition,
  PeriodOverride,
  Stats,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import type { TokenRotation } from '../tokenRotation';
import { greatestRefreshTokenAgeDays, leastSecondsToExpiry } from './alarmSpecifications';
import {
  lastErrors,
  outcomes,
  providerLatencies,
  providerLatency,
  providerProblems,
  refreshTokenAges,
} from './logQueries';
import { countOf, period, refreshTokenAgeDays, secondsToExpiry } from './metrics';
import {
  alarmLine,
  alarmStatus,
  fullWidth,
  graph,
  height,
  logGraph,
  logTable,
  queueGraphs,
} from './widgets';

export interface RotationDashboardProps {
  readonly dashboardName: string;
  readonly rotation: TokenRotation;
  readonly alarms: readonly Alarm[];
}

/** What one looks at first, from the tokens down to queue and function. */
export function addDashboard(scope: Construct, props: RotationDashboardProps): Dashboard {
  const { dashboardName, rotation, alarms } = props;
  const { logGroup } = rotation;
  const connections = [...rotation.secrets.keys()];
  return new Dashboard(scope, 'Dashboard', {
    dashboardName,
    // A day shows every connection's rotations, which come 20 to 25 minutes apart.
    defaultInterval: Duration.days(1),
    // Longer periods over longer ranges, and not thousands of points.
    periodOverride: PeriodOverride.AUTO,
    widgets: [
      [alarmStatus(alarms)],
      [expiry(connections)],
      [refreshTokenAge(), logTable(logGroup, 'Refresh tokens by connection', refreshTokenAges)],
      [outcomeCounts(), logTable(logGroup, 'Outcomes by connection', outcomes)],
      [
        logGraph(logGroup, 'Provider latency, milliseconds', providerLatency),
        logTable(logGroup, 'Provider latency by connection, milliseconds', providerLatencies),
      ],
      [
        logTable(logGroup, 'Requests repeated to the provider, by problem', providerProblems),
        logTable(logGroup, 'Last errors', lastErrors),
      ],
      queueGraphs(
        rotation.queue,
        {
          'connections that failed': rotation.deadLetterQueue,
          'ticks that were not sent': rotation.undeliveredTicks,
        },
        'alarm',
      ),
      functionHealth(rotation),
    ],
  });
}

function expiry(connections: readonly string[]): IWidget {
  return new GraphWidget({
    title: 'Seconds to expiry of the access tokens',
    left: connections.map(secondsToExpiry),
    leftYAxis: { min: 0, label: 'seconds', showUnits: false },
    leftAnnotations: [alarmLine(leastSecondsToExpiry, 'alarm: 15 minutes')],
    legendPosition: LegendPosition.RIGHT,
    width: fullWidth,
    height,
  });
}

function refreshTokenAge(): IWidget {
  return graph(
    'Age of the oldest refresh token, days',
    [refreshTokenAgeDays()],
    [alarmLine(greatestRefreshTokenAgeDays, 'alarm: 600 days')],
  );
}

function outcomeCounts(): IWidget {
  const events = [
    'Rotated',
    'Recovered',
    'Reissued',
    'Failed',
    'ChainBroken',
    'EscrowUsed',
    'StagedSecretUsed',
    'LeftOpen',
  ] as const;
  return graph('Outcomes', events.map(countOf));
}

/** AWS's own metrics of the function, which cost nothing. */
function functionHealth({ rotator }: TokenRotation): IWidget[] {
  const duration = (statistic: string) =>
    rotator.metricDuration({ statistic, period, label: statistic });
  const sum = { statistic: Stats.SUM, period };
  return [
    graph('Duration of an invocation', [duration('p50'), duration('p99'), duration('Maximum')]),
    graph('Invocations and failures', [
      rotator.metricInvocations(sum),
      rotator.metricErrors(sum),
      rotator.metricThrottles(sum),
    ]),
  ];
}
