import { Template } from 'aws-cdk-lib/assertions';
import { ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import {
  TokenRotationFleetStack,
  type TokenRotationFleetStackProps,
} from '../../../infra/fleet/fleetStack';
import { acknowledged, findings } from '../awsSolutions';
import { account, code, keyArn, projectApp, region } from '../support';

function stackWith(props: Partial<TokenRotationFleetStackProps> = {}) {
  return new TokenRotationFleetStack(projectApp(), 'Stack', {
    code,
    dispatcherCode: code,
    ...props,
  });
}

describe('the stack of a fleet', () => {
  it('has outputs for the topic of its alarms and the policies of readers and operators', () => {
    const template = Template.fromStack(stackWith({ operators: ['acme-', 'globex-'] }));

    const outputs = Object.entries(template.findOutputs('*')).map(([id, { Value }]) => [
      id.replace(/[0-9A-F]{8}$/, ''),
      Value.Ref.replace(/[0-9A-F]{8}$/, ''),
    ]);
    expect(outputs).toEqual([
      ['AlarmTopicArn', 'MonitoringAlarmTopic'],
      ['ReaderPolicyArn', 'FleetReaders'],
      ['OperatorsacmePolicyArn', 'FleetOperatorsacme'],
      ['OperatorsglobexPolicyArn', 'FleetOperatorsglobex'],
    ]);
  });

  it('is monitored, by e-mail if an address is given', () => {
    const template = Template.fromStack(stackWith({ alarmEmail: 'ops@example.com' }));

    template.resourceCountIs('AWS::CloudWatch::Dashboard', 1);
    template.resourcePropertiesCountIs(
      'AWS::SNS::Subscription',
      { Endpoint: 'ops@example.com' },
      1,
    );
  });

  it('keeps the logical ids of its queues', () => {
    const template = Template.fromStack(stackWith());

    expect(Object.keys(template.findResources('AWS::SQS::Queue')).sort()).toEqual([
      'FleetQueuesDeadLetterQueueAD21FBE2',
      'FleetQueuesQueue410D6645',
    ]);
  });
});

describe('the AwsSolutions rules', () => {
  const every = {
    kmsKeyArn: keyArn,
    concurrency: 20,
    reservedConcurrency: 20,
    alarmEmail: 'ops@example.com',
    operators: ['acme-', 'globex-'],
  };

  it.each([
    ['known', { env: { account, region } }],
    ['not known', {}],
  ])('find nothing, with every option in use, if the account is %s', (_how, env) => {
    expect(findings(stackWith({ ...every, ...env }))).toEqual([]);
  });

  it('are set aside for wildcards alone, one by one and for a reason', () => {
    const stack = stackWith({ operators: ['acme-'], env: { account, region } });

    const places = acknowledged(stack).map(({ rule, path, reason }) => {
      expect(reason).toMatch(/.{60}/);
      return `${path} ${rule.replace('AwsSolutions-', '')}`;
    });

    const finding = (place: string, service: string, resource: string) =>
      `Stack/Fleet/${place} IAM5[Resource::arn:aws:${service}:${region}:${account}:${resource}]`;
    const of = (place: string, resources: readonly (readonly [string, string])[]) =>
      resources.map(([service, resource]) => finding(place, service, resource));
    expect([...new Set(places)].sort()).toEqual(
      [
        ...of('Rotator/Role', [
          ['secretsmanager', 'secret:sfmc/*'],
          ['ssm', 'parameter/sfmc/*/config'],
          ['ssm', 'parameter/sfmc/*/client-secret'],
          ['ssm', 'parameter/sfmc/*/client-secret-next'],
          ['ssm', 'parameter/sfmc/*/escrow'],
        ]),
        ...of('Readers', [['secretsmanager', 'secret:sfmc/*']]),
        ...of('Operators-acme-', [
          ['secretsmanager', 'secret:sfmc/acme-*'],
          ['secretsmanager', 'secret:sfmc/acme-*-??????'],
          ['ssm', 'parameter/sfmc/acme-*'],
          ['scheduler', 'schedule/default/sfmc-acme-*'],
          ['kms', 'key/*'],
        ]),
      ].sort(),
    );
  });

  it('would find a wildcard that no reason was given for', () => {
    const stack = stackWith({ env: { account, region } });
    new ManagedPolicy(stack, 'Careless', {
      statements: [new PolicyStatement({ actions: ['s3:GetObject'], resources: ['*'] })],
    });

    expect(findings(stack)).toEqual(['AwsSolutions-IAM5[Resource::*] Stack/Careless/Resource']);
  });
});
