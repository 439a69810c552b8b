import { Stack } from 'aws-cdk-lib';
import type { EventPattern } from 'aws-cdk-lib/aws-events';
import {
  type Grant,
  type IGrantable,
  type IManagedPolicy,
  type IRole,
  ServicePrincipal,
} from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Code, IFunction } from 'aws-cdk-lib/aws-lambda';
import { type ILogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import {
  ContextAttribute,
  Schedule,
  ScheduleExpression,
  ScheduleTargetInput,
  TimeWindow,
} from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import { fleetPeriodMs } from '../../lambda/core/limits';
import {
  connectionNamePattern,
  connectionNameRule,
  type FleetParameter,
  fleetParameterName,
  fleetScheduleName,
} from '../../lambda/core/names';
import { ConfigurationError } from '../configurationError';
import { addAll, type EncryptionKeys } from '../permissions';
import { grantRead } from '../readGrant';
import { type RotationEvent, rotationEventPattern } from '../rotationEvents';
import {
  addEventSource,
  denyOtherSenders,
  greatestConcurrency,
  leastConcurrency,
  RotationQueues,
} from '../rotationQueues';
import { RotatorFunction, type RotatorFunctionOptions } from '../rotatorFunction';
import { addSchedulerRole } from '../schedulerRole';
import { warnOfConcurrency } from '../warnings';
import { acknowledgeWildcards } from '../wildcards';
import { DispatcherFunction, dispatchInterval, longestDelay } from './dispatcherFunction';
import { connectionsSecretArn } from './fleetArns';
import {
  dispatcherPermissions,
  fleetRotatorPermissions,
  fleetSchedulerPermissions,
} from './fleetPermissions';
import { addOperatorPolicy } from './operatorPolicy';
import { addReaderPolicy } from './readerPolicy';

export interface TokenRotationFleetProps extends RotatorFunctionOptions {
  /**
   * Rotations at a time, 2 to 1,000: what bounds the load on the provider and on Secrets Manager.
   * Each takes a second at least, so that it is also how many begin in a second. Twice the even
   * load of a period, rounded down: 2 x connections / 1,200.
   *
   * @default 16, for 10,000 connections
   */
  readonly concurrency?: number;
  /**
   * Customer managed key of the secrets. Its policy must leave the decision to IAM policies of this
   * account, as key policies do by default.
   *
   * @default - the AWS managed key `aws/secretsmanager`
   */
  readonly encryptionKey?: IKey;
  /**
   * Customer managed keys of earlier deployments, whose secrets stay readable.
   *
   * @default - none
   */
  readonly previousEncryptionKeys?: readonly IKey[];
  /**
   * ARNs of roles that may send to the queue, beside the fleet's own: whoever may send there decides
   * about every connection. Nobody else may, whatever the account's policies allow; `npm run ops -- rotate`
   * then has Secrets Manager rotate the secret.
   *
   * @default - none
   */
  readonly queueSenders?: readonly string[];
  /**
   * The dispatcher's code, exporting `index.handler`.
   *
   * @default - the bundle that `npm run build` leaves in `dist/dispatcher`
   */
  readonly dispatcherCode?: Code;
}

/**
 * A connection's one message in 20 minutes has to renew the token, of whose 60 minutes 40 are left
 * by then, or up to 45 if the message comes early. 72 versions a day stay below the 100 that
 * Secrets Manager keeps.
 */
const refreshBelowSeconds = 45 * 60;

const defaultConcurrency = 16;

/**
 * Keeps the tokens of any number of connections fresh: of every one that has a parameter
 * `/sfmc/NAME/config`. One schedule invokes a dispatcher, which sends each connection to a FIFO
 * queue once in 20 minutes; the rotator takes them from there. Names are fixed, so that one account
 * and Region has one fleet.
 */
export class TokenRotationFleet extends Construct {
  readonly rotator: IFunction;
  readonly rotatorLogGroup: ILogGroup;
  readonly dispatcher: IFunction;
  readonly dispatcherLogGroup: ILogGroup;
  readonly queue: IQueue;
  /** Takes connections that failed for as long as their period lasted. */
  readonly deadLetterQueue: IQueue;
  /** For permissions beyond those that the rotator needs; `rotator.role` takes none. */
  readonly rotatorRole: IRole;
  private readonly keys: EncryptionKeys;
  private readonly rotatorFunction: RotatorFunction;

  /** @throws ConfigurationError that names the setting and the remedy. */
  constructor(scope: Construct, id: string, props: TokenRotationFleetProps = {}) {
    super(scope, id);
    const { encryptionKey, logRetention = RetentionDays.ONE_MONTH } = props;
    const concurrency = checkedConcurrency(props);
    const { queue, deadLetterQueue } = new RotationQueues(this, 'Queues');

    const rotator = new RotatorFunction(this, 'Rotator', {
      ...props,
      queue,
      concurrency,
      settings: {
        REFRESH_BELOW_SECONDS: String(refreshBelowSeconds),
        TICK_PERIOD_SECONDS: String(fleetPeriodMs / 1_000),
        CONNECTION_METRICS: 'false',
      },
    });
    // Whoever may rotate a secret has its function invoked with that secret, and with no other event.
    rotator.function.addPermission('OwnRotation', {
      principal: new ServicePrincipal('secretsmanager.amazonaws.com'),
      sourceAccount: Stack.of(this).account,
    });
    const { logGroup } = rotator;
    const keys = { current: encryptionKey, previous: props.previousEncryptionKeys ?? [] };
    const permissions = fleetRotatorPermissions({ queue, logGroup }, keys);
    addAll(rotator.role, permissions);
    acknowledgeWildcards(
      rotator.role,
      permissions,
      'The connections of a fleet are added without a deployment: the rotator works on all that ' +
        'have their names under the path sfmc/, and on the four parameters of each.',
    );
    addEventSource(this, rotator.function, queue, concurrency);

    const dispatcher = new DispatcherFunction(this, 'Dispatcher', {
      queue,
      code: props.dispatcherCode,
      logRetention,
    });
    denyOtherSenders(queue, [
      dispatcher.role.roleArn,
      rotator.role.roleArn,
      ...(props.queueSenders ?? []),
    ]);
    addAll(dispatcher.role, dispatcherPermissions({ queue, logGroup: dispatcher.logGroup }));
    this.addSchedule(dispatcher.function);

    this.rotatorFunction = rotator;
    this.rotator = rotator.function;
    this.rotatorLogGroup = logGroup;
    this.dispatcher = dispatcher.function;
    this.dispatcherLogGroup = dispatcher.logGroup;
    this.queue = queue;
    this.deadLetterQueue = deadLetterQueue;
    this.keys = keys;
    this.rotatorRole = rotator.role;
    this.addParameter();
    warnOfConcurrency(this, { ...props, concurrency });
  }

  /**
   * Lets a function, or any other principal, read the token set of one connection, which need not
   * be there yet.
   *
   * @throws ConfigurationError for what is no connection's name, and if the reader would be denied
   */
  grantRead(grantee: IGrantable, connection: string): Grant {
    checkName('grantRead', connection);
    const stack = Stack.of(this);
    const secretArn = connectionsSecretArn(stack, connection);
    return grantRead(stack, grantee, { connection, secretArn, secret: undefined, keys: this.keys });
  }

  /**
   * A policy for readers: whoever has it may read the token set of the connection that the principal's
   * own tag `sfmc-connection` names, and no other. `ops seed` tags the secrets.
   */
  readerPolicy(): IManagedPolicy {
    return addReaderPolicy(this, this.keys);
  }

  /**
   * A policy for those who operate the connections whose names begin so, with `npm run ops`.
   *
   * @param prefix best with a hyphen at its end: `acme` is the beginning of `acme2-news` too
   * @throws ConfigurationError for what no connection's name can begin with
   */
  operatorPolicy(prefix: string): IManagedPolicy {
    checkName('operatorPolicy', prefix);
    const { rotator, rotatorFunction, rotatorLogGroup, queue, deadLetterQueue, keys } = this;
    return addOperatorPolicy(this, prefix, {
      rotator,
      rotatorLogGroup,
      rotatorRoleArn: rotatorFunction.role.roleArn,
      queue,
      deadLetterQueue,
      keys,
    });
  }

  /**
   * Pattern of a rule on the account's default event bus. `rotated` events are put there only if
   * this was asked for them.
   *
   * @param connection its name; if it is left out, the events of every connection of the account
   * and Region, also of those that a stack has
   * @throws ConfigurationError for what is no connection's name
   */
  eventPattern(event: RotationEvent, connection?: string): EventPattern {
    if (connection !== undefined) checkName('eventPattern', connection);
    if (event === 'rotated') this.rotatorFunction.putRotatedEvents();
    return rotationEventPattern(event, connection);
  }

  private addSchedule(dispatcher: IFunction) {
    const schedulerRole = addSchedulerRole(this, 'Invokes the dispatcher every five minutes');
    addAll(schedulerRole, fleetSchedulerPermissions(dispatcher));
    new Schedule(this, 'Schedule', {
      scheduleName: fleetScheduleName,
      description: 'Has the connections of the fleet sent to the token rotator',
      schedule: ScheduleExpression.rate(dispatchInterval),
      timeWindow: TimeWindow.off(),
      target: new LambdaInvoke(dispatcher, {
        // By it the dispatcher knows which share to send, however late or often it is invoked.
        input: ScheduleTargetInput.fromObject({ scheduledAt: ContextAttribute.scheduledTime }),
        maxEventAge: longestDelay,
        role: schedulerRole.withoutPolicyUpdates(),
      }),
    });
  }

  private addParameter() {
    const { rotator, dispatcher, queue } = this;
    const { current } = this.keys;
    const parameter: FleetParameter = {
      rotatorArn: rotator.functionArn,
      dispatcherArn: dispatcher.functionArn,
      queueUrl: queue.queueUrl,
      scheduleName: fleetScheduleName,
      ...(current && { kmsKeyArn: current.keyArn }),
    };
    new StringParameter(this, 'Parameter', {
      parameterName: fleetParameterName,
      description: 'Where the functions and the queue of the fleet are, for npm run ops',
      stringValue: Stack.of(this).toJsonString(parameter),
    });
  }
}

function checkedConcurrency({ concurrency = defaultConcurrency }: TokenRotationFleetProps): number {
  const isPossible = concurrency >= leastConcurrency && concurrency <= greatestConcurrency;
  if (!Number.isInteger(concurrency) || !isPossible) {
    throw new ConfigurationError(
      `fleetConcurrency must be a whole number from ${leastConcurrency} to ${greatestConcurrency}; ` +
        `leave it out for ${defaultConcurrency}.`,
    );
  }
  return concurrency;
}

function checkName(method: string, name: string) {
  if (connectionNamePattern.test(name)) return;
  throw new ConfigurationError(`${method}: ${JSON.stringify(name)} ${connectionNameRule}.`);
}
