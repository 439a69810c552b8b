import { ArnFormat, Stack } from 'aws-cdk-lib';
import { ManagedPolicy, type PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import {
  defaultParameterPrefix,
  defaultSecretPrefix,
  fleetParameterName,
  fleetScheduleName,
  scheduleName,
} from '../../lambda/core/names';
import { allow, type EncryptionKeys, onlyThrough, parameterArn, useOf } from '../permissions';
import { acknowledgeWildcards } from '../wildcards';
import { secretArn } from './fleetArns';

export interface OperatorResources {
  readonly rotator: IFunction;
  readonly rotatorLogGroup: ILogGroup;
  readonly rotatorRoleArn: string;
  readonly queue: IQueue;
  readonly deadLetterQueue: IQueue;
  readonly keys: EncryptionKeys;
}

/**
 * What `npm run ops` needs for connections whose names begin with the prefix.
 *
 * One call is left out, since IAM cannot limit it to a prefix: `GetParametersByPath` of the whole
 * registry would bring every client secret along. So these operators name their connection, and are
 * not shown others.
 */
export function addOperatorPolicy(
  scope: Construct,
  prefix: string,
  resources: OperatorResources,
): ManagedPolicy {
  const id = `Operators-${prefix}`;
  const known = scope.node.tryFindChild(id);
  if (known instanceof ManagedPolicy) return known;
  const stack = Stack.of(scope);
  const { keys, rotator } = resources;
  const connections = onConnections(stack, prefix, rotator);
  const fleet = onFleet(stack, resources);
  const policy = new ManagedPolicy(scope, id, {
    description: `Operates the Marketing Cloud connections whose names begin with ${prefix}`,
    statements: [...connections, ...fleet, ...useOf(keys, stack), ...useByOperators(keys, stack)],
  });
  acknowledgeWildcards(
    policy,
    connections,
    `Operators work on every connection whose name begins with ${prefix}, also on those that are ` +
      'still to be added.',
  );
  acknowledgeWildcards(
    policy,
    fleet,
    'KMS makes its managed keys at their first use, so that their ARNs are not known: the condition ' +
      'on the alias names the two that may be looked at.',
  );
  return policy;
}

/** Beyond what the rotator does with them. */
function useByOperators({ current, previous }: EncryptionKeys, stack: Stack): PolicyStatement[] {
  const all = [...(current ? [current] : []), ...previous].map(({ keyArn }) => keyArn);
  return [
    // A new client secret comes under the key of the present one; a changed key is that of older versions
    // too (Secrets Manager API reference, UpdateSecret, "KmsKeyId").
    ...(current
      ? [allow(['kms:Encrypt'], [current.keyArn], onlyThrough(['secretsmanager', 'ssm'], stack))]
      : []),
    ...(all.length > 0 ? [allow(['kms:DescribeKey'], all)] : []),
  ];
}

function onConnections(stack: Stack, prefix: string, rotator: IFunction): PolicyStatement[] {
  const secret = `${defaultSecretPrefix}${prefix}*`;
  const schedule = (name: string) =>
    stack.formatArn({
      service: 'scheduler',
      resource: 'schedule',
      resourceName: `default/${name}`,
    });
  return [
    allow(
      [
        'secretsmanager:DeleteSecret',
        'secretsmanager:DescribeSecret',
        'secretsmanager:GetSecretValue',
        'secretsmanager:ListSecretVersionIds',
        'secretsmanager:PutSecretValue',
        'secretsmanager:RestoreSecret',
        'secretsmanager:TagResource',
        'secretsmanager:UpdateSecret',
        'secretsmanager:UpdateSecretVersionStage',
      ],
      // With the end that Secrets Manager gives each ARN: without it, the secret of a connection
      // `acme` would begin with `acme-` too.
      [secretArn(stack, `${secret}-??????`)],
    ),
    // A forced rotation, and attaching the secret to the function that does it, and to no other one of
    // the account: the function gets the secret's own name, and nothing that the caller could choose.
    allow(['secretsmanager:RotateSecret'], [secretArn(stack, `${secret}-??????`)], {
      ArnEqualsIfExists: { 'secretsmanager:RotationLambdaARN': rotator.functionArn },
    }),
    // A new secret's ARN has no such end yet, or it is not documented; its name is in the request.
    allow(
      ['secretsmanager:CreateSecret', 'secretsmanager:TagResource'],
      [secretArn(stack, secret)],
      {
        StringLike: { 'secretsmanager:Name': secret },
      },
    ),
    allow(
      ['ssm:DeleteParameter', 'ssm:GetParameterHistory', 'ssm:GetParameters', 'ssm:PutParameter'],
      [parameterArn(stack, `${defaultParameterPrefix}${prefix}*`)],
    ),
    allow(['scheduler:GetSchedule'], [schedule(fleetScheduleName)]),
    // Of a connection that a stack had once.
    allow(
      ['scheduler:DeleteSchedule', 'scheduler:GetSchedule'],
      [schedule(scheduleName(`${prefix}*`))],
    ),
  ];
}

/**
 * What all connections share: the rotator, its queue, its log and its role. None of them holds a
 * token.
 *
 * Nobody of them may send to the queue: IAM knows no message groups, so that one could name another's
 * connection, or hold its group back. To invoke the function would allow as much. A rotation is asked
 * for by `RotateSecret` on the secret.
 */
function onFleet(
  stack: Stack,
  { rotator, rotatorLogGroup, rotatorRoleArn, queue, deadLetterQueue }: OperatorResources,
): PolicyStatement[] {
  return [
    allow(['ssm:GetParameter'], [parameterArn(stack, fleetParameterName)]),
    allow(['lambda:GetFunctionConfiguration'], [rotator.functionArn]),
    allow(['logs:FilterLogEvents'], [rotatorLogGroup.logGroupArn]),
    allow(['iam:SimulatePrincipalPolicy'], [rotatorRoleArn]),
    allow(['sqs:GetQueueAttributes'], [queue.queueArn, deadLetterQueue.queueArn]),
    allow(
      ['kms:DescribeKey'],
      [
        stack.formatArn({
          service: 'kms',
          resource: 'key',
          resourceName: '*',
          arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
        }),
      ],
      {
        'ForAnyValue:StringEquals': {
          'kms:ResourceAliases': ['alias/aws/secretsmanager', 'alias/aws/ssm'],
        },
      },
    ),
  ];
}
