import { Duration } from 'aws-cdk-lib';
import {
  type Alarm,
  AlarmStatusWidget,
  Color,
  Dashboard,
  GraphWidget,
  type HorizontalAnnotation,
  type IMetric,
  type IWidget,
  LegendPosition,
  LogQueryVisualizationType,
  LogQueryWidget,
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

export interface RotationDashboardProps {
  readonly dashboardName: string;
  readonly rotation: TokenRotation;
  readonly alarms: readonly Alarm[];
}

const fullWidth = 24;
const halfWidth = fullWidth / 2;
const height = 7;
/** As many names as stand side by side in the status of the alarms. */
const alarmsPerRow = 4;

/** What one looks at first, from the tokens down to the function. */
export function addDashboard(scope: Construct, props: RotationDashboardProps): Dashboard {
  const { dashboardName, rotation, alarms } = props;
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
      [refreshTokenAge(), table(rotation, 'Refresh tokens by connection', refreshTokenAges)],
      [outcomeCounts(), table(rotation, 'Outcomes by connection', outcomes)],
      [
        latency(rotation),
        table(rotation, 'Provider latency by connection, milliseconds', providerLatencies),
      ],
      [
        table(rotation, 'Requests repeated to the provider, by problem', providerProblems),
        table(rotation, 'Last errors', lastErrors),
      ],
      functionHealth(rotation),
    ],
  });
}

function alarmStatus(alarms: readonly Alarm[]): IWidget {
  return new AlarmStatusWidget({
    title: 'Alarms: what to do stands in docs/runbook.md',
    alarms: [...alarms],
    width: fullWidth,
    height: 1 + Math.ceil(alarms.length / alarmsPerRow),
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
  ] as const;
  return graph('Outcomes', events.map(countOf));
}

function latency(rotation: TokenRotation): IWidget {
  return logWidget(
    rotation,
    'Provider latency, milliseconds',
    providerLatency,
    LogQueryVisualizationType.LINE,
  );
}

/** AWS's own metrics of the function and its queue, which cost nothing. */
function functionHealth({ rotator, deadLetterQueue }: TokenRotation): IWidget[] {
  const duration = (statistic: string) =>
    rotator.metricDuration({ statistic, period, label: statistic });
  const sum = { statistic: Stats.SUM, period };
  const third = fullWidth / 3;
  return [
    graph(
      'Duration of an invocation',
      [duration('p50'), duration('p99'), duration('Maximum')],
      [],
      third,
    ),
    graph(
      'Invocations and failures',
      [
        rotator.metricInvocations(sum),
        rotator.metricErrors(sum),
        rotator.metricThrottles(sum),
        // What could not be told to the queue or to the event bus.
        rotator.metric('DeadLetterErrors', sum),
        rotator.metric('DestinationDeliveryFailures', sum),
      ],
      [],
      third,
    ),
    graph(
      'Dead-letter queue',
      [
        deadLetterQueue.metricApproximateNumberOfMessagesVisible({
          statistic: Stats.MAXIMUM,
          period,
        }),
      ],
      [alarmLine(1, 'alarm')],
      third,
    ),
  ];
}

function graph(
  title: string,
  left: IMetric[],
  leftAnnotations: HorizontalAnnotation[] = [],
  width = halfWidth,
): IWidget {
  return new GraphWidget({ title, left, leftAnnotations, leftYAxis: { min: 0 }, width, height });
}

function alarmLine(value: number, label: string): HorizontalAnnotation {
  return { value, label, color: Color.RED };
}

function table(rotation: TokenRotation, title: string, queryLines: string[]): IWidget {
  return logWidget(rotation, title, queryLines, LogQueryVisualizationType.TABLE);
}

function logWidget(
  rotation: TokenRotation,
  title: string,
  queryLines: string[],
  view: LogQueryVisualizationType,
): IWidget {
  return new LogQueryWidget({
    title,
    logGroupNames: [rotation.logGroup.logGroupName],
    queryLines,
    view,
    width: halfWidth,
    height,
  });
}
