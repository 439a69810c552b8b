import { Duration } from 'aws-cdk-lib';
import { AnyPrincipal, Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { EventSourceMapping, type IFunction } from 'aws-cdk-lib/aws-lambda';
import {
  DeduplicationScope,
  FifoThroughputLimit,
  type IQueue,
  Queue,
  QueueEncryption,
  type QueueProps,
} from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { messageLifeMs, mostReceives, visibilityTimeoutMs } from '../lambda/core/limits';

/**
 * In high-throughput mode messages are in order, and deduplicated, within a connection alone.
 * EventBridge Scheduler gives no deduplication id, so that the content has to serve ("Templated
 * targets", its user guide); an id that is given goes first.
 */
const fifo = {
  fifo: true,
  contentBasedDeduplication: true,
  deduplicationScope: DeduplicationScope.MESSAGE_GROUP,
  fifoThroughputLimit: FifoThroughputLimit.PER_MESSAGE_GROUP_ID,
  encryption: QueueEncryption.SQS_MANAGED,
  enforceSSL: true,
} satisfies QueueProps;

/**
 * The one way to the rotator, a message group for each connection, and the queue for what no attempt
 * got through. Of a group one message at a time is under way (Amazon SQS developer guide, "FIFO queue
 * delivery logic"), so that no two invocations of a connection overlap.
 */
export class RotationQueues extends Construct {
  readonly queue: Queue;
  readonly deadLetterQueue: Queue;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.deadLetterQueue = new Queue(this, 'DeadLetterQueue', {
      ...fifo,
      // For a FIFO queue the time starts again here (Amazon SQS developer guide, "Setting-up
      // dead-letter queue retention").
      retentionPeriod: Duration.days(14),
    });
    this.queue = new Queue(this, 'Queue', {
      ...fifo,
      visibilityTimeout: Duration.millis(visibilityTimeoutMs),
      retentionPeriod: Duration.millis(messageLifeMs),
      deadLetterQueue: { queue: this.deadLetterQueue, maxReceiveCount: mostReceives },
    });
  }
}

/** As Lambda allows it ("Configuring scaling behavior for SQS event source mappings"). */
export const [leastConcurrency, greatestConcurrency] = [2, 1000];

/** @param maxConcurrency rotations at a time, from `leastConcurrency` to `greatestConcurrency` */
export function addEventSource(
  scope: Construct,
  rotator: IFunction,
  queue: IQueue,
  maxConcurrency: number,
): void {
  new EventSourceMapping(scope, 'EventSource', {
    target: rotator,
    eventSourceArn: queue.queueArn,
    // With one message a batch, no connection waits for another's answer.
    batchSize: 1,
    maxConcurrency,
    reportBatchItemFailures: true,
  });
}

/**
 * IAM knows no message groups, so that each sender may name any connection, and hold any group back.
 *
 * @param roleArns of those who may send, as their own policies allow
 */
export function denyOtherSenders(queue: Queue, roleArns: readonly string[]): void {
  queue.addToResourcePolicy(
    new PolicyStatement({
      sid: 'NobodyElseSends',
      effect: Effect.DENY,
      principals: [new AnyPrincipal()],
      actions: ['sqs:SendMessage'],
      resources: [queue.queueArn],
      conditions: { ArnNotEquals: { 'aws:PrincipalArn': [...roleArns] } },
    }),
  );
}
