import { idOf } from '../support';
import { type Point, periodOf, rings, type SimpleAlarm } from './evaluation';
import { type AlarmProperties, alarmsIn, monitoringOf } from './support';

const minute = 60;
const { template } = monitoringOf(['news', 'mail']);
const alarms = alarmsIn(template);

function alarm(name: string): AlarmProperties {
  const found = alarms.get(name);
  if (found === undefined) throw new Error(`no alarm ${name}`);
  return found;
}

describe('the alarms', () => {
  it('are those of the rotation, and one for each connection', () => {
    expect([...alarms.keys()].sort()).toEqual([
      'ChainBroken',
      'DeadLetters',
      'EscrowInUse',
      'FunctionErrors',
      'RefreshTokenOld',
      'StagedSecretInUse',
      'TokenNearExpiry-mail',
      'TokenNearExpiry-news',
    ]);
  });

  it('tell the topic their beginning and their end', () => {
    const topic = [{ Ref: idOf(template, 'AWS::SNS::Topic') }];

    for (const { AlarmActions, OKActions } of alarms.values()) {
      expect({ AlarmActions, OKActions }).toEqual({ AlarmActions: topic, OKActions: topic });
    }
  });

  it.each(['ChainBroken', 'EscrowInUse', 'StagedSecretInUse', 'FunctionErrors'])(
    '%s rings with the first count, and not in the silence when there is nothing to count',
    (name) => {
      expect(alarm(name)).toMatchObject({
        Statistic: 'Sum',
        Threshold: 1,
        ComparisonOperator: 'GreaterThanOrEqualToThreshold',
        TreatMissingData: 'notBreaching',
      });
    },
  );

  it('DeadLetters rings with the first message, and goes on while its queue is inactive', () => {
    expect(alarm('DeadLetters')).toMatchObject({
      Namespace: 'AWS/SQS',
      MetricName: 'ApproximateNumberOfMessagesVisible',
      Dimensions: [
        {
          Name: 'QueueName',
          Value: { 'Fn::GetAtt': [idOf(template, 'AWS::SQS::Queue'), 'QueueName'] },
        },
      ],
      Statistic: 'Maximum',
      Threshold: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      EvaluationPeriods: 1,
      TreatMissingData: 'ignore',
    });
  });

  it('RefreshTokenOld rings beyond 600 days of the oldest one', () => {
    const { Metrics, ...rest } = alarm('RefreshTokenOld');

    expect(rest).toMatchObject({
      Threshold: 600,
      ComparisonOperator: 'GreaterThanThreshold',
      EvaluationPeriods: 1,
    });
    expect(Metrics).toMatchObject([
      { Expression: 'seconds / 86400' },
      { Id: 'seconds', MetricStat: { Metric: { MetricName: 'RefreshTokenAge' }, Stat: 'Maximum' } },
    ]);
  });

  it('StagedSecretInUse goes on from one rotation to the next, which are 25 minutes apart', () => {
    expect(periodOf(alarm('StagedSecretInUse'))).toBeGreaterThan(2 * 25 * minute);
  });
});

describe('FunctionErrors', () => {
  const { EvaluationPeriods, Threshold, DatapointsToAlarm, ...properties } =
    alarm('FunctionErrors');
  const errors: SimpleAlarm = {
    periodSeconds: periodOf(alarm('FunctionErrors')),
    evaluationPeriods: EvaluationPeriods,
    breaches: (values) => values.reduce((sum, value) => sum + value, 0) >= Threshold,
  };
  /** Attempts of a tick, each of which takes all of its 40 seconds. */
  const failedTick = (atSeconds: number): Point[] =>
    [0, 100, 260].map((offset) => ({ atSeconds: atSeconds + offset, value: 1 }));

  it("looks at Lambda's count of the rotator", () => {
    expect(properties).toMatchObject({
      Namespace: 'AWS/Lambda',
      MetricName: 'Errors',
      Dimensions: [
        { Name: 'FunctionName', Value: { Ref: idOf(template, 'AWS::Lambda::Function') } },
      ],
    });
    expect(DatapointsToAlarm ?? EvaluationPeriods).toBe(EvaluationPeriods);
  });

  it('is silent about one tick, even if all of its attempts fail', () => {
    expect(rings([0, 60 * minute], failedTick(20 * minute), errors)).toBe('never');
  });

  it('rings where tick after tick fails', () => {
    const failing = [0, 5, 10].flatMap((tick) => failedTick(tick * minute));

    expect(rings([0, 60 * minute], failing, errors)).toBe('wherever its periods begin');
  });
});

describe('TokenNearExpiry', () => {
  const { Metrics = [], ...properties } = alarm('TokenNearExpiry-news');
  const nearExpiry: SimpleAlarm = {
    periodSeconds: periodOf(alarm('TokenNearExpiry-news')),
    evaluationPeriods: properties.EvaluationPeriods,
    // FILL(seconds, 0)
    breaches: (values) => (values.length === 0 ? 0 : Math.min(...values)) < properties.Threshold,
  };
  /** Ticks that succeed, in minutes, each with so many seconds left. */
  const ticks = (minutes: readonly number[], value = 2_500): Point[] =>
    minutes.map((at) => ({ atSeconds: at * minute, value }));
  const within = [45 * minute, 120 * minute] as const;
  const before = [0, 5, 10, 15, 20, 25, 30, 35, 40];
  const after = [80, 85, 90, 95, 100, 105, 110, 115, 120];
  /** CloudWatch has a metric of the log a little later. */
  const delaySeconds = 2 * minute;

  it('looks at the least that its connection had left, and counts silence as nothing left', () => {
    expect(properties).toMatchObject({
      Threshold: 15 * minute,
      ComparisonOperator: 'LessThanThreshold',
      TreatMissingData: 'breaching',
    });
    expect(properties.DatapointsToAlarm ?? properties.EvaluationPeriods).toBe(
      properties.EvaluationPeriods,
    );
    expect(Metrics).toMatchObject([
      { Expression: 'FILL(seconds, 0)', ReturnData: true },
      {
        Id: 'seconds',
        ReturnData: false,
        MetricStat: {
          Metric: { Dimensions: expect.arrayContaining([{ Name: 'connection', Value: 'news' }]) },
          Stat: 'Minimum',
        },
      },
    ]);
  });

  it('is silent while ticks succeed', () => {
    const points = ticks([...before, 45, 50, 55, 60, 65, 70, 75, ...after]);

    expect(rings(within, points, nearExpiry, delaySeconds)).toBe('never');
  });

  it('is silent about one tick that fails, and the next one a minute late', () => {
    const points = ticks([...before, 51, 55, 60, 65, 70, 75, ...after]);

    expect(rings(within, points, nearExpiry, delaySeconds)).toBe('never');
  });

  it('rings when three ticks in a row bring nothing, with 20 minutes left at the least', () => {
    const points = ticks([...before, 60, 65, 70, 75, ...after]);
    const lastSuccess = 40 * minute;

    expect(rings(within, points, nearExpiry, delaySeconds)).toBe('wherever its periods begin');
    expect(rings([lastSuccess, lastSuccess + 20 * minute], ticks(before), nearExpiry)).toBe(
      'wherever its periods begin',
    );
  });

  it('rings where each tick finds less than 15 minutes left', () => {
    const points = ticks([...before, ...after]).concat(
      ticks([45, 50, 55, 60, 65, 70, 75], 15 * minute - 1),
    );

    expect(rings(within, points, nearExpiry, delaySeconds)).toBe('wherever its periods begin');
  });
});
