import { randomUUID } from 'node:crypto';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { storeAttemptMs } from '../core/limits';

export interface FollowUp {
  readonly connection: string;
  /** Rotate though the token is fresh. */
  readonly force: boolean;
}

/** The rotator's own FIFO queue, for messages that go on when a direct invocation may die. */
export interface FollowUpQueue {
  /**
   * Sends a message of the connection that has nothing to do at its first delivery, and that holds
   * back the others of its group until the second.
   *
   * @throws Error that names the queue's failure
   */
  send(followUp: FollowUp): Promise<void>;
}

export function createFollowUpQueue(queueUrl: string): FollowUpQueue {
  let client: SQSClient | undefined;
  return {
    async send({ connection, force }) {
      client ??= new SQSClient({ maxAttempts: 2 });
      await client.send(
        new SendMessageCommand({
          QueueUrl: queueUrl,
          MessageBody: JSON.stringify({ connection, isFollowUp: true, ...(force && { force }) }),
          MessageGroupId: connection,
          MessageDeduplicationId: randomUUID(),
        }),
        { abortSignal: AbortSignal.timeout(2 * storeAttemptMs) },
      );
    },
  };
}
