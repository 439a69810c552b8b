import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Match } from 'aws-cdk-lib/assertions';
import { AssetCode, Runtime, RuntimeFamily } from 'aws-cdk-lib/aws-lambda';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { builtCode } from '../../infra/builtCode';
import { connection } from './exampleConnection';
import { account, idOf, region, rotationWith } from './support';

describe('the rotator', () => {
  const template = rotationWith({
    connections: [connection('news'), connection('mail')],
  }).template();
  const properties = (type: string) => template.toJSON().Resources[idOf(template, type)].Properties;

  it('is one arm64 function for all connections, on the newest Node.js that CDK knows', () => {
    const versions = Runtime.ALL.filter(({ family }) => family === RuntimeFamily.NODEJS).map(
      ({ name }) => Number(/\d+/.exec(name)?.[0] ?? 0),
    );

    template.resourceCountIs('AWS::Lambda::Function', 1);
    template.hasResourceProperties('AWS::Lambda::Function', {
      Architectures: ['arm64'],
      Runtime: `nodejs${Math.max(...versions)}.x`,
      Handler: 'index.handler',
    });
  });

  it('fits its three attempts into the five minutes of a token', () => {
    const { Timeout } = properties('AWS::Lambda::Function');
    const { MaximumRetryAttempts } = properties('AWS::Lambda::EventInvokeConfig');
    const waits = 60 + 120;

    expect(MaximumRetryAttempts).toBe(2);
    const attempts = (MaximumRetryAttempts + 1) * Timeout;
    expect(attempts + waits).toBeLessThanOrEqual(300);
  });

  it('keeps an event for its third attempt, and not until the next tick', () => {
    const { Timeout } = properties('AWS::Lambda::Function');
    const { MaximumEventAgeInSeconds } = properties('AWS::Lambda::EventInvokeConfig');
    const thirdAttemptBegins = Timeout + 60 + Timeout + 120;

    expect(MaximumEventAgeInSeconds).toBeLessThan(300);
    expect(MaximumEventAgeInSeconds).toBeGreaterThan(thirdAttemptBegins);
  });

  it('sends what no attempt got through to the dead-letter queue', () => {
    template.hasResourceProperties('AWS::Lambda::Function', {
      DeadLetterConfig: { TargetArn: { 'Fn::GetAtt': [idOf(template, 'AWS::SQS::Queue'), 'Arn'] } },
    });
  });

  it("tells the account's default event bus how each invocation ended", () => {
    const Destination = `arn:aws:events:${region}:${account}:event-bus/default`;

    template.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
      FunctionName: { Ref: idOf(template, 'AWS::Lambda::Function') },
      Qualifier: '$LATEST',
      DestinationConfig: { OnSuccess: { Destination }, OnFailure: { Destination } },
    });
  });

  // Lambda refuses a queue or an event bus to which the role may not send.
  it('comes after its permissions', () => {
    const { DependsOn } = template.toJSON().Resources[idOf(template, 'AWS::Lambda::Function')];

    expect(DependsOn).toContain(idOf(template, 'AWS::IAM::Policy', 'RotatorRole'));
  });

  it('logs to a group of its own, kept for a month unless told otherwise', () => {
    template.hasResourceProperties('AWS::Lambda::Function', {
      LoggingConfig: { LogGroup: { Ref: idOf(template, 'AWS::Logs::LogGroup') } },
    });
    template.hasResourceProperties('AWS::Logs::LogGroup', { RetentionInDays: 30 });
    rotationWith({ logRetention: RetentionDays.ONE_YEAR })
      .template()
      .hasResourceProperties('AWS::Logs::LogGroup', { RetentionInDays: 365 });
  });

  it('needs no environment: its defaults are the names that the stack gives', () => {
    template.hasResourceProperties('AWS::Lambda::Function', { Environment: Match.absent() });
  });

  it('reserves concurrency only where it is asked to', () => {
    template.hasResourceProperties('AWS::Lambda::Function', {
      ReservedConcurrentExecutions: Match.absent(),
    });
    rotationWith({ reservedConcurrency: 1 })
      .template()
      .hasResourceProperties('AWS::Lambda::Function', { ReservedConcurrentExecutions: 1 });
  });

  it.each([0, -1, 1.5, Number.NaN])('refuses to reserve %d', (reservedConcurrency) => {
    expect(() => rotationWith({ reservedConcurrency })).toThrow(
      'reservedConcurrency must be a whole number from 1 up; leave it out to reserve none.',
    );
  });
});

describe('the built code', () => {
  it('is the folder that the build leaves', () => {
    expect(builtCode('rotator', __dirname)).toBeInstanceOf(AssetCode);
  });

  it('is asked for where it is missing', () => {
    expect(() => builtCode('rotator', join(tmpdir(), 'no-such-folder'))).toThrow(
      'dist/rotator is missing: run "npm run build" first.',
    );
  });
});
