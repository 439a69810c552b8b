import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type Code, type IDestination, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { builtCode } from './builtCode';
import { ConfigurationError } from './configurationError';
import { nodeFunction } from './nodeFunction';

export interface RotatorFunctionOptions {
  /**
   * The rotator's code, exporting `index.handler`.
   *
   * @default - the bundle that `npm run build` leaves in `dist/rotator`
   */
  readonly code?: Code;
  /**
   * Invocations at a time, of all connections together; 1 keeps any two apart. New accounts may
   * have a concurrency limit of 10, of which nothing can be reserved: there the deployment fails.
   *
   * @default - not reserved; two invocations of one connection that meet do no harm
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
  /**
   * Takes the events that no attempt got through.
   *
   * @default - they are dropped
   */
  readonly deadLetterQueue?: Queue;
  /**
   * Told how each asynchronous invocation ended.
   *
   * @default - nobody is told
   */
  readonly eventBusArn?: string;
  /** @default - the function's own defaults */
  readonly environment?: Record<string, string>;
}

/**
 * How often each token is looked at. The rotator begins with 40 minutes left, so that six ticks
 * may fail in a row before a reader meets an expired token.
 */
export const tick = Duration.minutes(5);

/**
 * Lambda repeats a failed asynchronous invocation after one minute, then after two (Lambda
 * developer guide, "How Lambda handles errors and retries with asynchronous invocation"). Three
 * times 40 s and the waits make the 5 minutes that a refresh token stays usable after its first
 * use. An invocation that meets trouble asks until its time is over, so the longest timeout that
 * fits is the best one: the third attempt then covers the end of the 5 minutes.
 */
const timeout = Duration.seconds(40);
const retryAttempts = 2;
/** The third attempt begins after 260 s at the latest; one that is late leaves it to the next tick. */
const maxEventAge = Duration.seconds(270);

/** The one function that serves every connection, with its role and its log. */
export class RotatorFunction extends Construct {
  readonly function: LambdaFunction;
  readonly role: Role;
  readonly logGroup: LogGroup;

  constructor(scope: Construct, id: string, props: RotatorFunctionProps) {
    super(scope, id);
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
      // CPU comes in proportion to memory, and it is CPU that a cold start waits for. 8,640 ticks
      // a month of 0.1 s at 0.5 GB cost less than a cent.
      memorySize: 512,
      timeout,
      retryAttempts,
      maxEventAge,
      // What failed goes to both (AWS compute blog, "Introducing AWS Lambda Destinations").
      ...(props.deadLetterQueue && { deadLetterQueue: props.deadLetterQueue }),
      ...told(props.eventBusArn),
      ...(props.environment && { environment: props.environment }),
      logGroup: this.logGroup,
      // What it may do stands in permissions.ts, and no construct adds to it unseen.
      role: this.role.withoutPolicyUpdates(),
      ...reserved(props.reservedConcurrency),
    });
  }
}

/** CDK's own EventBridgeDestination adds to the role, and takes no bus by its ARN alone. */
function told(eventBusArn: string | undefined) {
  if (eventBusArn === undefined) return {};
  const eventBus: IDestination = { bind: () => ({ destination: eventBusArn }) };
  return { onSuccess: eventBus, onFailure: eventBus };
}

function reserved(concurrency: number | undefined) {
  if (concurrency === undefined) return {};
  if (!Number.isInteger(concurrency) || concurrency < 1) {
    throw new ConfigurationError(
      'reservedConcurrency must be a whole number from 1 up; leave it out to reserve none.',
    );
  }
  return { reservedConcurrentExecutions: concurrency };
}
