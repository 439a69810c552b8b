import { createHash } from 'node:crypto';
import { accountId } from '../account';
import { check } from '../shapes';
import { eachOf } from './batch';
import { FifoQueue } from './fifoQueue';
import { md5, receiptHandleOf, type SqsMessage } from './message';
import { newAttributes } from './queueAttributes';
import * as errors from './sqsErrors';
import { type SqsInput as Input, shapes } from './sqsShapes';

const mostBatchBytes = 1_048_576;
const purgeIntervalMs = 60_000;

export const queueArn = (name: string, region: string) =>
  `arn:aws:sqs:${region}:${accountId}:${name}`;

/** The last part of the path of a queue's URL, whatever host it names. */
export const queueNameIn = (queueUrl: string) => queueUrl.slice(queueUrl.lastIndexOf('/') + 1);

type Range = readonly [number, number];

function inRange(name: string, value: number, [least, most]: Range): number {
  if (value >= least && value <= most) return value;
  throw errors.invalidValue(value, name, `Must be between ${least} and ${most}, if provided.`);
}

const visibilityMs = (seconds: number) =>
  1_000 * inRange('VisibilityTimeout', seconds, [0, 43_200]);

function present(name: string, value: string | undefined): string {
  if (value === undefined || value === '') throw errors.missingParameter(name);
  return value;
}

