import { Duration, Stack, Validations } from 'aws-cdk-lib';
import type { EventPattern } from 'aws-cdk-lib/aws-events';
import { Grant, type IGrantable, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { type IQueue, Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { ConfigurationError } from './configurationError';
import { ConnectionResources } from './connectionResources';
import { type Connection, parseConnections } from './connections';
import { addAll, rotatorPermissions, schedulerPermissions, withDecryption } from './permissions';
import { type RotationEvent, rotationEventPattern } from './rotationEvents';
import { RotatorFunction, type RotatorFunctionOptions } from './rotatorFunction';
import { addSchedulerRole } from './schedulerRole';

export interface TokenRotationProps extends RotatorFunctionOptions {
  /** 1 to 50 connections, each name once. */
  readonly connections: readonly Connection[];
  /**
   * Customer managed key for the secrets. Its policy must leave the decision to IAM policies of
   * this account, as key policies do by default. Client secrets may be put under it as well; the
   * escrow, and replicas in other Regions, stay under AWS managed keys.
   *
   * @default - the AWS managed key `aws/secretsmanager`
   */
  readonly encryptionKey?: IKey;
  /**
   * How often Secrets Manager rotates each secret by itself, 1 to 1,000 days. The schedule keeps
   * the tokens fresh; this is for the console and for rules that demand a rotation schedule.
   *
   * @default Duration.days(1000)
   */
  readonly rotationInterval?: Duration;
}

/**
 * Keeps the tokens of connections fresh: one function, and for each connection a secret, its
 * config and a schedule. Names are fixed, so that one account and Region has each connection once.
 */
export class TokenRotation extends Construct {
  readonly rotator: IFunction;
  readonly logGroup: ILogGroup;
  /** Takes ticks that never reached the rotator, and those whose every attempt failed. */
  readonly deadLetterQueue: IQueue;
  /** By connection, in the order of the list. */
  readonly secrets: ReadonlyMap<string, Secret>;

  /** @throws ConfigurationError that names the connection, the field and the remedy. */
  constructor(scope: Construct, id: string, props: TokenRotationProps) {
    super(scope, id);
    const connections = parseConnections(props.connections);
    const { encryptionKey, rotationInterval = Duration.days(1000) } = props;

    const deadLetterQueue = addDeadLetterQueue(this);
    const eventBusArn = Stack.of(this).formatArn({
      service: 'events',
      resource: 'event-bus',
      resourceName: 'default',
    });
    const rotator = new RotatorFunction(this, 'Rotator', {
      ...props,
      deadLetterQueue,
      eventBusArn,
    });
    const schedulerRole = addSchedulerRole(this, 'Invokes the token rotator every five minutes');
    addAll(schedulerRole, schedulerPermissions(rotator.function, deadLetterQueue));

    rotator.function.addPermission('OwnRotation', {
      principal: new ServicePrincipal('secretsmanager.amazonaws.com'),
      sourceAccount: Stack.of(this).account,
    });

    const secrets = new Map<string, Secret>();
    for (const connection of connections) {
      const { secret } = new ConnectionResources(this, connection.name, {
        connection,
        encryptionKey,
        rotator: rotator.function,
        rotatorRole: rotator.role,
        rotationInterval,
        schedulerRole,
        deadLetterQueue,
      });
      secrets.set(connection.name, secret);
    }
    const { logGroup } = rotator;
    addAll(
      rotator.role,
      rotatorPermissions({ logGroup, deadLetterQueue, eventBusArn, secrets, encryptionKey }),
    );

    this.rotator = rotator.function;
    this.logGroup = logGroup;
    this.deadLetterQueue = deadLetterQueue;
    this.secrets = secrets;
  }

  /**
   * Lets another function, or any other principal, read the token set of one connection.
   *
   * @param connection its name; may be left out where there is only one
   * @throws ConfigurationError that names the connections there are
   */
  grantRead(grantee: IGrantable, connection?: string): Grant {
    const names = [...this.secrets.keys()];
    const name = connection ?? (names.length === 1 ? names[0] : undefined);
    const secret = name === undefined ? undefined : this.secrets.get(name);
    if (secret === undefined) throw this.noSuch('grantRead', name);
    // CDK's own grant includes secretsmanager:DescribeSecret, for which a reader has no use.
    const grant = Grant.addToPrincipalOrResource({
      grantee,
      actions: ['secretsmanager:GetSecretValue'],
      resourceArns: [secret.secretArn],
      resource: secret,
    });
    return withDecryption(grant, grantee, secret.encryptionKey, secret.stack.region);
  }

  /**
   * Pattern of a rule on the account's default event bus for what becomes of scheduled ticks.
   * `broken` comes with each failed tick as long as the chain is broken.
   *
   * @param connection its name; every connection's events where it is left out
   * @throws ConfigurationError that names the connections there are
   */
  eventPattern(event: RotationEvent, connection?: string): EventPattern {
    if (connection !== undefined && !this.secrets.has(connection)) {
      throw this.noSuch('eventPattern', connection);
    }
    return rotationEventPattern(this.rotator.functionArn, event, connection);
  }

  private noSuch(method: string, name: string | undefined): ConfigurationError {
    const problem = name === undefined ? 'several connections' : `no connection "${name}"`;
    const names = [...this.secrets.keys()].join(', ');
    return new ConfigurationError(`${method}: there is ${problem}: name one of ${names}.`);
  }
}

function addDeadLetterQueue(scope: Construct): Queue {
  const queue = new Queue(scope, 'DeadLetterQueue', {
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    retentionPeriod: Duration.days(14),
  });
  Validations.of(queue).acknowledge({
    id: 'AwsSolutions-SQS3',
    reason:
      'This is a dead-letter queue itself, of schedules and of asynchronous invocations; ' +
      'the rule knows only those of queues and of functions.',
  });
  return queue;
}
