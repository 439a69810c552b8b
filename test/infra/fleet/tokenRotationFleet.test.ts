import { Match } from 'aws-cdk-lib/assertions';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { dispatchAt, dispatchMs, periodMs } from '../../../lambda/core/dispatchPlan';
import { scheduledAtMsOf } from '../../../lambda/dispatcher/event';
import { parseDispatcherSettings } from '../../../lambda/dispatcher/settings';
import { parseSettings } from '../../../lambda/rotator/settings';
import { idOf, keyArn } from '../support';
import { fleetWith, propertiesOf } from './support';

const template = fleetWith().template();
const queue = propertiesOf(template, 'AWS::SQS::Queue', 'QueuesQueue');
const deadLetterQueue = propertiesOf(template, 'AWS::SQS::Queue', 'DeadLetterQueue');
const rotator = propertiesOf(template, 'AWS::Lambda::Function', 'Rotator');
const dispatcher = propertiesOf(template, 'AWS::Lambda::Function', 'Dispatcher');
const seconds = (value: unknown) => Number(value);

describe('the queues of a fleet', () => {
  it('are FIFO in high-throughput mode, and encrypted', () => {
    for (const properties of [queue, deadLetterQueue]) {
      expect(properties).toMatchObject({
        FifoQueue: true,
        DeduplicationScope: 'messageGroup',
        FifoThroughputLimit: 'perMessageGroupId',
        SqsManagedSseEnabled: true,
      });
      expect(properties).not.toHaveProperty('ContentBasedDeduplication');
    }
  });

  it('fit five attempts into the five minutes of a used refresh token', () => {
    const fifthBegins = 4 * seconds(queue.VisibilityTimeout);

    expect(fifthBegins + seconds(rotator.Timeout)).toBeLessThanOrEqual(300);
    expect(seconds(queue.VisibilityTimeout)).toBeGreaterThan(seconds(rotator.Timeout));
  });

  it('keep a message for its period, and tell of one that failed before that is over', () => {
    const { maxReceiveCount } = queue.RedrivePolicy as { maxReceiveCount: number };
    const toldAfter = maxReceiveCount * seconds(queue.VisibilityTimeout);

    expect(queue.MessageRetentionPeriod).toBe(periodMs / 1_000);
    expect(toldAfter).toBeLessThan(periodMs / 1_000);
    expect(toldAfter).toBeGreaterThanOrEqual((0.9 * periodMs) / 1_000);
    expect(deadLetterQueue.MessageRetentionPeriod).toBe(14 * 24 * 3600);
  });
});

describe('the rotator of a fleet', () => {
  it('is given one message at a time, by as many invocations as the default allows', () => {
    template.resourceCountIs('AWS::Lambda::EventSourceMapping', 1);
    expect(propertiesOf(template, 'AWS::Lambda::EventSourceMapping')).toEqual({
      BatchSize: 1,
      EventSourceArn: {
        'Fn::GetAtt': [idOf(template, 'AWS::SQS::Queue', 'QueuesQueue'), 'Arn'],
      },
      FunctionName: { Ref: idOf(template, 'AWS::Lambda::Function', 'Rotator') },
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 16 },
    });
  });

  // Lambda refuses an event source from which the role may not receive.
  it('comes after its permissions, and its event source after it', () => {
    const { DependsOn } =
      template.toJSON().Resources[idOf(template, 'AWS::Lambda::Function', 'Rotator')];

    expect(DependsOn).toContain(idOf(template, 'AWS::IAM::Policy', 'RotatorRole'));
  });

  it('renews what a message of each period finds, and keeps below 100 versions a day', () => {
    const { Variables } = rotator.Environment as { Variables: Record<string, string> };
    const { refreshBelowMs } = parseSettings(Variables);
    const lifeMs = 3_600_000;

    expect(lifeMs - periodMs).toBeLessThan(refreshBelowMs);
    expect(lifeMs - (periodMs - dispatchMs)).toBeLessThanOrEqual(refreshBelowMs);
    expect((24 * 3_600_000) / periodMs).toBeLessThan(100);
  });

  it('has three attempts where a person invokes it, and no destinations', () => {
    const config = propertiesOf(template, 'AWS::Lambda::EventInvokeConfig', 'Rotator');

    expect(config).toMatchObject({ MaximumRetryAttempts: 2, MaximumEventAgeInSeconds: 270 });
    expect(config).not.toHaveProperty('DestinationConfig');
    expect(rotator).not.toHaveProperty('DeadLetterConfig');
  });

  it.each([2, 1000])('runs %d times at once where it is told', (concurrency) => {
    fleetWith({ concurrency })
      .template()
      .hasResourceProperties('AWS::Lambda::EventSourceMapping', {
        ScalingConfig: { MaximumConcurrency: concurrency },
      });
  });

  it.each([0, 1, 1001, 2.5, Number.NaN])('refuses to run %d times at once', (concurrency) => {
    expect(() => fleetWith({ concurrency })).toThrow(
      'fleetConcurrency must be a whole number from 2 to 1000; leave it out for 16.',
    );
  });

  it('refuses a reservation that would throttle it', () => {
    expect(() => fleetWith({ reservedConcurrency: 5 })).toThrow(
      'reservedConcurrency must be at least fleetConcurrency, which is 16',
    );
    fleetWith({ reservedConcurrency: 16 })
      .template()
      .hasResourceProperties('AWS::Lambda::Function', { ReservedConcurrentExecutions: 16 });
  });
});

