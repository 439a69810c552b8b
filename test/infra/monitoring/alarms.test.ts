import { messageLifeMs, mostReceives, visibilityTimeoutMs } from '../../../lambda/core/limits';
import { idOf } from '../support';
import { goesIntoAlarm, type Point, periodOf, type SimpleAlarm } from './simpleAlarm';
import { alarmNamed, alarmsIn, monitoringOf } from './support';

const minute = 60;
const { template } = monitoringOf(['news', 'mail'], () => ({}), { detailedMonitoring: true });
const alarm = alarmNamed(template);

describe('the alarms', () => {
  it('are as many for several connections as for one', () => {
    const names = [...alarmsIn(monitoringOf(['news', 'mail']).template).keys()];

    expect(names).toEqual([...alarmsIn(monitoringOf().template).keys()]);
    expect(names.sort()).toEqual([
      'ChainBroken',
      'DeadLetters',
      'EscrowInUse',
      'FunctionErrors',
      'NothingRotated',
      'QueueBehind',
      'RefreshTokenOld',
      'StagedSecretInUse',
      'TicksMissing',
      'TokenNearExpiry',
      'UndeliveredTicks',
    ]);
  });

  it('are one more for each connection if monitoring is to be detailed', () => {
    expect([...alarmsIn(template).keys()].sort()).toEqual([
      'ChainBroken',
      'DeadLetters',
      'EscrowInUse',
      'FunctionErrors',
      'NothingRotated',
      'QueueBehind',
      'RefreshTokenOld',
      'StagedSecretInUse',
      'TicksMissing',
      'TokenNearExpiry-mail',
      'TokenNearExpiry-news',
      'UndeliveredTicks',
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
  /** A message for which each invocation is cut off, after its 40 seconds. */
  const failing = (times: number): Point[] =>
    Array.from({ length: times }, (_, time) => ({
      atSeconds: 20 * minute + 40 + time * (visibilityTimeoutMs / 1_000),
      value: 1,
    }));

  it("looks at Lambda's count of the rotator", () => {
    expect(properties).toMatchObject({
      Namespace: 'AWS/Lambda',
      MetricName: 'Errors',
      Dimensions: [
        { Name: 'FunctionName', Value: { Ref: idOf(template, 'AWS::Lambda::Function') } },
      ],
    });
  });

  it('is silent about five attempts, which trouble of four minutes takes', () => {
    expect(goesIntoAlarm([0, 60 * minute], failing(5), errors)).toBe('never');
  });

  it('goes into ALARM before a message that always fails is a dead letter', () => {
    expect(goesIntoAlarm([0, 60 * minute], failing(mostReceives - 1), errors)).toBe(
      'wherever its periods begin',
    );
  });
});

describe('QueueBehind', () => {
  it('goes into ALARM if a message has used up half of its time, whatever keeps it', () => {
    const queue = idOf(template, 'AWS::SQS::Queue', 'QueuesQueue');

    expect(alarm('QueueBehind')).toMatchObject({
      Namespace: 'AWS/SQS',
      MetricName: 'ApproximateAgeOfOldestMessage',
      Dimensions: [{ Name: 'QueueName', Value: { 'Fn::GetAtt': [queue, 'QueueName'] } }],
      Statistic: 'Maximum',
      Threshold: messageLifeMs / 2 / 1_000,
      ComparisonOperator: 'GreaterThanThreshold',
      EvaluationPeriods: 1,
      TreatMissingData: 'notBreaching',
    });
  });
});

describe('TokenNearExpiry of one connection', () => {
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

  // FILL has no series to fill: what is left is missing.
  it('is silent about a connection that was never seeded', () => {
    expect(properties.TreatMissingData).toBe('ignore');
  });

  it('is silent while ticks succeed', () => {
    const points = ticks([...before, 45, 50, 55, 60, 65, 70, 75, ...after]);

    expect(goesIntoAlarm(within, points, nearExpiry, delaySeconds)).toBe('never');
  });

  it('is silent about the first success after the seed', () => {
    expect(goesIntoAlarm([60 * minute, 60 * minute], ticks([59]), nearExpiry)).toBe('never');
  });

  it('is silent about one tick that fails, and the next one a minute late', () => {
    const points = ticks([...before, 51, 55, 60, 65, 70, 75, ...after]);

    expect(goesIntoAlarm(within, points, nearExpiry, delaySeconds)).toBe('never');
  });

  it('goes into ALARM when three ticks in a row bring nothing, with 20 minutes left at least', () => {
    const points = ticks([...before, 60, 65, 70, 75, ...after]);
    const lastSuccess = 40 * minute;

    expect(goesIntoAlarm(within, points, nearExpiry, delaySeconds)).toBe(
      'wherever its periods begin',
    );
    expect(goesIntoAlarm([lastSuccess, lastSuccess + 20 * minute], ticks(before), nearExpiry)).toBe(
      'wherever its periods begin',
    );
  });

  it('goes into ALARM if each tick finds less than 15 minutes left', () => {
    const points = ticks([...before, ...after]).concat(
      ticks([45, 50, 55, 60, 65, 70, 75], 15 * minute - 1),
    );

    expect(goesIntoAlarm(within, points, nearExpiry, delaySeconds)).toBe(
      'wherever its periods begin',
    );
  });
});

describe('TokenNearExpiry of all connections', () => {
  it('goes into ALARM if a tick succeeds and leaves less than 15 minutes', () => {
    expect(alarmNamed(monitoringOf().template)('TokenNearExpiry')).toMatchObject({
      MetricName: 'SecondsToExpiry',
      Statistic: 'Minimum',
      Threshold: 15 * minute,
      ComparisonOperator: 'LessThanThreshold',
      EvaluationPeriods: 1,
      TreatMissingData: 'notBreaching',
    });
  });
});

describe('what an alarm says', () => {
  const descriptionOf = (name: string, runbookUrl?: string) =>
    alarmNamed(monitoringOf(['news'], () => (runbookUrl ? { runbookUrl } : {})).template)(name)
      .AlarmDescription;

  it('is the command that finds the connection, if it does not name it', () => {
    for (const [name, { AlarmDescription }] of alarmsIn(monitoringOf().template)) {
      const leavesOpen = /\bsome connection\b|EscrowInUse|StagedSecret/.test(
        `${AlarmDescription} ${name}`,
      );
      expect([name, AlarmDescription.includes('npm run ops -- status --attention')]).toEqual([
        name,
        leavesOpen,
      ]);
    }
  });

  it('is where the runbook is, by an absolute link if one is given', () => {
    expect(descriptionOf('ChainBroken')).toMatch(/ What to do: docs\/runbook\.md#chain-broken$/);
    expect(descriptionOf('ChainBroken', 'https://wiki.example.com/runbook')).toMatch(
      / What to do: https:\/\/wiki\.example\.com\/runbook#chain-broken$/,
    );
  });
});
