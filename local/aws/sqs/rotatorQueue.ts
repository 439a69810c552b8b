import { messageLifeMs, mostReceives, visibilityTimeoutMs } from '../../../lambda/core/limits';
import type { SqsModel } from './sqs';

const seconds = (ms: number) => String(ms / 1_000);

const deadLetterLifeMs = 14 * 24 * 3_600_000;

const fifo = {
  FifoQueue: 'true',
  ContentBasedDeduplication: 'true',
  DeduplicationScope: 'messageGroup',
  FifoThroughputLimit: 'perMessageGroupId',
};

export interface RotatorQueue {
  readonly queueUrl: string;
  readonly queueArn: string;
  readonly deadLetterQueueUrl: string;
}

/** Makes a queue as a stack makes the rotator's, with the one for its dead letters. */
export function createRotatorQueue(
  sqs: SqsModel,
  region?: string,
  visibilityMs = visibilityTimeoutMs,
): RotatorQueue {
  const dead = sqs.createQueue(
    {
      QueueName: 'sfmc-token-rotator-dead.fifo',
      Attributes: { ...fifo, MessageRetentionPeriod: seconds(deadLetterLifeMs) },
    },
    region,
  );
  const { QueueUrl: queueUrl } = sqs.createQueue(
    {
      QueueName: 'sfmc-token-rotator.fifo',
      Attributes: {
        ...fifo,
        VisibilityTimeout: seconds(visibilityMs),
        MessageRetentionPeriod: seconds(messageLifeMs),
        RedrivePolicy: JSON.stringify({
          deadLetterTargetArn: sqs.arnOf(dead.QueueUrl),
          maxReceiveCount: mostReceives,
        }),
      },
    },
    region,
  );
  const queueArn = sqs.arnOf(queueUrl) ?? '';
  return { queueUrl, queueArn, deadLetterQueueUrl: dead.QueueUrl };
}
