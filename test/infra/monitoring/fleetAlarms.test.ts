import { fleetPeriodMs, messageLifeMs, tickMs } from '../../../lambda/core/limits';
import { idOf } from '../support';
import { goesIntoAlarm, type Point, periodOf, type SimpleAlarm } from './simpleAlarm';
import { alarmNamed, alarmsIn, fleetMonitoringOf } from './support';

const minute = 60;
const { template } = fleetMonitoringOf();
const alarm = alarmNamed(template);

const simple = (name: string, breaches: SimpleAlarm['breaches']): SimpleAlarm => ({
  periodSeconds: periodOf(alarm(name)),
  evaluationPeriods: alarm(name).EvaluationPeriods,
  breaches,
});
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
const at = (minutes: readonly number[]): Point[] =>
  minutes.map((value) => ({ atSeconds: value * minute, value: 1 }));
const everyMinutes = (step: number, count: number) =>
  Array.from({ length: count }, (_, index) => index * step);

describe('the alarms of a fleet', () => {
  it('are these, however many connections there are', () => {
    expect([...alarmsIn(template).keys()].sort()).toEqual([
      'ChainBroken',
      'DeadLetters',
      'DispatcherErrors',
      'DispatcherSilent',
      'EscrowInUse',
      'NothingRotated',
      'QueueBehind',
      'RefreshTokenOld',
      'StagedSecretInUse',
      'TokenNearExpiry',
    ]);
  });

  it('TokenNearExpiry goes into ALARM once if a token may end before its next message', () => {
    const untilNext = (fleetPeriodMs + tickMs) / 1_000;

    expect(alarm('TokenNearExpiry')).toMatchObject({
      MetricName: 'SecondsToExpiry',
      Dimensions: [
        {
          Name: 'FunctionName',
          Value: { Ref: idOf(template, 'AWS::Lambda::Function', 'Rotator') },
        },
        { Name: 'service', Value: 'sfmc-token-rotator' },
      ],
      Statistic: 'Minimum',
      Threshold: untilNext,
      ComparisonOperator: 'LessThanThreshold',
      EvaluationPeriods: 1,
      TreatMissingData: 'notBreaching',
    });
    expect(untilNext).toBeGreaterThanOrEqual(15 * minute);
  });
});

describe('NothingRotated', () => {
  const nothing = simple('NothingRotated', (values) => values.length < 1);
  /** CloudWatch has a metric of the log a little later. */
  const delaySeconds = 2 * minute;

  it('counts successes, takes silence for none, and is silent if there was never any', () => {
    expect(alarm('NothingRotated')).toMatchObject({
      Threshold: 1,
      ComparisonOperator: 'LessThanThreshold',
      TreatMissingData: 'ignore',
      Metrics: [
        { Expression: 'FILL(count, 0)' },
        {
          Id: 'count',
          MetricStat: { Metric: { MetricName: 'SecondsToExpiry' }, Stat: 'SampleCount' },
        },
      ],
    });
  });

  it('is silent about a fleet of one connection, also when its first attempt fails once', () => {
    const successes = everyMinutes(20, 10);

    expect(goesIntoAlarm([40 * minute, 170 * minute], at(successes), nothing, delaySeconds)).toBe(
      'never',
    );
    const oneLater = successes.map((time) => (time === 100 ? 102 : time));
    expect(goesIntoAlarm([40 * minute, 170 * minute], at(oneLater), nothing, delaySeconds)).toBe(
      'never',
    );
  });

  it('goes into ALARM with ten minutes left of the oldest token', () => {
    const last = 60 * minute;
    const oldestEndsAt = last + 40 * minute;

    expect(
      goesIntoAlarm(
        [last, oldestEndsAt - 10 * minute],
        at(everyMinutes(1, 61)),
        nothing,
        delaySeconds,
      ),
    ).toBe('wherever its periods begin');
  });
});

describe('DispatcherSilent', () => {
  const silent = simple('DispatcherSilent', (values) => sum(values) < 1);

  it('counts the invocations of the dispatcher, and takes silence for none once there were any', () => {
    const dispatcher = idOf(template, 'AWS::Lambda::Function', 'Dispatcher');

    expect(alarm('DispatcherSilent')).toMatchObject({
      Threshold: 1,
      ComparisonOperator: 'LessThanThreshold',
      TreatMissingData: 'ignore',
      Metrics: [
        { Expression: 'FILL(count, 0)' },
        {
          MetricStat: {
            Metric: {
              MetricName: 'Invocations',
              Dimensions: [{ Name: 'FunctionName', Value: { Ref: dispatcher } }],
            },
            Stat: 'Sum',
          },
        },
      ],
    });
  });

  it('is silent about one run that is a minute late', () => {
    const runs = everyMinutes(5, 30).map((time) => (time === 60 ? 61 : time));

    expect(goesIntoAlarm([30 * minute, 120 * minute], at(runs), silent, 2 * minute)).toBe('never');
  });

  it('goes into ALARM when three runs in a row do not come', () => {
    expect(goesIntoAlarm([30 * minute, 60 * minute], at(everyMinutes(5, 7)), silent)).toBe(
      'wherever its periods begin',
    );
  });
});

describe('DispatcherErrors', () => {
  const errors = simple('DispatcherErrors', (values) => sum(values) >= 1);

  it('is silent about one attempt that is repeated with success', () => {
    expect(goesIntoAlarm([0, 60 * minute], at([20]), errors)).toBe('never');
  });

  it('goes into ALARM if run after run fails', () => {
    expect(goesIntoAlarm([0, 60 * minute], at([20, 25, 30]), errors)).toBe(
      'wherever its periods begin',
    );
  });
});

describe('QueueBehind', () => {
  it('looks at the age of the oldest message while others wait without a pause', () => {
    const dimensions = [
      {
        Name: 'QueueName',
        Value: { 'Fn::GetAtt': [idOf(template, 'AWS::SQS::Queue', 'QueuesQueue'), 'QueueName'] },
      },
    ];

    expect(alarm('QueueBehind')).toMatchObject({
      Threshold: messageLifeMs / 2 / 1_000,
      ComparisonOperator: 'GreaterThanThreshold',
      EvaluationPeriods: 2,
      TreatMissingData: 'notBreaching',
      Metrics: [
        { Expression: 'IF(waiting > 0, age, 0)', ReturnData: true },
        {
          Id: 'waiting',
          ReturnData: false,
          MetricStat: {
            Metric: { MetricName: 'ApproximateNumberOfMessagesVisible', Dimensions: dimensions },
            Stat: 'Minimum',
          },
        },
        {
          Id: 'age',
          ReturnData: false,
          MetricStat: {
            Metric: { MetricName: 'ApproximateAgeOfOldestMessage', Dimensions: dimensions },
            Stat: 'Maximum',
          },
        },
      ],
    });
  });
});
