import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { connectionsPerStack } from '../../infra/connections';
import { TokenRotation } from '../../infra/tokenRotation';
import { connection } from './exampleConnection';
import {
  account,
  code,
  idOf,
  keyArn,
  permissionsOf,
  policiesOf,
  projectApp,
  region,
  rotationWith,
} from './support';

const parameter = (name: string) => `arn:aws:ssm:${region}:${account}:parameter${name}`;

const forBeingInvoked = [
  `events:PutEvents on arn:aws:events:${region}:${account}:event-bus/default`,
  'logs:CreateLogStream on the AWS::Logs::LogGroup',
  'logs:PutLogEvents on the AWS::Logs::LogGroup',
  'sqs:DeleteMessage on the AWS::SQS::Queue',
  'sqs:GetQueueAttributes on the AWS::SQS::Queue',
  'sqs:ReceiveMessage on the AWS::SQS::Queue',
  'sqs:SendMessage on the AWS::SQS::Queue',
];

function forConnection(name: string): string[] {
  const secret = `the AWS::SecretsManager::Secret sfmc/${name}`;
  return [
    `secretsmanager:GetSecretValue on ${secret}`,
    `secretsmanager:ListSecretVersionIds on ${secret}`,
    `secretsmanager:PutSecretValue on ${secret}`,
    `secretsmanager:UpdateSecretVersionStage on ${secret}`,
    `ssm:GetParameters on ${parameter(`/sfmc/${name}/config`)}`,
    `ssm:GetParameters on ${parameter(`/sfmc/${name}/client-secret`)}`,
    `ssm:GetParameters on ${parameter(`/sfmc/${name}/client-secret-next`)}`,
    `ssm:GetParameters on ${parameter(`/sfmc/${name}/escrow`)}`,
    `ssm:PutParameter on ${parameter(`/sfmc/${name}/escrow`)}`,
    `ssm:DeleteParameter on ${parameter(`/sfmc/${name}/escrow`)}`,
  ];
}

function rotatorsPermissions(template: Template): string[] {
  return permissionsOf(template, idOf(template, 'AWS::IAM::Role', 'RotatorRole'));
}

describe('what the rotator may do', () => {
  it('is its work on its own connections, and nothing else', () => {
    const connections = [connection('news'), connection('mail')];

    const permissions = rotatorsPermissions(rotationWith({ connections }).template());

    expect(permissions).toEqual(
      [...forBeingInvoked, ...forConnection('news'), ...forConnection('mail')].sort(),
    );
  });

  it('includes a customer managed key through the two services that use it', () => {
    const via = (...services: string[]) => {
      const hosts = services.map((service) => `${service}.${region}.amazonaws.com`);
      return JSON.stringify({
        StringEquals: { 'kms:ViaService': hosts },
      });
    };

    const permissions = rotatorsPermissions(rotationWith({}, keyArn).template());

    expect(permissions).toEqual(
      [
        ...forBeingInvoked,
        ...forConnection('news'),
        `kms:Decrypt on ${keyArn} if ${via('secretsmanager', 'ssm')}`,
        `kms:GenerateDataKey on ${keyArn} if ${via('secretsmanager')}`,
      ].sort(),
    );
  });

  it('covers each call that the code makes, and no call that it does not make', () => {
    const services = {
      '@aws-sdk/client-eventbridge': 'events',
      '@aws-sdk/client-secrets-manager': 'secretsmanager',
      '@aws-sdk/client-sqs': 'sqs',
      '@aws-sdk/client-ssm': 'ssm',
    };
    const source = join(__dirname, '..', '..', 'lambda');
    const calls = readdirSync(source, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => readFileSync(join(source, file), 'utf8'))
      .flatMap((text) => [
        ...Object.entries(services).flatMap(([client, service]) =>
          [...text.matchAll(/import \{([^}]*)\} from '([^']+)'/g)]
            .filter(([, , from]) => from === client)
            .flatMap(([, names = '']) => [...names.matchAll(/(\w+)Command\b/g)])
            .map(([, name]) => `${service}:${name}`),
        ),
        // The function's own: a service is named by what its requests are signed for.
        ...[...text.matchAll(/\bcall\('(\w+)'/g)].map(
          ([, name]) => `${/connectAws\(\s*\{\s*name: '(\w+)'/.exec(text)?.[1]}:${name}`,
        ),
      ]);

    const byLambda = /^(logs:|sqs:(ReceiveMessage|DeleteMessage|GetQueueAttributes)$)/;
    const allowed = rotatorsPermissions(rotationWith().template())
      .map((permission) => permission.split(' ')[0] ?? '')
      .filter((action) => !byLambda.test(action));

    const byDispatcher = 'sqs:SendMessageBatch';
    expect([...new Set([...allowed, byDispatcher])].sort()).toEqual([...new Set(calls)].sort());
  });
});

