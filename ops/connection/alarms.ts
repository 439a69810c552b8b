import {
  GetMetricStatisticsCommand,
  type MetricAlarm,
  paginateDescribeAlarms,
} from '@aws-sdk/client-cloudwatch';
import type { AwsAccess } from '../awsAccess';

/** An alarm in the state ALARM. */
export interface ActiveAlarm {
  readonly name: string;
  /** What it means and what to do, as it was deployed. */
  readonly description: string;
  readonly sinceMs: number;
  /** The values of the dimensions of what it looks at, such as the name of a function or queue. */
  readonly looksAt: ReadonlySet<string>;
  /** Undefined if it is about all connections. */
  readonly connection: string | undefined;
}

/** All that are in ALARM in the Region, whatever they look at. */
export async function readActiveAlarms({
  aws,
}: Pick<AwsAccess, 'aws'>): Promise<readonly ActiveAlarm[]> {
  const pages = paginateDescribeAlarms(
    { client: aws.cloudWatch, pageSize: 100 },
    { StateValue: 'ALARM', AlarmTypes: ['MetricAlarm'] },
  );
  const found: ActiveAlarm[] = [];
  for await (const { MetricAlarms = [] } of pages) found.push(...MetricAlarms.map(activeAlarm));
  return found;
}

function activeAlarm(alarm: MetricAlarm): ActiveAlarm {
  const { Dimensions = [], Metrics = [] } = alarm;
  const all = [
    ...Dimensions,
    ...Metrics.flatMap((each) => each.MetricStat?.Metric?.Dimensions ?? []),
  ];
  return {
    name: alarm.AlarmName ?? '',
    description: alarm.AlarmDescription ?? '',
    sinceMs: alarm.StateUpdatedTimestamp?.getTime() ?? 0,
    looksAt: new Set(all.map(({ Value = '' }) => Value)),
    connection: all.find(({ Name }) => Name === 'connection')?.Value,
  };
}

const hourMs = 3_600_000;

/** How many invocations of a function Lambda has refused in the last hour, since too many ran. */
export async function readThrottles(
  { aws, clock }: Pick<AwsAccess, 'aws' | 'clock'>,
  functionName: string,
): Promise<number> {
  const nowMs = clock.now();
  const { Datapoints = [] } = await aws.cloudWatch.send(
    new GetMetricStatisticsCommand({
      Namespace: 'AWS/Lambda',
      MetricName: 'Throttles',
      Dimensions: [{ Name: 'FunctionName', Value: functionName }],
      StartTime: new Date(nowMs - hourMs),
      EndTime: new Date(nowMs),
      Period: hourMs / 1_000,
      Statistics: ['Sum'],
    }),
  );
  return Datapoints.reduce((sum, { Sum = 0 }) => sum + Sum, 0);
}
