import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import { idOf, keyArn, permissionsOf, region } from '../support';
import { callsIn } from './calls';
import { arn, fleetWith } from './support';

const logging = [
  'logs:CreateLogStream on the AWS::Logs::LogGroup',
  'logs:PutLogEvents on the AWS::Logs::LogGroup',
];
const ofRole = (template: Template, part: string) =>
  permissionsOf(template, idOf(template, 'AWS::IAM::Role', part));
const rotatorsWork = [
  ...logging,
  `events:PutEvents on ${arn('events', 'event-bus/default')}`,
  'sqs:DeleteMessage on the AWS::SQS::Queue',
  'sqs:GetQueueAttributes on the AWS::SQS::Queue',
  'sqs:ReceiveMessage on the AWS::SQS::Queue',
  'sqs:SendMessage on the AWS::SQS::Queue',
  ...['GetSecretValue', 'ListSecretVersionIds', 'PutSecretValue', 'UpdateSecretVersionStage'].map(
    (action) => `secretsmanager:${action} on ${arn('secretsmanager', 'secret:sfmc/*')}`,
  ),
  ...['client-secret', 'client-secret-next', 'config', 'escrow'].map(
    (name) => `ssm:GetParameters on ${arn('ssm', `parameter/sfmc/*/${name}`)}`,
  ),
  `ssm:DeleteParameter on ${arn('ssm', 'parameter/sfmc/*/escrow')}`,
  `ssm:PutParameter on ${arn('ssm', 'parameter/sfmc/*/escrow')}`,
];

describe('what the rotator of a fleet may do', () => {
  it('is its work on any connection, by path, and nothing else', () => {
    expect(ofRole(fleetWith().template(), 'RotatorRole')).toEqual([...rotatorsWork].sort());
  });

  it('includes a customer managed key through the two services that use it', () => {
    const list = (...services: string[]) =>
      JSON.stringify({
        StringEquals: {
          'kms:ViaService': services.map((service) => `${service}.${region}.amazonaws.com`),
        },
      });

    expect(ofRole(fleetWith({}, keyArn).template(), 'RotatorRole')).toEqual(
      [
        ...rotatorsWork,
        `kms:Decrypt on ${keyArn} if ${list('secretsmanager', 'ssm')}`,
        `kms:GenerateDataKey on ${keyArn} if ${list('secretsmanager')}`,
      ].sort(),
    );
  });

  it('is about the queue, and not about its dead letters', () => {
    const { stack, fleet } = fleetWith();
    const template = Template.fromStack(stack);
    const queue = idOf(template, 'AWS::SQS::Queue', 'QueuesQueue');

    const policies = JSON.stringify(template.findResources('AWS::IAM::Policy'));

    expect(stack.resolve(fleet.queue.queueArn)).toEqual({ 'Fn::GetAtt': [queue, 'Arn'] });
    expect(policies).toContain(queue);
    expect(policies).not.toContain(idOf(template, 'AWS::SQS::Queue', 'DeadLetterQueue'));
  });
});

describe('what the dispatcher may do', () => {
  const permissions = ofRole(fleetWith().template(), 'DispatcherRole');

  it('is to read the registry and to fill the queue, and never to decrypt a client secret', () => {
    expect(permissions).toEqual(
      [
        ...logging,
        `never kms:Decrypt on * if ${JSON.stringify({
          StringEquals: { 'kms:ViaService': [`ssm.${region}.amazonaws.com`] },
        })}`,
        'sqs:SendMessage on the AWS::SQS::Queue',
        `ssm:GetParametersByPath on ${arn('ssm', 'parameter/sfmc')}`,
        `ssm:GetParametersByPath on ${arn('ssm', 'parameter/sfmc/')}`,
      ].sort(),
    );
  });

  it('covers each call that its code makes', () => {
    const lambda = join(__dirname, '..', '..', '..', 'lambda');
    const sources = [
      ...readdirSync(join(lambda, 'dispatcher')).map((file) => join(lambda, 'dispatcher', file)),
      ...['registry.ts', 'dispatchQueue.ts'].map((file) => join(lambda, 'effects', file)),
    ].map((file) => readFileSync(file, 'utf8'));
    const services = { '@aws-sdk/client-sqs': 'sqs', '@aws-sdk/client-ssm': 'ssm' };

    const calls = callsIn(sources, services);

    // SendMessageBatch needs the permission of SendMessage (Service Authorization Reference).
    expect(calls).toEqual(['sqs:SendMessageBatch', 'ssm:GetParametersByPath']);
    for (const call of calls) {
      const action = call.replace(/Batch$/, '');
      expect(permissions.some((permission) => permission.startsWith(`${action} on`))).toBe(true);
    }
  });
});

describe('what EventBridge Scheduler may do', () => {
  it('is to invoke the dispatcher', () => {
    const template = fleetWith().template();
    const schedulerRole = idOf(template, 'AWS::IAM::Role', 'SchedulerRole');

    expect(permissionsOf(template, schedulerRole)).toEqual([
      'lambda:InvokeFunction on the AWS::Lambda::Function',
    ]);
    const policy = idOf(template, 'AWS::IAM::Policy', 'SchedulerRole');
    expect(JSON.stringify(template.toJSON().Resources[policy])).toContain('DispatcherFunction');
  });
});

describe('the roles of a fleet', () => {
  it('have no other source of permissions', () => {
    const template = fleetWith().template();

    template.resourceCountIs('AWS::IAM::Role', 3);
    for (const { Properties } of Object.values(template.findResources('AWS::IAM::Role'))) {
      expect(Object.keys(Properties).sort()).toEqual(['AssumeRolePolicyDocument', 'Description']);
    }
  });

  it('are widened by nothing that another construct asks for', () => {
    const { stack, fleet } = fleetWith();

    fleet.deadLetterQueue.grantConsumeMessages(fleet.rotator);
    fleet.queue.grantPurge(fleet.dispatcher);

    const template = Template.fromStack(stack);
    for (const role of ['RotatorRole', 'DispatcherRole']) {
      expect(ofRole(template, role)).toEqual(ofRole(fleetWith().template(), role));
    }
  });
});
