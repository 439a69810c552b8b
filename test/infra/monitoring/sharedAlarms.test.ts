import { idOf } from '../support';
import { periodOf } from './simpleAlarm';
import { alarmNamed, alarmsIn, fleetMonitoringOf, monitoringOf } from './support';

const minute = 60;

describe.each([
  [
    'a rotation',
    () => monitoringOf(),
    'FunctionErrors',
    [
      ['DeadLetters', 'QueuesDeadLetterQueue'],
      ['UndeliveredTicks', 'RotationDeadLetterQueue'],
    ],
  ],
  [
    'a fleet',
    () => fleetMonitoringOf(),
    'DispatcherErrors',
    [['DeadLetters', 'QueuesDeadLetterQueue']],
  ],
] as const)('the alarms of %s', (_name, monitoring, functionErrors, deadLetters) => {
  const { template } = monitoring();
  const alarm = alarmNamed(template);

  it('send the topic their beginning and their end', () => {
    const topic = [{ Ref: idOf(template, 'AWS::SNS::Topic') }];

    for (const { AlarmActions, OKActions } of alarmsIn(template).values()) {
      expect({ AlarmActions, OKActions }).toEqual({ AlarmActions: topic, OKActions: topic });
    }
  });

  it('take all of their periods', () => {
    for (const { DatapointsToAlarm, EvaluationPeriods } of alarmsIn(template).values()) {
      expect(DatapointsToAlarm ?? EvaluationPeriods).toBe(EvaluationPeriods);
    }
  });

  it.each(['ChainBroken', 'EscrowInUse', 'StagedSecretInUse', functionErrors])(
    '%s goes into ALARM at the first count, and not in the silence when there is nothing to count',
    (name) => {
      expect(alarm(name)).toMatchObject({
        Statistic: 'Sum',
        Threshold: 1,
        ComparisonOperator: 'GreaterThanOrEqualToThreshold',
        TreatMissingData: 'notBreaching',
      });
    },
  );

  it.each(['ChainBroken', 'EscrowInUse', 'StagedSecretInUse'])(
    '%s goes into ALARM in the first period that has one',
    (name) => {
      expect(alarm(name).EvaluationPeriods).toBe(1);
    },
  );

  it.each(deadLetters)(
    '%s goes into ALARM with the first message, and stays there while its queue is inactive',
    (name, part) => {
      const queue = idOf(template, 'AWS::SQS::Queue', part);

      expect(alarm(name)).toMatchObject({
        Namespace: 'AWS/SQS',
        MetricName: 'ApproximateNumberOfMessagesVisible',
        Dimensions: [{ Name: 'QueueName', Value: { 'Fn::GetAtt': [queue, 'QueueName'] } }],
        Statistic: 'Maximum',
        Threshold: 1,
        ComparisonOperator: 'GreaterThanOrEqualToThreshold',
        EvaluationPeriods: 1,
        TreatMissingData: 'ignore',
      });
    },
  );

  it('RefreshTokenOld goes into ALARM beyond 600 days of the oldest one', () => {
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
