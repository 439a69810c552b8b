import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type Code, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { dispatcherTimeoutMs, fleetPeriodMs, tickMs } from '../../lambda/core/limits';
import { builtCode } from '../builtCode';
import { nodeFunction } from '../nodeFunction';

export interface DispatcherFunctionProps {
  readonly queue: IQueue;
  /** @default - the bundle that `npm run build` leaves in `dist/dispatcher` */
  readonly code: Code | undefined;
  readonly logRetention: RetentionDays;
}

/** How often the dispatcher runs. */
export const dispatchInterval = Duration.millis(tickMs);

/** A share that comes later would meet its connections' next messages. */
export const longestDelay = Duration.millis(fleetPeriodMs - tickMs);

/**
 * A run is spread over 4 minutes. It is over before the next one begins, so that two of them never
 * share Parameter Store's throughput for long.
 */
const timeout = Duration.millis(dispatcherTimeoutMs);

/** Sends a quarter of the connections to the queue every five minutes. With its role and its log. */
export class DispatcherFunction extends Construct {
  readonly function: LambdaFunction;
  readonly role: Role;
  readonly logGroup: LogGroup;

  constructor(scope: Construct, id: string, props: DispatcherFunctionProps) {
    super(scope, id);
    this.role = new Role(this, 'Role', {
      description: 'Sends the connections of a fleet to the token rotator',
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    });
    this.logGroup = new LogGroup(this, 'LogGroup', {
      retention: props.logRetention,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.function = new LambdaFunction(this, 'Function', {
      description: 'Sends the connections of a fleet to the token rotator, evenly',
      code: props.code ?? builtCode('dispatcher'),
      ...nodeFunction,
      // It waits for most of its 4 minutes, and waiting is paid by memory. A page is in memory at a
      // time, and at the default throughput of Parameter Store there are 40 of them a second.
      memorySize: 256,
      timeout,
      retryAttempts: 2,
      // The third attempt begins after two timeouts and 60 + 120 s at the latest.
      maxEventAge: longestDelay,
      environment: { QUEUE_URL: props.queue.queueUrl },
      logGroup: this.logGroup,
      // What it may do is in fleetPermissions.ts, and no construct adds to it unseen.
      role: this.role.withoutPolicyUpdates(),
    });
  }
}
