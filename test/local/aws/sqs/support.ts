import {
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  type ReceiveMessageCommandInput,
  SendMessageCommand,
  type SendMessageCommandInput,
  SQSClient,
} from '@aws-sdk/client-sqs';
import type { AwsLocalOptions } from '../../../../local/aws/server';
import { closing, fixedNowMs, prepareEndpoint } from '../server/support';

/** An endpoint with an SDK client for its SQS, and a clock that is moved by hand. */
export async function prepareSqs(options: AwsLocalOptions = {}) {
  const clock = { nowMs: fixedNowMs };
  const { aws, settings } = await prepareEndpoint({ now: () => clock.nowMs, ...options });
  const sqs = closing(new SQSClient(settings));
  return {
    aws,
    clock,
    sqs,
    create: (QueueName: string, Attributes: Record<string, string> = {}) =>
      sqs.send(
        new CreateQueueCommand({ QueueName, Attributes: { FifoQueue: 'true', ...Attributes } }),
      ),
  };
}

/** With a queue of these attributes, high throughput if nothing else is said. */
export async function prepareQueue(attributes: Record<string, string> = {}) {
  const prepared = await prepareSqs();
  const { QueueUrl } = await prepared.create('work.fifo', {
    DeduplicationScope: 'messageGroup',
    FifoThroughputLimit: 'perMessageGroupId',
    ...attributes,
  });
  return { ...prepared, QueueUrl, ...usersOf(prepared.sqs, QueueUrl) };
}

export function usersOf(sqs: SQSClient, QueueUrl: string | undefined) {
  const receive = async (input: Partial<ReceiveMessageCommandInput> = {}) => {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: 10,
        MessageSystemAttributeNames: ['All'],
        ...input,
      }),
    );
    return Messages;
  };
  return {
    /** A message of a group; its body is its deduplication id. */
    send: (group: string, id: string, input: Partial<SendMessageCommandInput> = {}) =>
      sqs.send(
        new SendMessageCommand({
          QueueUrl,
          MessageBody: id,
          MessageGroupId: group,
          MessageDeduplicationId: id,
          ...input,
        }),
      ),
    receive,
    bodies: async (input: Partial<ReceiveMessageCommandInput> = {}) =>
      (await receive(input)).map(({ Body }) => Body),
    remove: (ReceiptHandle: string | undefined) =>
      sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle })),
    /** Visible, in flight, delayed. */
    async counts() {
      const { Attributes = {} } = await sqs.send(
        new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }),
      );
      return ['', 'NotVisible', 'Delayed'].map((what) =>
        Number((Attributes as Record<string, string>)[`ApproximateNumberOfMessages${what}`]),
      );
    },
  };
}

export const secondMs = 1_000;
export const minuteMs = 60 * secondMs;
