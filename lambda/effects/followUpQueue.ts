import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { storeAttemptMs } from '../core/limits';

export interface FollowUp {
  readonly connection: string;
  /** Milliseconds since the epoch. */
  readonly notBeforeMs: number;
  /** Rotate though the token is fresh. */
  readonly force: boolean;
}

/** The rotator's own FIFO queue, for messages that go on when a direct invocation may die. */
export interface FollowUpQueue {
  /**
   * Sends a message of the connection that has nothing to do before a time, and that holds back the
   * others of its group until then.
   *
   * @throws Error that names the queue's failure
   */
  send(followUp: FollowUp): Promise<void>;
}

export function createFollowUpQueue(queueUrl: string): FollowUpQueue {
  let client: SQSClient | undefined;
  return {
    async send({ connection, notBeforeMs, force }) {
      client ??= new SQSClient({ maxAttempts: 2 });
      const notBefore = new Date(notBeforeMs).toISOString();
      await client.send(
        new SendMessageCommand({
          QueueUrl: queueUrl,
          MessageBody: JSON.stringify({ connection, notBefore, ...(force && { force }) }),
          MessageGroupId: connection,
          MessageDeduplicationId: `${connection}/${notBefore}`,
        }),
        { abortSignal: AbortSignal.timeout(2 * storeAttemptMs) },
      );
    },
  };
}
