import {
  boolean,
  type Input,
  integer,
  list,
  number,
  oneOf,
  required,
  string,
  structure,
  timestamp,
} from '../shapes';

const AlarmName = string(1, 255);
const StateValue = oneOf('OK', 'ALARM', 'INSUFFICIENT_DATA');
const Namespace = string(1, 255);
const MetricName = string(1, 255);
const Dimensions = list(
  structure({ Name: required(string(1, 255)), Value: required(string(1, 1024)) }),
  0,
  30,
);
const Statistic = oneOf('Average', 'Maximum', 'Minimum', 'SampleCount', 'Sum');
const Period = integer(1, 86_400);

/** The requests understood here, with the limits of the Amazon CloudWatch API reference. */
export const shapes = {
  PutMetricAlarm: {
    AlarmName: required(AlarmName),
    AlarmDescription: string(0, 1024),
    ActionsEnabled: boolean,
    Namespace,
    MetricName,
    Dimensions,
    Statistic,
    Period,
    EvaluationPeriods: required(integer(1, Number.MAX_SAFE_INTEGER)),
    Threshold: number,
    ComparisonOperator: required(string(1, 64)),
    Metrics: list(
      structure({
        Id: required(string(1, 255)),
        Expression: string(1, 2048),
        ReturnData: boolean,
        MetricStat: structure({
          Metric: required(structure({ Namespace, MetricName, Dimensions })),
          Period: required(Period),
          Stat: required(string(1, 64)),
        }),
      }),
      0,
      500,
    ),
  },
  SetAlarmState: {
    AlarmName: required(AlarmName),
    StateValue: required(StateValue),
    StateReason: required(string(0, 1023)),
  },
  DescribeAlarms: {
    AlarmNames: list(AlarmName, 0, 100),
    AlarmNamePrefix: AlarmName,
    AlarmTypes: list(oneOf('MetricAlarm', 'CompositeAlarm'), 0, 2),
    StateValue,
    MaxRecords: integer(1, 100),
    NextToken: string(0, 4096),
  },
  GetMetricStatistics: {
    Namespace: required(Namespace),
    MetricName: required(MetricName),
    Dimensions,
    StartTime: required(timestamp),
    EndTime: required(timestamp),
    Period: required(Period),
    Statistics: list(Statistic, 1, 5),
  },
};

export type CloudWatchInput<Operation extends keyof typeof shapes> = Input<
  (typeof shapes)[Operation]
>;