/** "MessageGroupId", "MessageDeduplicationId" (API reference, SendMessage). */
function tokenIn(name: string, value: string): string {
  if (/^[\w!"#$%&'()*+,\-./:;<=>?@[\\\]^`{|}~]{1,128}$/.test(value)) return value;
  const reason = 'can only include alphanumeric and punctuation characters. 1 to 128 in length.';
  throw errors.invalidValue(value, name, `${name} ${reason}`);
}

/**
 * Amazon SQS with FIFO queues alone, in memory: no I/O, no clock of its own, no randomness. Each
 * method is the API operation of its name, with the wire's request and answer, and throws `AwsError`
 * if AWS refuses. Messages carry no attributes of their own, ReceiveRequestAttemptId has no
 * effect, and an empty queue is answered at once.
 * Source: Amazon SQS API reference.
 */
export class SqsModel {
  readonly #queues = new Map<string, FifoQueue>();

  /** `now` gives milliseconds since the epoch; `endpoint` is what queue URLs begin with. */
  constructor(
    private readonly now: () => number,
    private readonly endpoint = 'https://sqs.us-east-1.amazonaws.com',
  ) {}

  createQueue(input: Input<'CreateQueue'>, region = 'us-east-1') {
    check(shapes.CreateQueue, input);
    const name = present('QueueName', input.QueueName);
    const attributes = newAttributes(input.Attributes ?? {});
    if (!/^[\w-]{1,75}\.fifo$/.test(name)) throw errors.invalidQueueName();
    const existing = this.#queues.get(name);
    if (existing) {
      for (const [attribute, value] of Object.entries(input.Attributes ?? {})) {
        if (existing.attributes[attribute] !== value) throw errors.queueNameExists(attribute);
      }
    } else {
      const queue = new FifoQueue(name, queueArn(name, region), attributes, this.now());
      const target = queue.settings.redrive?.deadLetterTargetArn;
      if (target !== undefined && !this.#byArn(target))
        throw errors.invalidAttribute('RedrivePolicy');
      this.#queues.set(name, queue);
    }
    return { QueueUrl: this.#urlOf(name) };
  }

  getQueueUrl(input: Input<'GetQueueUrl'>) {
    check(shapes.GetQueueUrl, input);
    const name = present('QueueName', input.QueueName);
    if (!this.#queues.has(name)) throw errors.queueDoesNotExist();
    return { QueueUrl: this.#urlOf(name) };
  }

  getQueueAttributes(input: Input<'GetQueueAttributes'>) {
    check(shapes.GetQueueAttributes, input);
    const queue = this.#get(input.QueueUrl);
    const seconds = String(Math.floor(queue.createdAtMs / 1_000));
    const { visible, inFlight, delayed } = queue.counts(this.now());
    const all: Readonly<Record<string, string>> = {
      ...queue.attributes,
      QueueArn: queue.arn,
      ApproximateNumberOfMessages: String(visible),
      ApproximateNumberOfMessagesNotVisible: String(inFlight),
      ApproximateNumberOfMessagesDelayed: String(delayed),
      CreatedTimestamp: seconds,
      LastModifiedTimestamp: seconds,
    };
    const { AttributeNames = [] } = input;
    if (AttributeNames.includes('All')) return { Attributes: all };
    // What the queue does not have set is left out; what no queue has is refused.
    const optional = ['KmsMasterKeyId', 'KmsDataKeyReusePeriodSeconds', 'Policy'];
    const known = new Set([
      ...Object.keys(all),
      ...optional,
      'RedrivePolicy',
      'RedriveAllowPolicy',
    ]);
    for (const name of AttributeNames) if (!known.has(name)) throw errors.unknownAttribute(name);
    const asked = Object.entries(all).filter(([name]) => AttributeNames.includes(name));
    return asked.length > 0 ? { Attributes: Object.fromEntries(asked) } : {};
  }

  sendMessage(input: Input<'SendMessage'>, senderId = 'AIDALOCAL') {
    check(shapes.SendMessage, input);
    return this.#send(this.#get(input.QueueUrl), input, senderId);
  }

  sendMessageBatch(input: Input<'SendMessageBatch'>, senderId = 'AIDALOCAL') {
    check(shapes.SendMessageBatch, input);
    const queue = this.#get(input.QueueUrl);
    const bytes = (input.Entries ?? []).reduce(
      (sum, { MessageBody = '' }) => sum + Buffer.byteLength(MessageBody),
      0,
    );
    if (bytes > mostBatchBytes) throw errors.batchTooLong(bytes, mostBatchBytes);
    return eachOf(input.Entries, (entry) => this.#send(queue, entry, senderId));
  }

  receiveMessage(input: Input<'ReceiveMessage'>) {
    check(shapes.ReceiveMessage, input);
    const queue = this.#get(input.QueueUrl);
    const most = inRange('MaxNumberOfMessages', input.MaxNumberOfMessages ?? 1, [1, 10]);
    const { VisibilityTimeout: seconds } = input;
    this.waitMsOf(input);
    const invisibleMs = seconds === undefined ? queue.settings.visibilityMs : visibilityMs(seconds);
    const received = queue.receive(most, invisibleMs, this.now(), (arn) => this.#byArn(arn));
    if (received.length === 0) return {};
    const asked = [...(input.AttributeNames ?? []), ...(input.MessageSystemAttributeNames ?? [])];
    return { Messages: received.map((message) => asReceived(message, asked)) };
  }

  /** How long a receiver is willing to wait for a message, by its request or else by the queue. */
  waitMsOf(input: Input<'ReceiveMessage'>): number {
    const { WaitTimeSeconds: seconds } = input;
    if (seconds === undefined) return this.#get(input.QueueUrl).settings.waitMs;
    return inRange('WaitTimeSeconds', seconds, [0, 20]) * 1_000;
  }

  deleteMessage(input: Input<'DeleteMessage'>) {
    check(shapes.DeleteMessage, input);
    return this.#delete(this.#get(input.QueueUrl), input);
  }

  deleteMessageBatch(input: Input<'DeleteMessageBatch'>) {
    check(shapes.DeleteMessageBatch, input);
    const queue = this.#get(input.QueueUrl);
    return eachOf(input.Entries, (entry) => this.#delete(queue, entry));
  }

  changeMessageVisibility(input: Input<'ChangeMessageVisibility'>) {
    check(shapes.ChangeMessageVisibility, input);
    return this.#changeVisibility(this.#get(input.QueueUrl), input);
  }

  changeMessageVisibilityBatch(input: Input<'ChangeMessageVisibilityBatch'>) {
    check(shapes.ChangeMessageVisibilityBatch, input);
    const queue = this.#get(input.QueueUrl);
    return eachOf(input.Entries, (entry) => this.#changeVisibility(queue, entry));
  }

  purgeQueue(input: Input<'PurgeQueue'>) {
    check(shapes.PurgeQueue, input);
    const queue = this.#get(input.QueueUrl);
    const nowMs = this.now();
    if (nowMs < queue.purgedAtMs + purgeIntervalMs) throw errors.purgeInProgress(queue.name);
    queue.purge(nowMs);
    return {};
  }

  /** The ARN of an existing queue. */
  arnOf(queueUrl: string): string | undefined {
    return this.#queues.get(queueNameIn(queueUrl))?.arn;
  }

  #send(queue: FifoQueue, message: Partial<Input<'SendMessage'>>, senderId: string) {
    const body = present('MessageBody', message.MessageBody);
    const { maximumBytes, contentBasedDeduplication } = queue.settings;
    if (Buffer.byteLength(body) > maximumBytes) {
      throw errors.invalidParameter(
        `One or more parameters are invalid. Reason: Message must be shorter than ${maximumBytes} bytes.`,
      );
    }
    if (message.DelaySeconds !== undefined) {
      const reason = 'The request include parameter that is not valid for this queue type.';
      throw errors.invalidValue(message.DelaySeconds, 'DelaySeconds', reason);
    }
    const groupId = tokenIn('MessageGroupId', present('MessageGroupId', message.MessageGroupId));
    const given = message.MessageDeduplicationId;
    if (given === undefined && !contentBasedDeduplication) {
      throw errors.invalidParameter(
        'The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly',
      );
    }
    const deduplicationId =
      given === undefined
        ? createHash('sha256').update(body).digest('hex')
        : tokenIn('MessageDeduplicationId', given);
    const { messageId, sequenceNumber } = queue.send(
      { groupId, deduplicationId, body, senderId },
      this.now(),
    );
    return {
      MessageId: messageId,
      MD5OfMessageBody: md5(body),
      SequenceNumber: sequenceNumber,
    };
  }

  #delete(queue: FifoQueue, { ReceiptHandle }: { ReceiptHandle?: string | undefined }) {
    queue.delete(present('ReceiptHandle', ReceiptHandle), this.now());
    return {};
  }

  #changeVisibility(
    queue: FifoQueue,
    entry: { ReceiptHandle?: string | undefined; VisibilityTimeout?: number | undefined },
  ) {
    const handle = present('ReceiptHandle', entry.ReceiptHandle);
    const { VisibilityTimeout: seconds } = entry;
    if (seconds === undefined) throw errors.missingParameter('VisibilityTimeout');
    queue.changeVisibility(handle, visibilityMs(seconds), this.now());
    return {};
  }

  #get(queueUrl: string | undefined): FifoQueue {
    const queue = this.#queues.get(queueNameIn(present('QueueUrl', queueUrl)));
    if (!queue) throw errors.queueDoesNotExist();
    return queue;
  }

  #byArn(arn: string): FifoQueue | undefined {
    const queue = this.#queues.get(arn.slice(arn.lastIndexOf(':') + 1));
    return queue?.arn === arn ? queue : undefined;
  }

  #urlOf(name: string): string {
    return `${this.endpoint}/${accountId}/${name}`;
  }
}

function asReceived(message: SqsMessage, asked: readonly string[]) {
  const all = systemAttributesOf(message);
  const attributes = Object.entries(all).filter(
    ([name]) => asked.includes('All') || asked.includes(name),
  );
  return {
    MessageId: message.messageId,
    ReceiptHandle: receiptHandleOf(message),
    MD5OfBody: md5(message.body),
    Body: message.body,
    ...(attributes.length > 0 && { Attributes: Object.fromEntries(attributes) }),
  };
}

const systemAttributesOf = (message: SqsMessage): Readonly<Record<string, string>> => ({
  ApproximateReceiveCount: String(message.receiveCount),
  ApproximateFirstReceiveTimestamp: String(message.firstReceivedAtMs),
  SentTimestamp: String(message.sentAtMs),
  SenderId: message.senderId,
  SequenceNumber: message.sequenceNumber,
  MessageGroupId: message.groupId,
  MessageDeduplicationId: message.deduplicationId,
});
