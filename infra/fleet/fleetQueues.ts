import { Duration } from 'aws-cdk-lib';
import {
  DeduplicationScope,
  FifoThroughputLimit,
  Queue,
  QueueEncryption,
  type QueueProps,
} from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { periodMs } from '../../lambda/core/dispatchPlan';

/**
 * A message that failed comes again after this. Five attempts, the last of them at 240 s and of 40 s
 * at the most, fit into the 5 minutes that a refresh token stays usable after its first use. Three,
 * two minutes apart, would not be enough: the simulator finds a crash in the first, followed by 3
 * minutes without the provider or a store from the second on, after which the chain is lost.
 */
const visibilityTimeout = Duration.minutes(1);

/**
 * Every minute for as long as the message's period lasts: that is what makes one message a period
 * enough. The next receive, after 18 of the 20 minutes, moves it to the dead-letter queue.
 */
const receives = 18;

/** In high-throughput mode messages are in order, and deduplicated, within a connection alone. */
const fifo = {
  fifo: true,
  deduplicationScope: DeduplicationScope.MESSAGE_GROUP,
  fifoThroughputLimit: FifoThroughputLimit.PER_MESSAGE_GROUP_ID,
  encryption: QueueEncryption.SQS_MANAGED,
  enforceSSL: true,
} satisfies QueueProps;

/** The queue from the dispatcher to the rotator, and the one for what no attempt got through. */
export class FleetQueues extends Construct {
  readonly queue: Queue;
  readonly deadLetterQueue: Queue;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.deadLetterQueue = new Queue(this, 'DeadLetterQueue', {
      ...fifo,
      // For a FIFO queue the time begins anew here (Amazon SQS developer guide, "Setting-up
      // dead-letter queue retention").
      retentionPeriod: Duration.days(14),
    });
    this.queue = new Queue(this, 'Queue', {
      ...fifo,
      visibilityTimeout,
      // A message never meets its successor.
      retentionPeriod: Duration.millis(periodMs),
      deadLetterQueue: { queue: this.deadLetterQueue, maxReceiveCount: receives },
    });
  }
}