describe('what EventBridge Scheduler may do', () => {
  it('is to send to the queue, or else to its dead-letter queue', () => {
    const template = rotationWith().template();

    const [policy, ...others] = policiesOf(
      template,
      idOf(template, 'AWS::IAM::Role', 'SchedulerRole'),
    );

    expect(others).toEqual([]);
    expect(policy?.document.Statement).toEqual([
      {
        Effect: 'Allow',
        Action: 'sqs:SendMessage',
        Resource: ['RotationDeadLetterQueue', 'QueuesQueue'].map((part) => ({
          'Fn::GetAtt': [idOf(template, 'AWS::SQS::Queue', part), 'Arn'],
        })),
      },
    ]);
  });
});

describe('the roles', () => {
  it('have no other source of permissions', () => {
    const template = rotationWith().template();

    template.resourceCountIs('AWS::IAM::Role', 2);
    for (const role of Object.values(template.findResources('AWS::IAM::Role'))) {
      expect(Object.keys(role.Properties).sort()).toEqual([
        'AssumeRolePolicyDocument',
        'Description',
      ]);
    }
    template.resourceCountIs('AWS::SecretsManager::ResourcePolicy', 0);
  });

  it('leave the function to its queue, and to Secrets Manager of this account', () => {
    const template = rotationWith().template();

    template.resourceCountIs('AWS::Lambda::Permission', 1);
    template.hasResourceProperties('AWS::Lambda::Permission', {
      Action: 'lambda:InvokeFunction',
      FunctionName: { 'Fn::GetAtt': [idOf(template, 'AWS::Lambda::Function'), 'Arn'] },
      Principal: 'secretsmanager.amazonaws.com',
      SourceAccount: account,
    });
  });

  it('are widened by nothing that another construct asks for', () => {
    const { stack, rotation } = rotationWith();
    const before = rotatorsPermissions(rotationWith().template());

    rotation.deadLetterQueue.grantConsumeMessages(rotation.rotator);

    expect(rotatorsPermissions(Template.fromStack(stack))).toEqual(before);
  });

  it.each([
    ['with the feature flags of the project', projectApp],
    ['without feature flags', () => new App({ builtinCloudFormationValidation: false })],
  ])('fit into the limits of IAM with as many connections as a stack may have, %s', (_how, app) => {
    const stack = new Stack(app(), 'Stack');
    const connections = Array.from({ length: connectionsPerStack }, (_, i) =>
      connection(`${i}-`.padEnd(63, 'n')),
    );
    const encryptionKey = Key.fromKeyArn(stack, 'Key', keyArn);
    new TokenRotation(stack, 'TokenRotation', { connections, code, encryptionKey });
    const template = Template.fromStack(stack);

    const policies = policiesOf(template, idOf(template, 'AWS::IAM::Role', 'RotatorRole'));
    const lengths = (type: string) =>
      policies
        .filter((policy) => policy.type === type)
        .map(({ document }) => deployed(template, document).length);

    expect(rotatorsPermissions(template)).toHaveLength(
      forBeingInvoked.length + 10 * connectionsPerStack + 2,
    );
    expect(sum(lengths('AWS::IAM::Policy'))).toBeLessThanOrEqual(10_240);
    expect(Math.max(...lengths('AWS::IAM::ManagedPolicy'))).toBeLessThanOrEqual(6_144);
    expect(lengths('AWS::IAM::ManagedPolicy').length).toBeLessThanOrEqual(10);
    expect(Object.keys(template.toJSON().Resources).length).toBeLessThanOrEqual(500);
  });

  /** The policy as IAM will count it, with the longest names that there are. */
  function deployed(template: Template, document: unknown): string {
    const longest: Record<string, string> = {
      'AWS::Partition': 'aws-us-gov',
      'AWS::Region': 'ap-southeast-1',
      'AWS::AccountId': account,
    };
    return JSON.stringify(document, (_key, value) => {
      const [[intrinsic, argument] = []] =
        typeof value === 'object' && value !== null ? Object.entries(value) : [];
      if (intrinsic === 'Ref' && typeof argument === 'string') {
        const { Name } = template.toJSON().Resources[argument]?.Properties ?? {};
        return longest[argument] ?? `${arnOf('secretsmanager')}:secret:${Name}-AbCdEf`;
      }
      if (intrinsic === 'Fn::GetAtt') return `${arnOf('logs')}:${'n'.repeat(80)}`;
      return value;
    }).replace(/\{"Fn::Join":\["",\[(.*?)\]\]\}/g, (_join, parts) => parts.replaceAll('","', ''));
  }

  const arnOf = (service: string) => `arn:aws-us-gov:${service}:ap-southeast-1:${account}`;
  const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0);
});
