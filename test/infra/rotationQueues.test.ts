import {
  firstUseNeedsMs,
  functionTimeoutMs,
  messageLifeMs,
  mostReceives,
  reuseWindowMs,
  visibilityTimeoutMs,
} from '../../lambda/core/limits';
import { parseSettings } from '../../lambda/rotator/settings';
import { connection } from './exampleConnection';
import { fleetWith, propertiesOf } from './fleet/support';
import { idOf, type Json, rotationWith } from './support';

const connections = ['news', 'mail', 'ads'].map((name) => connection(name));

describe.each([
  {
    of: 'single connections',
    template: rotationWith({ connections }).template(),
    atOnce: 3,
    tickMinutes: 5,
    scheduledConnections: 3,
  },
  {
    of: 'a fleet',
    template: fleetWith().template(),
    atOnce: 16,
    tickMinutes: 20,
    scheduledConnections: undefined,
  },
])('the way to the rotator of $of', ({ template, atOnce, tickMinutes, scheduledConnections }) => {
  const queueId = idOf(template, 'AWS::SQS::Queue', 'QueuesQueue');
  const deadLetterId = idOf(template, 'AWS::SQS::Queue', 'QueuesDeadLetterQueue');
  const queue = propertiesOf(template, 'AWS::SQS::Queue', 'QueuesQueue');
  const deadLetterQueue = propertiesOf(template, 'AWS::SQS::Queue', 'QueuesDeadLetterQueue');
  const rotatorId = idOf(template, 'AWS::Lambda::Function', 'Rotator');
  const rotator = propertiesOf(template, 'AWS::Lambda::Function', 'Rotator');
  const arnOf = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] });
  const milliseconds = (seconds: unknown) => Number(seconds) * 1_000;

  it('is one FIFO queue in high-throughput mode, encrypted, as is that of its dead letters', () => {
    for (const properties of [queue, deadLetterQueue]) {
      expect(properties).toMatchObject({
        FifoQueue: true,
        ContentBasedDeduplication: true,
        DeduplicationScope: 'messageGroup',
        FifoThroughputLimit: 'perMessageGroupId',
        SqsManagedSseEnabled: true,
      });
    }
  });

  it('is closed to plain HTTP', () => {
    for (const id of [queueId, deadLetterId]) {
      const policies = template.findResources('AWS::SQS::QueuePolicy', {
        Properties: { Queues: [{ Ref: id }] },
      });
      const statements = Object.values(policies).flatMap(
        ({ Properties }) => Properties.PolicyDocument.Statement,
      );
      expect(statements).toContainEqual(
        expect.objectContaining({
          Effect: 'Deny',
          Principal: { AWS: '*' },
          Action: 'sqs:*',
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        }),
      );
      expect(statements.filter(({ Effect }) => Effect !== 'Deny')).toEqual([]);
    }
  });

  it('has the times that a rotation counts on', () => {
    expect(milliseconds(rotator.Timeout)).toBe(functionTimeoutMs);
    expect(milliseconds(queue.VisibilityTimeout)).toBe(visibilityTimeoutMs);
    expect(milliseconds(queue.MessageRetentionPeriod)).toBe(messageLifeMs);
    expect(queue.RedrivePolicy).toEqual({
      deadLetterTargetArn: arnOf(deadLetterId),
      maxReceiveCount: mostReceives,
    });
    expect(deadLetterQueue.MessageRetentionPeriod).toBe(14 * 24 * 3600);
  });

  it('brings a message four minutes after its first delivery once more, and within five', () => {
    const visibilityMs = milliseconds(queue.VisibilityTimeout);
    const fifthMs = 4 * visibilityMs;

    expect(fifthMs).toBeGreaterThanOrEqual(4 * 60_000);
    expect(fifthMs + milliseconds(rotator.Timeout)).toBeLessThanOrEqual(reuseWindowMs);
    // Else Lambda refuses the event source.
    expect(visibilityMs).toBeGreaterThanOrEqual(milliseconds(rotator.Timeout));
  });

  it('reports a message that fails before its life is over', () => {
    const deadLetterAfterMs = mostReceives * milliseconds(queue.VisibilityTimeout);

    expect(deadLetterAfterMs).toBeLessThan(messageLifeMs);
    expect(deadLetterAfterMs).toBeGreaterThan(messageLifeMs - firstUseNeedsMs);
  });

  it('gives the rotator one message at a time, by enough invocations', () => {
    template.resourceCountIs('AWS::Lambda::EventSourceMapping', 1);
    expect(propertiesOf(template, 'AWS::Lambda::EventSourceMapping')).toEqual({
      BatchSize: 1,
      EventSourceArn: arnOf(queueId),
      FunctionName: { Ref: rotatorId },
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: atOnce },
    });
  });

  // Lambda refuses an event source from which the role may not receive.
  it('begins once the rotator has its permissions', () => {
    const { DependsOn } = template.toJSON().Resources[rotatorId];

    expect(DependsOn).toContain(idOf(template, 'AWS::IAM::Policy', 'RotatorRole'));
  });

  it('is known to the rotator, as is how often a message comes, and of how many connections', () => {
    const { Variables } = rotator.Environment as { readonly Variables: Json };
    const deployed = Object.entries(Variables).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]);

    expect(parseSettings(Object.fromEntries(deployed))).toMatchObject({
      queueArn: JSON.stringify(arnOf(queueId)),
      queueUrl: JSON.stringify({ Ref: queueId }),
      tickPeriodMs: tickMinutes * 60_000,
      hasMetricsByConnection: false,
      scheduledConnections,
    });
  });

  it('is the only one: Lambda repeats no event of its own', () => {
    const config = propertiesOf(template, 'AWS::Lambda::EventInvokeConfig', 'Rotator');

    expect(config).toEqual({
      FunctionName: { Ref: rotatorId },
      Qualifier: '$LATEST',
      MaximumRetryAttempts: 0,
    });
    expect(rotator).not.toHaveProperty('DeadLetterConfig');
  });
});

describe('how many rotations of single connections run at a time', () => {
  it('is two at least, as Lambda demands', () => {
    rotationWith()
      .template()
      .hasResourceProperties('AWS::Lambda::EventSourceMapping', {
        ScalingConfig: { MaximumConcurrency: 2 },
      });
  });

  it.each([
    [
      'a rotation',
      (reservedConcurrency: number) => rotationWith({ connections, reservedConcurrency }),
      3,
    ],
    ['a fleet', (reservedConcurrency: number) => fleetWith({ reservedConcurrency }), 16],
  ] as const)('may be reserved for %s, and no less', (_of, withReserved, least) => {
    withReserved(least)
      .template()
      .hasResourceProperties('AWS::Lambda::Function', { ReservedConcurrentExecutions: least });
    for (const refused of [least - 1, 0, least + 0.5, Number.NaN]) {
      expect(() => withReserved(refused)).toThrow(
        `reservedConcurrency must be a whole number from ${least} up, as many rotations as are`,
      );
    }
  });
});
