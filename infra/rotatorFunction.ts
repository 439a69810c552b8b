import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type Code, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { functionTimeoutMs } from '../lambda/core/limits';
import { builtCode } from './builtCode';
import { ConfigurationError } from './configurationError';
import { nodeFunction } from './nodeFunction';
import { eventBusName } from './rotationEvents';

export interface RotatorFunctionOptions {
  /**
   * The rotator's code, exporting `index.handler`.
   *
   * @default - the bundle that `npm run build` leaves in `dist/rotator`
   */
  readonly code?: Code;
  /**
   * Invocations at a time that the account keeps free for the rotator, and allows it. At least as
   * many as take messages at a time: of others Lambda would throttle, each delivery counts as a
   * receive of its message. Two invocations of one connection never overlap, whatever is reserved.
   * New accounts may have a concurrency limit of 10, of which nothing can be reserved: there the
   * deployment fails.
   *
   * @default - not reserved
   */
  readonly reservedConcurrency?: number;
  /**
   * How long the rotator's log is kept.
   *
   * @default RetentionDays.ONE_MONTH
   */
  readonly logRetention?: RetentionDays;
}

export interface RotatorFunctionProps extends RotatorFunctionOptions {
  /** The one that its messages come from. */
  readonly queue: IQueue;
  /** How many messages are taken at a time. */
  readonly concurrency: number;
  /** @default - none beside what every rotator has */
  readonly environment?: Record<string, string>;
}

/** The one function that serves every connection, with its role and its log. */
export class RotatorFunction extends Construct {
  readonly function: LambdaFunction;
  readonly role: Role;
  readonly logGroup: LogGroup;

  /** @throws ConfigurationError for a reservation that would throttle it */
  constructor(scope: Construct, id: string, props: RotatorFunctionProps) {
    super(scope, id);
    const { queue } = props;
    this.role = new Role(this, 'Role', {
      description: 'Refreshes Marketing Cloud tokens and stores them in Secrets Manager',
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    });
    this.logGroup = new LogGroup(this, 'LogGroup', {
      retention: props.logRetention ?? RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.function = new LambdaFunction(this, 'Function', {
      description: 'Keeps Marketing Cloud access tokens fresh in Secrets Manager',
      code: props.code ?? builtCode('rotator'),
      ...nodeFunction,
      // Paid by memory, it mostly waits: for AWS, for the provider, and for its second to be over. A
      // warm one needs some 100 MB; a cold start takes longer, once in a while.
      memorySize: 256,
      timeout: Duration.millis(functionTimeoutMs),
      // Of a message Lambda has the queue repeat what failed. An event that a person sends, or
      // Secrets Manager, is in the queue as well before it uses a refresh token: repeated by Lambda
      // it would overlap with that message.
      retryAttempts: 0,
      environment: {
        QUEUE_ARN: queue.queueArn,
        QUEUE_URL: queue.queueUrl,
        EVENT_BUS_NAME: eventBusName,
        ...props.environment,
      },
      logGroup: this.logGroup,
      // What it may do stands in permissions.ts, and no construct adds to it unseen.
      role: this.role.withoutPolicyUpdates(),
      ...reserved(props),
    });
  }

  /** Has `rotated` events put on the bus too, which without a subscriber would be paid for nothing. */
  tellRotated(): void {
    this.function.addEnvironment('ROTATED_EVENTS', 'true');
  }
}

function reserved({ reservedConcurrency, concurrency }: RotatorFunctionProps) {
  if (reservedConcurrency === undefined) return {};
  if (!Number.isInteger(reservedConcurrency) || reservedConcurrency < concurrency) {
    throw new ConfigurationError(
      `reservedConcurrency must be a whole number from ${concurrency} up, as many rotations as are ` +
        'begun at a time: Lambda would throttle the rest, and each throttled delivery counts as a ' +
        'failed one. Leave it out to reserve none.',
    );
  }
  return { reservedConcurrentExecutions: reservedConcurrency };
}
