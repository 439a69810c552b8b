import { Duration, Stack, Validations } from 'aws-cdk-lib';
import type { EventPattern } from 'aws-cdk-lib/aws-events';
import { type Grant, type IGrantable, type IRole, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { type IQueue, Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { ConfigurationError } from './configurationError';
import { ConnectionResources } from './connectionResources';
import { type Connection, parseConnections } from './connections';
import { addAll, rotatorPermissions, schedulerPermissions } from './permissions';
import { grantRead, type Readable } from './readGrant';
import { type RotationEvent, rotationEventPattern } from './rotationEvents';
import { addEventSource, leastConcurrency, RotationQueues } from './rotationQueues';
import { RotatorFunction, type RotatorFunctionOptions } from './rotatorFunction';
import { addSchedulerRole } from './schedulerRole';
import { replicaAtHome, warnOfDoubtfulSettings } from './warnings';
import { acknowledgeWildcards } from './wildcards';

export interface TokenRotationProps extends RotatorFunctionOptions {
  /**
   * 1 to 50 connections, each name once. As many rotations may run at a time, for which the account's
   * concurrent executions have to leave room: a new account may have 10 in all.
   */
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
   * Customer managed keys of earlier deployments. What was written under them stays readable, until each
   * secret has been rotated and each client secret stored again.
   *
   * @default - none
   */
  readonly previousEncryptionKeys?: readonly IKey[];
  /**
   * Names of connections whose secret is there already: kept by an earlier deployment, restored, or made
   * by hand. The stack takes it over by its name, and never touches its value. Its key and its replicas
   * stay as they are; it stays in this list.
   *
   * @default - none
   */
  readonly existingSecrets?: readonly string[];
  /**
   * How often Secrets Manager rotates each secret by itself, 1 to 1,000 days. The schedule keeps
   * the tokens fresh; this is for the console and for rules that demand a rotation schedule.
   *
   * @default Duration.days(1000)
   */
  readonly rotationInterval?: Duration;
  /**
   * A custom metric and an alarm for each connection, 0.40 USD a month. Without them what fails is
   * found by the alarms over all connections, and a connection whose schedule has gone by TicksMissing.
   *
   * @default false
   */
  readonly detailedMonitoring?: boolean;
}

/**
 * Keeps the tokens of connections fresh: one queue and one function, and for each connection a
 * secret, its config and a schedule, which sends it to the queue. Names are fixed, so that one
 * account and Region has each connection once.
 */
export class TokenRotation extends Construct {
  readonly rotator: IFunction;
  readonly logGroup: ILogGroup;
  /** FIFO, a message group for each connection. */
  readonly queue: IQueue;
  /** FIFO. Takes connections that failed for as long as a message lives. */
  readonly deadLetterQueue: IQueue;
  /** Takes ticks that never reached the queue. */
  readonly undeliveredTicks: IQueue;
  /** By connection, in the order of the list. */
  readonly secrets: ReadonlyMap<string, ISecret>;
  /** Whether each connection has a metric of its own. */
  readonly hasDetailedMonitoring: boolean;
  /** For permissions beyond those that the rotator needs; `rotator.role` takes none. */
  readonly rotatorRole: IRole;
  private readonly rotatorFunction: RotatorFunction;
  private readonly readable: ReadonlyMap<string, Readable>;

  /** @throws ConfigurationError that names the connection, the field and the remedy. */
  constructor(scope: Construct, id: string, props: TokenRotationProps) {
    super(scope, id);
    const connections = parseConnections(props.connections);
    const { encryptionKey, rotationInterval = Duration.days(1000) } = props;
    const { detailedMonitoring = false } = props;

    const { queue, deadLetterQueue } = new RotationQueues(this, 'Queues');
    const undeliveredTicks = addUndeliveredTicks(this);
    // One for each, so that a connection whose rotations fail slowly takes no other's turn.
    const concurrency = Math.max(leastConcurrency, connections.length);
    const rotator = new RotatorFunction(this, 'Rotator', {
      ...props,
      queue,
      concurrency,
      settings: {
        CONNECTION_METRICS: String(detailedMonitoring),
        SCHEDULED_CONNECTIONS: String(connections.length),
      },
    });
    addEventSource(this, rotator.function, queue, concurrency);
    const schedulerRole = addSchedulerRole(this, 'Sends to the token rotator every five minutes');
    addAll(schedulerRole, schedulerPermissions(queue, undeliveredTicks));

    rotator.function.addPermission('OwnRotation', {
      principal: new ServicePrincipal('secretsmanager.amazonaws.com'),
      sourceAccount: Stack.of(this).account,
    });

    refuseReplicasAtHome(Stack.of(this), connections);
    const existing = checkedExisting(props, connections);
    const keys = { current: encryptionKey, previous: props.previousEncryptionKeys ?? [] };
    const secrets = new Map<string, ISecret>();
    const readable = new Map<string, Readable>();
    for (const connection of connections) {
      const { name } = connection;
      const { secret, ownsSecret } = new ConnectionResources(this, idOf(name), {
        connection,
        encryptionKey,
        hasSecret: existing.includes(name),
        rotator: rotator.function,
        rotatorRole: rotator.role,
        rotationInterval,
        queue,
        schedulerRole,
        undeliveredTicks,
      });
      secrets.set(name, secret);
      readable.set(name, {
        connection: name,
        // The ARN of a secret by its name lacks the characters at its end.
        secretArn: ownsSecret ? secret.secretArn : `${secret.secretArn}-??????`,
        secret: ownsSecret ? secret : undefined,
        keys,
      });
    }
    const { logGroup } = rotator;
    const secretArns = new Map([...readable].map(([name, { secretArn }]) => [name, secretArn]));
    const hasExisting = existing.length > 0;
    const permissions = rotatorPermissions({ logGroup, queue, secretArns, keys, hasExisting });
    addAll(rotator.role, permissions);
    if (hasExisting) {
      acknowledgeWildcards(
        rotator.role,
        permissions,
        'The secrets that were there before are known by their names, to which Secrets Manager has ' +
          'added six characters that are not known.',
      );
    }
    warnOfDoubtfulSettings(this, { ...props, connections, concurrency });

    this.rotatorFunction = rotator;
    this.rotator = rotator.function;
    this.logGroup = logGroup;
    this.queue = queue;
    this.deadLetterQueue = deadLetterQueue;
    this.undeliveredTicks = undeliveredTicks;
    this.secrets = secrets;
    this.readable = readable;
    this.rotatorRole = rotator.role;
    this.hasDetailedMonitoring = detailedMonitoring;
  }

  /**
   * Lets another function, or any other principal, read the token set of one connection.
   *
   * @param connection its name; may be left out if there is only one
   * @throws ConfigurationError that names the connections there are, or says why the reader would be denied
   */
  grantRead(grantee: IGrantable, connection?: string): Grant {
    const names = [...this.secrets.keys()];
    const name = connection ?? (names.length === 1 ? names[0] : undefined);
    const readable = name === undefined ? undefined : this.readable.get(name);
    if (readable === undefined) throw this.noSuch('grantRead', name);
    // CDK's own grant includes secretsmanager:DescribeSecret, for which a reader has no use.
    return grantRead(Stack.of(this), grantee, readable);
  }

  /**
   * Pattern of a rule on the account's default event bus. `rotated` events are put there only if
   * this was asked for them.
   *
   * @param connection its name; if it is left out, the events of every connection of the account
   * and Region, also of those that are not this construct's
   * @throws ConfigurationError that names the connections there are
   */
  eventPattern(event: RotationEvent, connection?: string): EventPattern {
    if (connection !== undefined && !this.secrets.has(connection)) {
      throw this.noSuch('eventPattern', connection);
    }
    if (event === 'rotated') this.rotatorFunction.putRotatedEvents();
    return rotationEventPattern(event, connection);
  }

  private noSuch(method: string, name: string | undefined): ConfigurationError {
    const problem = name === undefined ? 'several connections' : `no connection "${name}"`;
    const names = [...this.secrets.keys()].join(', ');
    return new ConfigurationError(`${method}: there is ${problem}: name one of ${names}.`);
  }
}

function refuseReplicasAtHome({ region }: Stack, connections: readonly Required<Connection>[]) {
  const atHome = connections.filter(({ replicaRegions }) => replicaRegions.includes(region));
  if (atHome.length === 0) return;
  throw new ConfigurationError(
    atHome.map(({ name }) => `${replicaAtHome(name, region)}.`).join('\n'),
  );
}

function checkedExisting(
  { existingSecrets = [] }: TokenRotationProps,
  connections: readonly { readonly name: string }[],
): readonly string[] {
  const unknown = existingSecrets.filter((name) => !connections.some((each) => each.name === name));
  if (unknown.length === 0) return existingSecrets;
  throw new ConfigurationError(
    `existingSecrets has ${unknown.map((name) => `"${name}"`).join(', ')}, which is no connection of the ` +
      'list: write names of connections.',
  );
}

/** A standard queue: EventBridge Scheduler takes no FIFO queue for its dead letters. */
function addUndeliveredTicks(scope: Construct): Queue {
  const queue = new Queue(scope, 'DeadLetterQueue', {
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    retentionPeriod: Duration.days(14),
  });
  Validations.of(queue).acknowledge({
    id: 'AwsSolutions-SQS3',
    reason:
      'This is a dead-letter queue itself, of schedules; the rule knows only those of queues and ' +
      'of functions.',
  });
  return queue;
}

/** Constructs takes an id that every object has as a member, which is but one of these names, for taken. */
const idOf = (name: string) => (name === 'constructor' ? 'Constructor' : name);
