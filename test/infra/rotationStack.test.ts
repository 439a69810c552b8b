import { Match, Template } from 'aws-cdk-lib/assertions';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { connectionsPerStack } from '../../infra/connections';
import { TokenRotationStack, type TokenRotationStackProps } from '../../infra/rotationStack';
import { readSettings } from '../../infra/settings';
import { acknowledged, findings } from './awsSolutions';
import { connection } from './exampleConnection';
import { code, keyArn, projectApp } from './support';

function stackWith(props: Partial<TokenRotationStackProps> = {}) {
  return new TokenRotationStack(projectApp(), 'Stack', {
    connections: [connection('news')],
    code,
    ...props,
  });
}

describe('the stack', () => {
  it('has outputs for the topic of its alarms and the name and the ARN of each secret', () => {
    const connections = [connection('news'), connection('new-s')];

    const template = Template.fromStack(stackWith({ connections }));

    const outputs = Object.values(template.findOutputs('*')).map(({ Value }) => Value);
    expect(outputs).toEqual([
      { Ref: 'MonitoringAlarmTopicAF62D4F1' },
      'sfmc/news',
      { Ref: 'TokenRotationnewsSecret29B73981' },
      'sfmc/new-s',
      { Ref: expect.stringMatching(/^TokenRotationnewsSecret/) },
    ]);
  });

  // Under another id CloudFormation would create the secret again, and the name is taken.
  it('has the logical ids of secrets that it was first deployed with', () => {
    const connections = [connection('news'), connection('mail')];

    const template = Template.fromStack(stackWith({ connections }));

    expect(Object.keys(template.findResources('AWS::SecretsManager::Secret'))).toEqual([
      'TokenRotationnewsSecret29B73981',
      'TokenRotationmailSecretD1B8AB75',
    ]);
  });

  it('keeps the logical ids of its queues', () => {
    const template = Template.fromStack(stackWith());

    expect(Object.keys(template.findResources('AWS::SQS::Queue')).sort()).toEqual([
      'TokenRotationDeadLetterQueue08221CC7',
      'TokenRotationQueuesDeadLetterQueue4A4AE182',
      'TokenRotationQueuesQueue00342995',
    ]);
  });

  it('encrypts the secrets with the key that it is given', () => {
    Template.fromStack(stackWith({ kmsKeyArn: keyArn })).allResourcesProperties(
      'AWS::SecretsManager::Secret',
      { KmsKeyId: keyArn },
    );
    Template.fromStack(stackWith()).allResourcesProperties('AWS::SecretsManager::Secret', {
      KmsKeyId: Match.absent(),
    });
  });

  it('is monitored, by e-mail if an address is given', () => {
    const template = Template.fromStack(stackWith({ alarmEmail: 'ops@example.com' }));

    template.resourceCountIs('AWS::CloudWatch::Dashboard', 1);
    template.resourcePropertiesCountIs(
      'AWS::SNS::Subscription',
      { Endpoint: 'ops@example.com' },
      1,
    );
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmName: 'Stack-Monitoring-TokenNearExpiry',
    });
  });

  it('has room for as many connections as a stack may have', () => {
    const connections = Array.from({ length: connectionsPerStack }, (_, i) => connection(`c${i}`));

    const template = Template.fromStack(stackWith({ connections, kmsKeyArn: keyArn })).toJSON();

    expect(Object.keys(template.Resources).length).toBeLessThanOrEqual(500);
    // The size of a template that CloudFormation takes from S3 ("CloudFormation quotas").
    expect(Buffer.byteLength(JSON.stringify(template))).toBeLessThanOrEqual(1_048_576);
  });

  it('is what the cdk.json of the project gives', () => {
    const app = projectApp();

    const stack = new TokenRotationStack(app, 'Stack', { ...readSettings(app.node), code });

    Template.fromStack(stack).hasResourceProperties('AWS::SecretsManager::Secret', {
      Name: 'sfmc/example',
    });
  });
});

describe('the AwsSolutions rules', () => {
  it('find nothing, with every option in use', () => {
    const stack = stackWith({
      connections: [connection('news', { replicaRegions: ['eu-central-1'] }), connection('mail')],
      kmsKeyArn: keyArn,
      reservedConcurrency: 2,
      alarmEmail: 'ops@example.com',
    });

    expect(findings(stack)).toEqual([]);
  });

  it('are set aside once, for the queue alone, and for a reason', () => {
    expect(acknowledged(stackWith())).toEqual([
      {
        rule: 'AwsSolutions-SQS3',
        path: 'Stack/TokenRotation/DeadLetterQueue',
        reason: expect.stringMatching(/.{40}/),
      },
    ]);
  });

  it('would find what is wrong', () => {
    const stack = stackWith();
    new Queue(stack, 'Careless');

    expect(findings(stack)).toEqual([
      'AwsSolutions-SQS3 Stack/Careless/Resource',
      'AwsSolutions-SQS4 Stack/Careless/Resource',
    ]);
  });
});
