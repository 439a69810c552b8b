import { Stack } from 'aws-cdk-lib';
import { Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import {
  connectionNames,
  defaultParameterPrefix,
  defaultSecretPrefix,
} from '../../lambda/core/names';
import {
  allow,
  type EncryptionKeys,
  type FunctionResources,
  invocationPermissions,
  logging,
  onlyThrough,
  parameterArn,
  rotationOf,
  useOf,
} from '../permissions';
import { secretArn } from './fleetArns';

/** Everything that the rotator of a fleet may do: its work on any connection, by path. */
export function fleetRotatorPermissions(
  resources: FunctionResources,
  keys: EncryptionKeys,
): PolicyStatement[] {
  const stack = Stack.of(resources.queue);
  return [
    ...invocationPermissions(resources),
    ...rotationOf(stack, secretArn(stack, `${defaultSecretPrefix}*`), connectionNames('*')),
    ...useOf(keys, stack),
  ];
}

/** Everything that the dispatcher may do, and what it may not. */
export function dispatcherPermissions({ queue, logGroup }: FunctionResources): PolicyStatement[] {
  const stack = Stack.of(queue);
  const path = defaultParameterPrefix.replace(/\/$/, '');
  return [
    logging(logGroup),
    allow(['sqs:SendMessage'], [queue.queueArn]),
    // It is decided by the path that is asked for, and not by the parameters in it (Systems Manager
    // user guide, "How Parameter Store authorizes parameter retrieval"). Whether the slash at its
    // end counts is not documented.
    allow(
      ['ssm:GetParametersByPath'],
      [parameterArn(stack, path), parameterArn(stack, defaultParameterPrefix)],
    ),
    // The path holds client secrets too, and the key `aws/ssm` lets every principal decrypt ("Restricting
    // decryption of SecureString parameter values"). The dispatcher needs the names alone.
    new PolicyStatement({
      effect: Effect.DENY,
      actions: ['kms:Decrypt'],
      resources: ['*'],
      conditions: onlyThrough(['ssm'], stack),
    }),
  ];
}

/** Everything that EventBridge Scheduler may do. */
export const fleetSchedulerPermissions = (dispatcher: IFunction) => [
  allow(['lambda:InvokeFunction'], [dispatcher.functionArn]),
];