describe('the dispatcher', () => {
  it('is an arm64 function that knows the queue', () => {
    expect(dispatcher).toMatchObject({
      Architectures: ['arm64'],
      Runtime: rotator.Runtime,
      Handler: 'index.handler',
      MemorySize: 256,
      Environment: {
        Variables: { QUEUE_URL: { Ref: idOf(template, 'AWS::SQS::Queue', 'QueuesQueue') } },
      },
    });
    expect(dispatcher).not.toHaveProperty('ReservedConcurrentExecutions');
  });

  it('finds in its environment what it asks for', () => {
    const { Variables } = dispatcher.Environment as { Variables: Record<string, unknown> };
    const deployed = Object.keys(Variables).map((name) => [name, 'https://sqs.example.com/queue']);

    const { queueUrl, parameterPrefix } = parseDispatcherSettings(Object.fromEntries(deployed));

    expect({ queueUrl, parameterPrefix }).toEqual({
      queueUrl: 'https://sqs.example.com/queue',
      parameterPrefix: '/sfmc/',
    });
  });

  it('ends before its next run, and is repeated for as long as its share is wanted', () => {
    const config = propertiesOf(template, 'AWS::Lambda::EventInvokeConfig', 'Dispatcher');
    const timeout = seconds(dispatcher.Timeout);
    const thirdBegins = timeout + 60 + timeout + 120;

    expect(timeout).toBeLessThan(dispatchMs / 1_000);
    expect(config.MaximumRetryAttempts).toBe(2);
    expect(config.MaximumEventAgeInSeconds).toBeGreaterThan(thirdBegins);
    expect(config.MaximumEventAgeInSeconds).toBeLessThan(periodMs / 1_000);
  });

  it('logs for a month unless told otherwise, as the rotator does', () => {
    const kept = (days: number) =>
      [{ RetentionInDays: days }, { RetentionInDays: days }] as unknown[];
    const retentions = (of = template) =>
      Object.values(of.findResources('AWS::Logs::LogGroup')).map(({ Properties }) => Properties);

    expect(retentions()).toEqual(kept(30));
    expect(retentions(fleetWith({ logRetention: RetentionDays.ONE_YEAR }).template())).toEqual(
      kept(365),
    );
  });
});

describe('the schedule of a fleet', () => {
  const schedule = propertiesOf(template, 'AWS::Scheduler::Schedule');
  const { Arn, Input, RetryPolicy } = schedule.Target as {
    readonly Arn: unknown;
    readonly Input: string;
    readonly RetryPolicy: { readonly MaximumEventAgeInSeconds: number };
  };

  it('is the only one, and invokes the dispatcher every five minutes', () => {
    template.resourceCountIs('AWS::Scheduler::Schedule', 1);
    expect(schedule).toMatchObject({
      ScheduleExpression: 'rate(5 minutes)',
      FlexibleTimeWindow: { Mode: 'OFF' },
      State: 'ENABLED',
    });
    expect(Arn).toEqual({
      'Fn::GetAtt': [idOf(template, 'AWS::Lambda::Function', 'Dispatcher'), 'Arn'],
    });
  });

  it('tells the dispatcher the time for which it was meant', () => {
    const sent = Input.replace('<aws.scheduler.scheduled-time>', '2026-11-24T08:10:00Z');

    const scheduledAtMs = scheduledAtMsOf(JSON.parse(sent), 0);

    expect(dispatchAt(scheduledAtMs)).toEqual({ period: '2026-11-24T08:00:00.000Z', share: 2 });
  });

  it('does not send a share late enough to meet the next period', () => {
    expect(RetryPolicy.MaximumEventAgeInSeconds).toBeLessThan(periodMs / 1_000);
  });

  it('has a name that no schedule of a connection can have', () => {
    expect(schedule.Name).toBe('sfmc-token-rotator.fleet');
    expect(String(schedule.Name)).not.toMatch(/^sfmc-[a-z0-9-]+$/);
  });
});

describe('the parameter for the operator', () => {
  const parameterOf = (of = template) => {
    const parameter = propertiesOf(of, 'AWS::SSM::Parameter');
    expect(parameter).toMatchObject({ Name: '/sfmc-token-rotator/fleet', Type: 'String' });
    const { 'Fn::Join': join } = parameter.Value as { 'Fn::Join': [string, unknown[]] };
    const text = join[1].map((part) => (typeof part === 'string' ? part : spell(part))).join('');
    return JSON.parse(text);
  };
  const spell = (part: unknown) =>
    JSON.stringify(part)
      .replace(/[^\w:]/g, ' ')
      .trim();

  it('says where functions, queue and schedule are, and is no connection', () => {
    expect(parameterOf()).toEqual({
      rotatorArn: expect.stringMatching(/Rotator.* Arn$/),
      dispatcherArn: expect.stringMatching(/Dispatcher.* Arn$/),
      queueUrl: expect.stringMatching(/^Ref.* FleetQueuesQueue\w+$/),
      scheduleName: 'sfmc-token-rotator.fleet',
    });
  });

  it('says under which key new secrets belong, where it is not the usual one', () => {
    expect(parameterOf(fleetWith({}, keyArn).template())).toMatchObject({ kmsKeyArn: keyArn });
  });
});

describe('a fleet', () => {
  it('has nothing of its own for a connection', () => {
    template.resourceCountIs('AWS::SecretsManager::Secret', 0);
    template.resourceCountIs('AWS::SSM::Parameter', 1);
    template.resourceCountIs('AWS::Lambda::Permission', 0);
    template.allResourcesProperties('AWS::Lambda::Function', { VpcConfig: Match.absent() });
  });
});
