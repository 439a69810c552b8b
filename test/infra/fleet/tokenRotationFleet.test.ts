import { Match } from 'aws-cdk-lib/assertions';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { rotationEventPattern } from '../../../infra/rotationEvents';
import { dispatchAt } from '../../../lambda/core/dispatchPlan';
import { fleetPeriodMs, messageLifeMs, tickMs } from '../../../lambda/core/limits';
import { scheduledAtMsOf } from '../../../lambda/dispatcher/event';
import { parseDispatcherSettings } from '../../../lambda/dispatcher/settings';
import { parseSettings } from '../../../lambda/rotator/settings';
import { account, idOf, type Json, keyArn } from '../support';
import { fleetWith, propertiesOf } from './support';

const template = fleetWith().template();
const rotator = propertiesOf(template, 'AWS::Lambda::Function', 'Rotator');
const dispatcher = propertiesOf(template, 'AWS::Lambda::Function', 'Dispatcher');
const seconds = (value: unknown) => Number(value);

describe('the rotator of a fleet', () => {
  it('renews what a message of each period finds, and keeps below 100 versions a day', () => {
    const { Variables } = rotator.Environment as { Variables: Record<string, string> };
    const { refreshBelowMs } = parseSettings(Variables);
    const lifeMs = 3_600_000;

    expect(lifeMs - fleetPeriodMs).toBeLessThan(refreshBelowMs);
    expect(lifeMs - (fleetPeriodMs - tickMs)).toBeLessThanOrEqual(refreshBelowMs);
    expect((24 * 3_600_000) / fleetPeriodMs).toBeLessThan(100);
  });

  it('meets no message when the next one of its connection comes', () => {
    expect(messageLifeMs).toBeLessThanOrEqual(fleetPeriodMs);
  });

  it.each([2, 1000])('runs %d times at once if that is asked for', (concurrency) => {
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

    expect(timeout).toBeLessThan(tickMs / 1_000);
    expect(config.MaximumRetryAttempts).toBe(2);
    expect(config.MaximumEventAgeInSeconds).toBeGreaterThan(thirdBegins);
    expect(config.MaximumEventAgeInSeconds).toBeLessThan(fleetPeriodMs / 1_000);
  });

  it('logs for a month by default, as the rotator does', () => {
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

  it('gives the dispatcher the time for which it was meant', () => {
    const sent = Input.replace('<aws.scheduler.scheduled-time>', '2026-11-24T08:10:00Z');

    const scheduledAtMs = scheduledAtMsOf(JSON.parse(sent), 0);

    expect(dispatchAt(scheduledAtMs)).toEqual({ period: '2026-11-24T08:00:00.000Z', share: 2 });
  });

  it('does not send a share late enough to meet the next period', () => {
    expect(RetryPolicy.MaximumEventAgeInSeconds).toBeLessThan(fleetPeriodMs / 1_000);
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

  it('says under which key new secrets belong, if it is not the usual one', () => {
    expect(parameterOf(fleetWith({}, keyArn).template())).toMatchObject({ kmsKeyArn: keyArn });
  });
});

describe('eventPattern of a fleet', () => {
  it('is about any connection, and about plain rotations if they are asked for', () => {
    const { fleet, template: synthesized } = fleetWith();

    const pattern = fleet.eventPattern('rotated', 'news');

    expect(pattern).toEqual(rotationEventPattern('rotated', 'news'));
    expect(propertiesOf(template, 'AWS::Lambda::Function', 'Rotator')).not.toMatchObject(
      rotatedEvents,
    );
    expect(propertiesOf(synthesized(), 'AWS::Lambda::Function', 'Rotator')).toMatchObject(
      rotatedEvents,
    );
  });

  it('refuses what is no name of a connection', () => {
    expect(() => fleetWith().fleet.eventPattern('broken', 'news*')).toThrow(
      'eventPattern: "news*" must be 1 to 63 lower-case',
    );
  });

  const rotatedEvents = { Environment: { Variables: { ROTATED_EVENTS: 'true' } } };
});

describe('the queue of a fleet', () => {
  const sendersOf = (of = template) => {
    const { PolicyDocument } = propertiesOf(of, 'AWS::SQS::QueuePolicy', 'QueuesQueuePolicy');
    const { Statement } = PolicyDocument as { readonly Statement: readonly Json[] };
    return Statement.filter(({ Sid }) => Sid === 'NobodyElseSends');
  };
  const roleArn = (part: string) => ({
    'Fn::GetAtt': [idOf(template, 'AWS::IAM::Role', part), 'Arn'],
  });

  it('takes messages from the dispatcher and the rotator alone', () => {
    expect(sendersOf()).toEqual([
      {
        Sid: 'NobodyElseSends',
        Effect: 'Deny',
        Principal: { AWS: '*' },
        Action: 'sqs:SendMessage',
        Resource: { 'Fn::GetAtt': [idOf(template, 'AWS::SQS::Queue', 'QueuesQueue'), 'Arn'] },
        Condition: {
          ArnNotEquals: {
            'aws:PrincipalArn': [roleArn('DispatcherRole'), roleArn('RotatorRole')],
          },
        },
      },
    ]);
  });

  it('takes them from further roles that are named', () => {
    const platform = 'arn:aws:iam::111122223333:role/platform';

    const [statement] = sendersOf(fleetWith({ queueSenders: [platform] }).template());

    expect(JSON.stringify(statement)).toContain(platform);
  });
});

describe('a fleet', () => {
  it('lets its rotator be invoked by Secrets Manager of this account, and by nobody else', () => {
    template.resourceCountIs('AWS::Lambda::Permission', 1);
    template.hasResourceProperties('AWS::Lambda::Permission', {
      Action: 'lambda:InvokeFunction',
      FunctionName: { 'Fn::GetAtt': [idOf(template, 'AWS::Lambda::Function', 'Rotator'), 'Arn'] },
      Principal: 'secretsmanager.amazonaws.com',
      SourceAccount: account,
    });
  });

  it('has nothing of its own for a connection', () => {
    template.resourceCountIs('AWS::SecretsManager::Secret', 0);
    template.resourceCountIs('AWS::SSM::Parameter', 1);
    template.allResourcesProperties('AWS::Lambda::Function', { VpcConfig: Match.absent() });
  });
});
