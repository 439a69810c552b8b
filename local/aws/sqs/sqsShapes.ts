import { AwsError } from '../awsError';
import { type Input, integer, list, type Member, string, structure } from '../shapes';

/**
 * The requests' members and their types alone: what is missing or out of range SQS refuses by names
 * of its own, if the model looks at it.
 */
const text = string(0, Number.MAX_SAFE_INTEGER);
const count = integer(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
const many = <T>(element: Member<T>) => list(element, 0, Number.MAX_SAFE_INTEGER);

const texts: Member<Readonly<Record<string, string>>> = {
  violation(value) {
    const isMap = typeof value === 'object' && value !== null && !Array.isArray(value);
    if (isMap && Object.values(value).every((each) => typeof each === 'string')) return undefined;
    throw new AwsError('SerializationException');
  },
};

const QueueUrl = text;
const Message = {
  MessageBody: text,
  MessageGroupId: text,
  MessageDeduplicationId: text,
  DelaySeconds: count,
};
const Receipt = { ReceiptHandle: text };
const Visibility = { ...Receipt, VisibilityTimeout: count };
const entries = <S extends Record<string, Member<unknown>>>(members: S) =>
  many(structure({ Id: text, ...members }));

export const shapes = {
  CreateQueue: { QueueName: text, Attributes: texts, tags: texts },
  GetQueueUrl: { QueueName: text, QueueOwnerAWSAccountId: text },
  GetQueueAttributes: { QueueUrl, AttributeNames: many(text) },
  SendMessage: { QueueUrl, ...Message },
  SendMessageBatch: { QueueUrl, Entries: entries(Message) },
  ReceiveMessage: {
    QueueUrl,
    MaxNumberOfMessages: count,
    VisibilityTimeout: count,
    WaitTimeSeconds: count,
    AttributeNames: many(text),
    MessageSystemAttributeNames: many(text),
  },
  DeleteMessage: { QueueUrl, ...Receipt },
  DeleteMessageBatch: { QueueUrl, Entries: entries(Receipt) },
  ChangeMessageVisibility: { QueueUrl, ...Visibility },
  ChangeMessageVisibilityBatch: { QueueUrl, Entries: entries(Visibility) },
  PurgeQueue: { QueueUrl },
};

export type SqsInput<Operation extends keyof typeof shapes> = Input<(typeof shapes)[Operation]>;
