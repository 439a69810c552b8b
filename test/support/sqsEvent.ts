import { randomUUID } from 'node:crypto';
import { visibilityTimeoutMs } from '../../lambda/core/limits';
import type { SqsEvent } from '../../local/aws/sqs/eventSource';

/** What of a message a test may want otherwise. */
export interface SqsMessage {
  readonly force?: boolean;
  readonly isFollowUp?: boolean;
  /** @default 1 */
  readonly receiveCount?: number;
  /** @default now, or as many visibility timeouts ago as it was received before */
  readonly sentAtMs?: number;
  /** Milliseconds since the epoch. @default by this process's clock */
  readonly nowMs?: number;
  readonly queueArn?: string;
}

/** What Lambda gives the function for a message about a connection, in that one's group. */
export function sqsEvent(
  connection: string,
  {
    receiveCount = 1,
    nowMs = Date.now(),
    sentAtMs = nowMs - (receiveCount - 1) * visibilityTimeoutMs,
    queueArn = 'arn:aws:sqs:us-east-1:000000000000:any.fifo',
    ...members
  }: SqsMessage = {},
): SqsEvent {
  const messageId = randomUUID();
  const attributes = {
    ApproximateReceiveCount: String(receiveCount),
    SentTimestamp: String(Math.floor(sentAtMs)),
    MessageGroupId: connection,
    MessageDeduplicationId: messageId,
    SequenceNumber: '18800000000000000001',
  };
  return {
    Records: [
      {
        messageId,
        receiptHandle: `${messageId} ${receiveCount}`,
        body: JSON.stringify({ connection, ...members }),
        attributes,
        messageAttributes: {},
        md5OfBody: '',
        eventSource: 'aws:sqs',
        eventSourceARN: queueArn,
        awsRegion: 'us-east-1',
      },
    ],
  };
}
