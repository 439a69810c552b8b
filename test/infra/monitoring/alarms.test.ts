import { idOf } from '../support';
import { type Point, periodOf, rings, type SimpleAlarm } from './evaluation';
import { alarmNamed, alarmsIn, monitoringOf } from './support';

const minute = 60;
const { template } = monitoringOf(['news', 'mail']);
const alarm = alarmNamed(template);

describe('the alarms', () => {
  it('are those of the rotation, and one for each connection', () => {
    expect([...alarmsIn(template).keys()].sort()).toEqual([
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
});

describe('FunctionErrors', () => {
  const { EvaluationPeriods, Threshold, ...properties } = alarm('FunctionErrors');
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
