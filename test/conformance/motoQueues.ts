import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import type { SqsEvent } from '../../local/aws/sqs/eventSource';
import { closeAfterTest } from '../support/closing';

/** A connection's function's queue on moto, and another one that takes what is put on the event bus. */
export class MotoQueues {
  private constructor(
    private readonly sqs: SQSClient,
    /** Of the function's queue. */
    readonly arn: string,
    private readonly url: string,
    private readonly eventsUrl: string,
  ) {}

  static async create(endpoint: string, connection: string): Promise<MotoQueues> {
    const credentials = { accessKeyId: 'unused', secretAccessKey: 'unused' };
    const options = { endpoint, region: 'us-east-1', credentials, maxAttempts: 1 };
    const [sqs, bus] = [new SQSClient(options), new EventBridgeClient(options)];
    closeAfterTest(() => {
      sqs.destroy();
      bus.destroy();
    });
    const queue = await create(sqs, `${connection}.fifo`, {
      FifoQueue: 'true',
      ContentBasedDeduplication: 'true',
    });
    const events = await create(sqs, connection);
    const EventPattern = JSON.stringify({ detail: { connection: [connection] } });
    await bus.send(new PutRuleCommand({ Name: connection, EventPattern }));
    const Targets = [{ Id: 'queue', Arn: events.arn }];
    await bus.send(new PutTargetsCommand({ Rule: connection, Targets }));
    return new MotoQueues(sqs, queue.arn, queue.url, events.url);
  }

  /** The path of the queue's URL. */
  get path(): string {
    return new URL(this.url).pathname;
  }

  /** What Lambda would give the function next; it stays visible. */
  async receive(): Promise<SqsEvent> {
    const messages = await this.#messagesIn(this.url);
    return {
      Records: messages.map(({ MessageId = '', ReceiptHandle = '', Body = '', ...message }) => ({
        messageId: MessageId,
        receiptHandle: ReceiptHandle,
        body: Body,
        attributes: message.Attributes ?? {},
        messageAttributes: {},
        md5OfBody: message.MD5OfBody ?? '',
        eventSource: 'aws:sqs',
        eventSourceARN: this.arn,
        awsRegion: 'us-east-1',
      })),
    };
  }

  /** The events that were put on the bus. */
  async events(): Promise<unknown[]> {
    const messages = await this.#messagesIn(this.eventsUrl);
    return messages.map(({ Body = '' }) => JSON.parse(Body));
  }

  async #messagesIn(QueueUrl: string) {
    const { Messages = [] } = await this.sqs.send(
      new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: 10,
        VisibilityTimeout: 0,
        MessageSystemAttributeNames: ['All'],
      }),
    );
    return Messages;
  }
}

async function create(sqs: SQSClient, QueueName: string, Attributes: Record<string, string> = {}) {
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName, Attributes }));
  const asked = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] });
  const { Attributes: found = {} } = await sqs.send(asked);
  return { url: QueueUrl, arn: found.QueueArn ?? '' };
}
