import { SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';

/** A connection that is to be kept fresh. */
export interface DispatchMessage {
  readonly connection: string;
  /** Another message with the same one is dropped for 5 minutes. */
  readonly deduplicationId: string;
}

/** The FIFO queue that the rotator is fed from. */
export interface DispatchQueue {
  /** Sends up to 10 messages, and gives back those that the queue did not take. */
  send(messages: readonly DispatchMessage[]): Promise<readonly DispatchMessage[]>;
}

/** `send` throws the SDK's error if no message of the batch was taken. */
export function createDispatchQueue(client: SQSClient, queueUrl: string): DispatchQueue {
  return {
    async send(messages) {
      const { Failed = [] } = await client.send(
        new SendMessageBatchCommand({
          QueueUrl: queueUrl,
          Entries: messages.map(({ connection, deduplicationId }, at) => ({
            Id: String(at),
            MessageBody: JSON.stringify({ connection }),
            // Messages of a group are delivered one at a time (Amazon SQS Developer Guide, "FIFO
            // queue delivery logic"): no connection runs twice at once.
            MessageGroupId: connection,
            MessageDeduplicationId: deduplicationId,
          })),
        }),
      );
      const failed = new Set(Failed.map(({ Id }) => Id));
      return messages.filter((_, at) => failed.has(String(at)));
    },
  };
}
