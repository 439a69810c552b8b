import { Stack } from 'aws-cdk-lib';
import { Grant, type IGrantable, PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { connectionNames } from '../lambda/core/names';
import { eventBusArn } from './rotationEvents';

export interface FunctionResources {
  readonly logGroup: ILogGroup;
  readonly queue: IQueue;
}

/** What the rotator works with. */
export interface RotatorResources extends FunctionResources {
  /** By connection. */
  readonly secrets: ReadonlyMap<string, Secret>;
  readonly encryptionKey: IKey | undefined;
}

/**
 * Everything that the rotator may do.
 *
 * SecureStrings under the AWS managed key `aws/ssm` need no statement: its key policy lets every
 * principal of the account use it through Parameter Store (Systems Manager user guide,
 * "Restricting decryption of SecureString parameter values").
 */
export function rotatorPermissions(resources: RotatorResources): PolicyStatement[] {
  const { logGroup, secrets, encryptionKey } = resources;
  return [
    ...beingInvoked(resources),
    ...[...secrets].flatMap(([connection, secret]) => rotationOf(connection, secret)),
    ...(encryptionKey === undefined ? [] : useOf(encryptionKey, logGroup.stack.region)),
  ];
}

/** What every rotator may do, whatever its connections are. */
export function beingInvoked({ logGroup, queue }: FunctionResources): PolicyStatement[] {
  return [
    logging(logGroup),
    // Lambda takes messages in the function's name (AWS managed policy reference,
    // "AWSLambdaSQSQueueExecutionRole").
    allow(['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'], [queue.queueArn]),
    // Invoked past the queue, it leaves a message there, which goes on should the invocation die.
    allow(['sqs:SendMessage'], [queue.queueArn]),
    allow(['events:PutEvents'], [eventBusArn(Stack.of(queue))]),
  ];
}

export const logging = (logGroup: ILogGroup) =>
  allow(['logs:CreateLogStream', 'logs:PutLogEvents'], [logGroup.logGroupArn]);

/** Everything that EventBridge Scheduler may do: send each tick, or else keep it as a dead letter. */
export const schedulerPermissions = (queue: IQueue, undeliveredTicks: IQueue) => [
  allow(['sqs:SendMessage'], [queue.queueArn, undeliveredTicks.queueArn]),
];

function rotationOf(connection: string, secret: Secret): PolicyStatement[] {
  const { config, clientSecret, stagedClientSecret, escrow } = connectionNames(connection);
  const arn = (parameter: string) =>
    secret.stack.formatArn({
      service: 'ssm',
      resource: 'parameter',
      resourceName: parameter.slice(1),
    });
  return [
    allow(
      [
        'secretsmanager:GetSecretValue',
        'secretsmanager:ListSecretVersionIds',
        'secretsmanager:PutSecretValue',
        'secretsmanager:UpdateSecretVersionStage',
      ],
      [secret.secretArn],
    ),
    allow(['ssm:GetParameters'], [config, clientSecret, stagedClientSecret, escrow].map(arn)),
    allow(['ssm:PutParameter', 'ssm:DeleteParameter'], [arn(escrow)]),
  ];
}

/** The secret is read and written under the key, the client secrets are read. */
export function useOf(key: IKey, region: string): PolicyStatement[] {
  return [
    allow(['kms:Decrypt'], [key.keyArn], onlyThrough(['secretsmanager', 'ssm'], region)),
    allow(['kms:GenerateDataKey'], [key.keyArn], onlyThrough(['secretsmanager'], region)),
  ];
}

/**
 * Beside the grant of a secret, the use of the customer key that it is under. A grant of the key
 * itself would change its policy, which can't be done to an imported one.
 */
export function withDecryption(
  grant: Grant,
  grantee: IGrantable,
  key: IKey | undefined,
  region: string,
): Grant {
  if (key === undefined) return grant;
  return grant.combine(
    Grant.addToPrincipal({
      grantee,
      actions: ['kms:Decrypt'],
      resourceArns: [key.keyArn],
      conditions: onlyThrough(['secretsmanager'], region),
    }),
  );
}

/** A key may be used by these services on behalf of a role, not by the role itself. */
export function onlyThrough(services: string[], region: string) {
  const hosts = services.map((service) => `${service}.${region}.amazonaws.com`);
  return { StringEquals: { 'kms:ViaService': hosts } };
}

export function allow(
  actions: string[],
  resources: string[],
  conditions: Record<string, unknown> = {},
): PolicyStatement {
  return new PolicyStatement({ actions, resources, conditions });
}

export function addAll(role: Role, permissions: readonly PolicyStatement[]) {
  for (const permission of permissions) role.addToPolicy(permission);
}
