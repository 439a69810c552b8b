import { Aws, Stack, Token } from 'aws-cdk-lib';
import { PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { rotatorGrants } from '../lambda/core/grants';
import { type ConnectionNames, connectionNames } from '../lambda/core/names';
import { eventBusArn } from './rotationEvents';

export interface FunctionResources {
  readonly logGroup: ILogGroup;
  readonly queue: IQueue;
}

/** Customer managed keys; without any, all is under AWS managed ones. */
export interface EncryptionKeys {
  /** Of what is written. */
  readonly current: IKey | undefined;
  /** Of what was written before. */
  readonly previous: readonly IKey[];
}

/** What the rotator works with. */
export interface RotatorResources extends FunctionResources {
  /** ARNs by connection. */
  readonly secretArns: ReadonlyMap<string, string>;
  readonly keys: EncryptionKeys;
  /** Whether some of them were there before, each under a key of its own, under which it is written. */
  readonly hasExisting: boolean;
}

/**
 * Everything that the rotator may do.
 *
 * SecureStrings under the AWS managed key `aws/ssm` need no statement: its key policy lets every
 * principal of the account use it through Parameter Store (Systems Manager user guide,
 * "Restricting decryption of SecureString parameter values").
 */
export function rotatorPermissions(resources: RotatorResources): PolicyStatement[] {
  const { queue, secretArns, keys, hasExisting } = resources;
  const stack = Stack.of(queue);
  return [
    ...invocationPermissions(resources),
    ...[...secretArns].flatMap(([connection, arn]) =>
      rotationOf(stack, arn, connectionNames(connection)),
    ),
    ...useOf(keys, stack, hasExisting),
  ];
}

/** What every rotator may do, whatever its connections are. */
export function invocationPermissions({ logGroup, queue }: FunctionResources): PolicyStatement[] {
  return [
    logging(logGroup),
    allow(rotatorGrants.takingMessages, [queue.queueArn]),
    allow(rotatorGrants.leavingMessage, [queue.queueArn]),
    allow(rotatorGrants.eventBus, [eventBusArn(Stack.of(queue))]),
  ];
}

export const logging = (logGroup: ILogGroup) => allow(rotatorGrants.log, [logGroup.logGroupArn]);

/** Everything that EventBridge Scheduler may do: send each tick, or else keep it as a dead letter. */
export const schedulerPermissions = (queue: IQueue, undeliveredTicks: IQueue) => [
  allow(['sqs:SendMessage'], [queue.queueArn, undeliveredTicks.queueArn]),
];

/** The work on one connection, or on those whose names have a wildcard in them. */
export function rotationOf(
  stack: Stack,
  secretArn: string,
  { config, clientSecret, stagedClientSecret, escrow }: ConnectionNames,
): PolicyStatement[] {
  const arn = (parameter: string) => parameterArn(stack, parameter);
  return [
    allow(rotatorGrants.secret, [secretArn]),
    allow(rotatorGrants.parameters, [config, clientSecret, stagedClientSecret, escrow].map(arn)),
    allow(rotatorGrants.escrow, [arn(escrow)]),
  ];
}

/** @param name with its slash at the beginning */
export const parameterArn = (stack: Stack, name: string) =>
  stack.formatArn({ service: 'ssm', resource: 'parameter', resourceName: name.slice(1) });

/**
 * The secret is read and written under the key, the client secrets are read. What is under a previous
 * key can be read until it has been rewritten; a secret that is under it itself, written too.
 */
export function useOf(
  { current, previous }: EncryptionKeys,
  stack: Stack,
  isPreviousWritten = false,
): PolicyStatement[] {
  const through = (services: string[]) => onlyThrough(services, stack);
  const present = (current ? [current] : []).map(({ keyArn }) => keyArn);
  const readable = [...present, ...previous.map(({ keyArn }) => keyArn)];
  const writable = isPreviousWritten ? readable : present;
  return [
    ...(readable.length > 0
      ? [allow(rotatorGrants.clientSecretKey, readable, through(['secretsmanager', 'ssm']))]
      : []),
    ...(writable.length > 0
      ? [allow(['kms:GenerateDataKey'], writable, through(['secretsmanager']))]
      : []),
  ];
}

/**
 * A key may be used by these services on behalf of a role, not by the role itself. In China the hosts of
 * services end otherwise, and AWS does not document which of both the condition has there: each of
 * them is a host of that service alone, so that both may stand.
 */
export function onlyThrough(services: string[], { region }: Stack) {
  const endings = ['amazonaws.com'];
  if (Token.isUnresolved(region)) endings.push(Aws.URL_SUFFIX);
  else if (region.startsWith('cn-')) endings.push('amazonaws.com.cn');
  const hosts = services.flatMap((service) =>
    endings.map((ending) => `${service}.${region}.${ending}`),
  );
  return { StringEquals: { 'kms:ViaService': hosts } };
}

export function allow(
  actions: readonly string[],
  resources: string[],
  conditions: Record<string, unknown> = {},
): PolicyStatement {
  return new PolicyStatement({ actions: [...actions], resources, conditions });
}

export function addAll(role: Role, permissions: readonly PolicyStatement[]) {
  for (const permission of permissions) role.addToPolicy(permission);
}
