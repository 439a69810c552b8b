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
} from 'aws-cdk-lib/aws-cloudwatch';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';

export const fullWidth = 24;
export const halfWidth = fullWidth / 2;
export const thirdWidth = fullWidth / 3;
export const height = 7;
/** As many names as stand side by side in the status of the alarms. */
const alarmsPerRow = 4;

export function alarmStatus(alarms: readonly Alarm[]): IWidget {
  return new AlarmStatusWidget({
    title: 'Alarms: what to do stands in docs/runbook.md',
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

export function alarmLine(value: number, label: string): HorizontalAnnotation {
  return { value, label, color: Color.RED };
}

/** The answer to a question to the log, as a table. */
export function logTable(logGroup: ILogGroup, title: string, queryLines: string[]): IWidget {
  return logWidget(logGroup, title, queryLines, LogQueryVisualizationType.TABLE);
}

/** The same over time: what the question has `by bin()`. */
export function logGraph(logGroup: ILogGroup, title: string, queryLines: string[]): IWidget {
  return logWidget(logGroup, title, queryLines, LogQueryVisualizationType.LINE);
}

function logWidget(
  logGroup: ILogGroup,
  title: string,
  queryLines: string[],
  view: LogQueryVisualizationType,
): IWidget {
  return new LogQueryWidget({
    title,
    logGroupNames: [logGroup.logGroupName],
    queryLines,
    view,
    width: halfWidth,
    height,
  });
}
