import { randomUUID } from 'node:crypto';
import type { SendMessageRequest } from '@aws-sdk/client-sqs';
import { storeAttemptMs } from '../core/limits';
import { type CallOptions, connectAws, withOneRetry } from './awsCalls';
import type { EnvironmentVariables } from './awsEndpoint';

/** What a message asks for that goes on with a direct invocation. */
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

/** What is called of SQS, by the function's own call or by the SDK's `SQS`. */
export interface QueueCalls {
  sendMessage(input: SendMessageRequest, options: CallOptions): Promise<unknown>;
}

/** By the function's own call, tried twice. */
export function connectFollowUpQueue(queueUrl: string, env: EnvironmentVariables): FollowUpQueue {
  const call = withOneRetry(
    connectAws(
      { name: 'sqs', target: 'AmazonSQS', version: '1.0', variable: 'SQS' },
      env,
      // As the SDK does: a queue's URL names its host.
      () => new URL(queueUrl).origin,
    ),
  );
  return createFollowUpQueue(queueUrl, {
    sendMessage: (input, options) => call('SendMessage', input, options),
  });
}

/** By any client, within twice the time of a store's attempt. */
export function createFollowUpQueue(queueUrl: string, calls: QueueCalls): FollowUpQueue {
  return {
    async send({ connection, force }) {
      await calls.sendMessage(
        {
          QueueUrl: queueUrl,
          MessageBody: JSON.stringify({ connection, isFollowUp: true, ...(force && { force }) }),
          MessageGroupId: connection,
          MessageDeduplicationId: randomUUID(),
        },
        { abortSignal: AbortSignal.timeout(2 * storeAttemptMs) },
      );
    },
  };
}
