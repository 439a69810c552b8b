import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import { idOf, type Json, keyArn, permissionsIn, region } from '../support';
import { callsIn } from './calls';
import { allows, standIn } from './policy';
import { arn, fleetWith } from './support';

const secret = (name: string) => arn('secretsmanager', `secret:sfmc/${name}-AbCdEf`);
const parameter = (name: string) => arn('ssm', `parameter/sfmc/${name}`);
const document = (template: Template, type: string, part: string): Json =>
  template.toJSON().Resources[idOf(template, type, part)].Properties.PolicyDocument;

describe('operatorPolicy', () => {
  const policyOf = (customerKeyArn?: string) => {
    const { stack, fleet } = fleetWith({}, customerKeyArn);
    fleet.operatorPolicy('acme-');
    const template = Template.fromStack(stack);
    return { template, policy: document(template, 'AWS::IAM::ManagedPolicy', 'Operators') };
  };
  const { template, policy } = policyOf();
  const permissions = permissionsIn(template, policy);

  const onSecrets = [
    ...['DeleteSecret', 'DescribeSecret', 'GetSecretValue', 'ListSecretVersionIds'],
    ...[
      'PutSecretValue',
      'RestoreSecret',
      'TagResource',
      'UpdateSecret',
      'UpdateSecretVersionStage',
    ],
  ].map((action) => `secretsmanager:${action}`);
  const onParameters = [
    ...['DeleteParameter', 'GetParameterHistory', 'GetParameters', 'PutParameter'],
  ].map((action) => `ssm:${action}`);

  const rotatorArn = { 'Fn::GetAtt': [idOf(template, 'AWS::Lambda::Function', 'Rotator'), 'Arn'] };

  it('lets the secrets whose names begin so be rotated, by the function of the fleet alone', () => {
    const rotate = (name: string, by?: string) =>
      allows(policy, {
        action: 'secretsmanager:RotateSecret',
        resource: secret(name),
        context: by === undefined ? {} : { 'secretsmanager:RotationLambdaARN': by },
      });

    expect(rotate('acme-news')).toBe(true);
    expect(rotate('acme-news', standIn(rotatorArn))).toBe(true);
    expect(rotate('acme-news', arn('lambda', 'function:another'))).toBe(false);
    for (const other of ['globex-news', 'acme', 'xacme-news']) expect(rotate(other)).toBe(false);
  });

  it('allows all that is done to connections whose names begin so', () => {
    for (const action of onSecrets) {
      expect(allows(policy, { action, resource: secret('acme-news') })).toBe(true);
    }
    for (const action of onParameters) {
      for (const name of ['config', 'client-secret', 'client-secret-next', 'escrow']) {
        expect(allows(policy, { action, resource: parameter(`acme-news/${name}`) })).toBe(true);
      }
    }
  });

  it.each(['globex-news', 'news', 'acme', 'xacme-news'])('allows nothing on %s', (name) => {
    for (const action of onSecrets) {
      expect(allows(policy, { action, resource: secret(name) })).toBe(false);
    }
    for (const action of onParameters) {
      expect(allows(policy, { action, resource: parameter(`${name}/client-secret`) })).toBe(false);
    }
    const resource = arn('scheduler', `schedule/default/sfmc-${name}`);
    expect(allows(policy, { action: 'scheduler:GetSchedule', resource })).toBe(false);
  });

  it('allows secrets to be made, with tags, under names that begin so', () => {
    for (const action of ['secretsmanager:CreateSecret', 'secretsmanager:TagResource']) {
      const making = (name: string, end = '') => ({
        action,
        resource: `${arn('secretsmanager', `secret:sfmc/${name}`)}${end}`,
        context: { 'secretsmanager:Name': `sfmc/${name}` },
      });

      for (const end of ['', '-AbCdEf']) {
        expect(allows(policy, making('acme-news', end))).toBe(true);
        expect(allows(policy, making('acme', end))).toBe(false);
        expect(allows(policy, making('globex-news', end))).toBe(false);
      }
    }
  });

  it('is of these permissions, and none reaches another secret or parameter', () => {
    const aliases = JSON.stringify({
      'ForAnyValue:StringEquals': {
        'kms:ResourceAliases': ['alias/aws/secretsmanager', 'alias/aws/ssm'],
      },
    });

    expect(permissions).toEqual(
      [
        ...onSecrets.map(
          (action) => `${action} on ${arn('secretsmanager', 'secret:sfmc/acme-*-??????')}`,
        ),
        ...['CreateSecret', 'TagResource'].map(
          (action) =>
            `secretsmanager:${action} on ${arn('secretsmanager', 'secret:sfmc/acme-*')} if ` +
            JSON.stringify({ StringLike: { 'secretsmanager:Name': 'sfmc/acme-*' } }),
        ),
        ...onParameters.map((action) => `${action} on ${parameter('acme-*')}`),
        `secretsmanager:RotateSecret on ${arn('secretsmanager', 'secret:sfmc/acme-*-??????')} if ` +
          JSON.stringify({ ArnEqualsIfExists: { 'secretsmanager:RotationLambdaARN': rotatorArn } }),
        `ssm:GetParameter on ${arn('ssm', 'parameter/sfmc-token-rotator/fleet')}`,
        `scheduler:DeleteSchedule on ${arn('scheduler', 'schedule/default/sfmc-acme-*')}`,
        `scheduler:GetSchedule on ${arn('scheduler', 'schedule/default/sfmc-acme-*')}`,
        `scheduler:GetSchedule on ${arn('scheduler', 'schedule/default/sfmc-token-rotator.fleet')}`,
        'lambda:GetFunctionConfiguration on the AWS::Lambda::Function',
        'logs:FilterLogEvents on the AWS::Logs::LogGroup',
        'iam:SimulatePrincipalPolicy on the AWS::IAM::Role',
        ...Array(2).fill('sqs:GetQueueAttributes on the AWS::SQS::Queue'),
        `kms:DescribeKey on ${arn('kms', 'key/*')} if ${aliases}`,
      ].sort(),
    );
  });

  it('sends nothing to any queue and invokes nothing, whatever the payload', () => {
    const on = (type: string, part: string, action: string) =>
      allows(policy, {
        action,
        resource: standIn({ 'Fn::GetAtt': [idOf(template, type, part), 'Arn'] }),
      });

    for (const part of ['QueuesQueue', 'DeadLetterQueue']) {
      for (const action of ['SendMessage', 'ReceiveMessage', 'DeleteMessage', 'PurgeQueue']) {
        expect(on('AWS::SQS::Queue', part, `sqs:${action}`)).toBe(false);
      }
    }
    for (const name of ['Rotator', 'Dispatcher']) {
      for (const action of ['InvokeFunction', 'InvokeAsync', 'UpdateFunctionConfiguration']) {
        expect(on('AWS::Lambda::Function', name, `lambda:${action}`)).toBe(false);
      }
    }
  });

  it('is about the rotator, its log and its role', () => {
    for (const [type, part] of [
      ['AWS::Lambda::Function', 'Rotator'],
      ['AWS::Logs::LogGroup', 'Rotator'],
      ['AWS::IAM::Role', 'RotatorRole'],
    ] as const) {
      expect(JSON.stringify(policy)).toContain(`"${idOf(template, type, part)}"`);
    }
    expect(JSON.stringify(policy)).not.toContain('FleetDispatcher');
  });

  it('looks at AWS managed keys of the two services alone', () => {
    const look = (alias: string) => ({
      action: 'kms:DescribeKey',
      resource: arn('kms', 'key/0a1b2c3d-1111-2222-3333-0123456789ab'),
      context: { 'kms:ResourceAliases': [alias] },
    });

    expect(allows(policy, look('alias/aws/ssm'))).toBe(true);
    expect(allows(policy, look('alias/payroll'))).toBe(false);
  });

  it('includes a customer managed key through the two services that use it', () => {
    const { policy: underKey } = policyOf(keyArn);
    const use = (service: string, action = 'kms:Decrypt') => ({
      action,
      resource: keyArn,
      context: { 'kms:ViaService': `${service}.${region}.amazonaws.com` },
    });

    expect(allows(underKey, use('secretsmanager'))).toBe(true);
    expect(allows(underKey, use('secretsmanager', 'kms:GenerateDataKey'))).toBe(true);
    expect(allows(underKey, use('ssm'))).toBe(true);
    expect(allows(underKey, use('ssm', 'kms:Encrypt'))).toBe(true);
    // A changed key: without it Secrets Manager leaves older versions under the one before.
    expect(allows(underKey, use('secretsmanager', 'kms:Encrypt'))).toBe(true);
    expect(allows(underKey, use('s3'))).toBe(false);
    expect(allows(underKey, { action: 'kms:Decrypt', resource: keyArn })).toBe(false);
  });

  it('covers each call that the operator makes, except for what knows no prefix or is of a stack', () => {
    const root = join(__dirname, '..', '..', '..');
    const files = readdirSync(join(root, 'ops'), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => join(root, 'ops', file))
      .concat(
        ['secretStore.ts', 'parameterStore.ts'].map((file) =>
          join(root, 'lambda', 'effects', file),
        ),
      );
    const clients = {
      '@aws-sdk/client-cloudwatch-logs': 'logs',
      '@aws-sdk/client-iam': 'iam',
      '@aws-sdk/client-kms': 'kms',
      '@aws-sdk/client-lambda': 'lambda',
      '@aws-sdk/client-scheduler': 'scheduler',
      '@aws-sdk/client-secrets-manager': 'secretsmanager',
      '@aws-sdk/client-sqs': 'sqs',
      '@aws-sdk/client-ssm': 'ssm',
      '@aws-sdk/client-sts': 'sts',
    };
    /** The one action that is not called as its call is (Lambda API reference, "Invoke"). */
    const actionOf = (call: string) => (call === 'lambda:Invoke' ? 'lambda:InvokeFunction' : call);
    const allowed = new Set(permissions.map((line) => line.split(' ')[0]));

    const calls = callsIn(
      files.map((file) => readFileSync(file, 'utf8')),
      clients,
    );

    expect(calls.length).toBeGreaterThan(15);
    expect(calls.filter((call) => !allowed.has(actionOf(call)))).toEqual([
      // Of the account, which is not theirs to look after: the doctor leaves its limit out.
      'lambda:GetAccountSettings',
      // Of connections that a stack has: the parameter of the fleet names its queue.
      'lambda:Invoke',
      'lambda:ListEventSourceMappings',
      // Listings of all connections, and these operators name one.
      'scheduler:ListSchedules',
      'secretsmanager:BatchGetSecretValue',
      'secretsmanager:ListSecrets',
      'sqs:GetQueueUrl',
      // A message could name any connection: the secret is rotated instead.
      'sqs:SendMessage',
      'ssm:DescribeParameters',
      'ssm:GetParametersByPath',
      // It needs no permission (AWS STS API reference, "GetCallerIdentity").
      'sts:GetCallerIdentity',
    ]);
  });

  it('is made once for a prefix', () => {
    const { stack, fleet } = fleetWith();

    const policies = ['acme-', 'acme-', 'acme', 'globex-'].map((name) =>
      fleet.operatorPolicy(name),
    );

    expect(policies[0]).toBe(policies[1]);
    Template.fromStack(stack).resourceCountIs('AWS::IAM::ManagedPolicy', 3);
  });

  it.each(['', '*', 'acme/', 'Acme', 'a?'])('refuses the prefix %j', (prefix) => {
    expect(() => fleetWith().fleet.operatorPolicy(prefix)).toThrow(
      `operatorPolicy: ${JSON.stringify(prefix)} must be 1 to 63 lower-case letters`,
    );
  });
});
