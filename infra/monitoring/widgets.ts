import {
  type Alarm,
  AlarmStatusWidget,
  Color,
  GraphWidget,
  type HorizontalAnnotation,
  type IMetric,
  type IWidget,
  LogQueryVisualizationType,
  LogQueryWidget,
  Stats,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { longestWaitSeconds } from './alarms';
import { period, type RotatorMetrics } from './metrics';

export const fullWidth = 24;
const halfWidth = fullWidth / 2;
export const thirdWidth = fullWidth / 3;
export const height = 7;
/** As many names as stand side by side in the status of the alarms. */
const alarmsPerRow = 4;

export function alarmStatus(alarms: readonly Alarm[], runbook: string): IWidget {
  return new AlarmStatusWidget({
    title: `Alarms: what to do is in ${runbook}`,
    alarms: [...alarms],
    width: fullWidth,
    height: 1 + Math.ceil(alarms.length / alarmsPerRow),
  });
}

export function graph(
  title: string,
  left: IMetric[],
  leftAnnotations: HorizontalAnnotation[] = [],
  width = halfWidth,
): IWidget {
  return new GraphWidget({ title, left, leftAnnotations, leftYAxis: { min: 0 }, width, height });
}

/**
 * A queue and what it comes to: AWS's own metrics, which cost nothing.
 *
 * @param deadLetterQueues by what their messages are
 * @param alarmOfAge what the line of the alarm on the age says
 */
export function queueGraphs(
  queue: IQueue,
  deadLetterQueues: Readonly<Record<string, IQueue>>,
  alarmOfAge: string,
): IWidget[] {
  const most = { statistic: Stats.MAXIMUM, period };
  return [
    graph(
      'Messages in the queue',
      [
        queue.metricApproximateNumberOfMessagesVisible({ ...most, label: 'waiting' }),
        queue.metricApproximateNumberOfMessagesNotVisible({
          ...most,
          label: 'at work, or failed and to come again',
        }),
      ],
      [],
      thirdWidth,
    ),
    graph(
      'Age of the oldest message, seconds',
      [queue.metricApproximateAgeOfOldestMessage(most)],
      [alarmLine(longestWaitSeconds, alarmOfAge)],
      thirdWidth,
    ),
    graph(
      'Dead letters',
      Object.entries(deadLetterQueues).map(([label, deadLetterQueue]) =>
        deadLetterQueue.metricApproximateNumberOfMessagesVisible({ ...most, label }),
      ),
      [alarmLine(1, 'alarm')],
      thirdWidth,
    ),
  ];
}

/** What was left of the token that is nearest to its end, after ticks that succeeded. */
export function leastLife(metrics: RotatorMetrics, seconds: number, width = halfWidth): IWidget {
  return graph(
    'Least seconds to expiry after a success',
    [metrics.secondsToExpiry(Stats.MINIMUM)],
    [alarmLine(seconds, `alarm: ${seconds / 60} minutes`)],
    width,
  );
}

/** Attempt by attempt: written, and paid for, only while there are any. */
export function troubleGraph(metrics: RotatorMetrics, width = halfWidth): IWidget {
  const events = ['Failed', 'ChainBroken', 'EscrowUsed', 'StagedSecretUsed', 'LeftOpen'] as const;
  return graph(
    'Troubles, attempt by attempt',
    events.map((event) => metrics.countOf(event)),
    [],
    width,
  );
}

/** AWS's own metrics of the rotator, which cost nothing. */
export function rotatorHealth(rotator: IFunction, width = halfWidth): IWidget[] {
  const duration = (statistic: string) =>
    rotator.metricDuration({ statistic, period, label: statistic });
  const sum = { statistic: Stats.SUM, period };
  return [
    graph(
      'Duration of a rotation',
      [duration('p50'), duration('p99'), duration('Maximum')],
      [],
      width,
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
      width,
    ),
  ];
}

export function alarmLine(value: number, label: string): HorizontalAnnotation {
  return { value, label, color: Color.RED };
}

/** The answer to a question to the log, as a table. */
export function logTable(logGroup: ILogGroup, title: string, queryLines: string[]): IWidget {
  return logWidget(logGroup, title, queryLines, LogQueryVisualizationType.TABLE);
}

/** The same over time: what the question has `by bin()`. */
export function logGraph(
  logGroup: ILogGroup,
  title: string,
  queryLines: string[],
  width = halfWidth,
): IWidget {
  return logWidget(logGroup, title, queryLines, LogQueryVisualizationType.LINE, width);
}

function logWidget(
  logGroup: ILogGroup,
  title: string,
  queryLines: string[],
  view: LogQueryVisualizationType,
  width = halfWidth,
): IWidget {
  return new LogQueryWidget({
    title,
    logGroupNames: [logGroup.logGroupName],
    queryLines,
    view,
    width,
    height,
  });
}
