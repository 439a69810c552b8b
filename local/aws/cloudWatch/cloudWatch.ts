import { accountId } from '../account';
import { AwsError } from '../awsError';
import { pageOf } from '../pages';
import { check } from '../shapes';
import { type CloudWatchInput as Input, shapes } from './cloudWatchShapes';

export const alarmArn = (name: string, region: string) =>
  `arn:aws:cloudwatch:${region}:${accountId}:alarm:${name}`;

interface Alarm {
  readonly definition: Input<'PutMetricAlarm'>;
  readonly arn: string;
  readonly state: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';
  readonly reason: string;
  readonly stateChangedAtMs: number;
}

/** A value as a service of AWS writes it. */
export interface MetricValue {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly value: number;
}

const invalidNextToken = () => new AwsError('InvalidNextToken', 'The next token is invalid.');

/**
 * Amazon CloudWatch's alarms on metrics, which change their state by SetAlarmState alone, and its
 * metrics: those that {@link record} is given. Each other method is the API operation
 * of its name, with the wire's request and answer (timestamps in epoch seconds), and throws `AwsError`
 * if AWS refuses. Source: Amazon CloudWatch API reference.
 */
export class CloudWatchModel {
  readonly #alarms = new Map<string, Alarm>();
  readonly #values: (MetricValue & { readonly atMs: number })[] = [];

  /** `now` gives milliseconds since the epoch. */
  constructor(private readonly now: () => number) {}

  record(value: MetricValue): void {
    this.#values.push({ ...value, atMs: this.now() });
  }

  putMetricAlarm(input: Input<'PutMetricAlarm'>, region = 'us-east-1') {
    check(shapes.PutMetricAlarm, input);
    const { AlarmName } = input;
    const former = this.#alarms.get(AlarmName);
    this.#alarms.set(AlarmName, {
      arn: alarmArn(AlarmName, region),
      state: former?.state ?? 'INSUFFICIENT_DATA',
      reason: former?.reason ?? 'Unchecked: Initial alarm creation',
      stateChangedAtMs: former?.stateChangedAtMs ?? this.now(),
      definition: input,
    });
    return {};
  }

  setAlarmState({ AlarmName, ...input }: Input<'SetAlarmState'>) {
    check(shapes.SetAlarmState, { AlarmName, ...input });
    const alarm = this.#alarms.get(AlarmName);
    if (!alarm) throw new AwsError('ResourceNotFound', `${AlarmName} does not exist.`, 404);
    const { StateValue: state, StateReason: reason } = input;
    this.#alarms.set(AlarmName, { ...alarm, state, reason, stateChangedAtMs: this.now() });
    return {};
  }

  describeAlarms(input: Input<'DescribeAlarms'>) {
    check(shapes.DescribeAlarms, input);
    const { AlarmNames, AlarmNamePrefix = '', AlarmTypes = ['MetricAlarm'], StateValue } = input;
    const listed = [...this.#alarms.keys()]
      .filter((name) => AlarmNames?.includes(name) ?? name.startsWith(AlarmNamePrefix))
      .filter(() => AlarmTypes.includes('MetricAlarm'))
      .sort()
      .flatMap((name) => this.#alarms.get(name) ?? [])
      .filter(({ state }) => StateValue === undefined || state === StateValue);
    const { MaxRecords = 50, NextToken } = input;
    const { items, nextToken } = pageOf(listed, MaxRecords, NextToken, invalidNextToken);
    return { MetricAlarms: items.map(asMetricAlarm), CompositeAlarms: [], NextToken: nextToken };
  }

  /** Periods begin with the start time. */
  getMetricStatistics(input: Input<'GetMetricStatistics'>) {
    check(shapes.GetMetricStatistics, input);
    const { Namespace, MetricName, Dimensions = [], StartTime, EndTime, Period } = input;
    const values = this.#values.filter(
      ({ namespace, name, dimensions, atMs }) =>
        namespace === Namespace &&
        name === MetricName &&
        Object.keys(dimensions).length === Dimensions.length &&
        Dimensions.every(({ Name, Value }) => dimensions[Name] === Value) &&
        atMs / 1_000 >= StartTime &&
        atMs / 1_000 < EndTime,
    );
    const periodOf = ({ atMs }: { readonly atMs: number }) =>
      Math.floor((atMs / 1_000 - StartTime) / Period);
    const periods = [...new Set(values.map(periodOf))];
    return {
      Label: MetricName,
      Datapoints: periods.map((period) => ({
        Timestamp: StartTime + period * Period,
        ...statisticsOf(values.filter((each) => periodOf(each) === period)),
        Unit: 'Count',
      })),
    };
  }
}

function statisticsOf(values: readonly { readonly value: number }[]) {
  const numbers = values.map(({ value }) => value);
  const Sum = numbers.reduce((sum, value) => sum + value, 0);
  return {
    Sum,
    SampleCount: numbers.length,
    Average: Sum / numbers.length,
    Maximum: Math.max(...numbers),
    Minimum: Math.min(...numbers),
  };
}

const asMetricAlarm = ({ definition, arn, state, reason, stateChangedAtMs }: Alarm) => ({
  ...definition,
  AlarmArn: arn,
  ActionsEnabled: definition.ActionsEnabled ?? true,
  StateValue: state,
  StateReason: reason,
  StateUpdatedTimestamp: stateChangedAtMs / 1_000,
});
