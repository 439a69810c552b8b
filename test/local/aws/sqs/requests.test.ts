import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  QueueDoesNotExist,
  QueueNameExists,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
} from '@aws-sdk/client-sqs';
import { prepareQueue, prepareSqs } from './support';

describe('queues, to the SDK client', () => {
  it('are created, found by name, and described', async () => {
    const { aws, sqs, create } = await prepareSqs();

    const created = await create('work.fifo', { VisibilityTimeout: '120' });
    const found = await sqs.send(new GetQueueUrlCommand({ QueueName: 'work.fifo' }));
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({
        QueueUrl: found.QueueUrl,
        AttributeNames: ['QueueArn', 'VisibilityTimeout', 'MessageRetentionPeriod', 'Policy'],
      }),
    );

    expect(created.QueueUrl).toBe(`${aws.url}/123456789012/work.fifo`);
    expect(found.QueueUrl).toBe(created.QueueUrl);
    expect(Attributes).toEqual({
      QueueArn: 'arn:aws:sqs:eu-central-1:123456789012:work.fifo',
      VisibilityTimeout: '120',
      MessageRetentionPeriod: '345600',
    });
  });

  it('may be created again as they are, and not otherwise', async () => {
    const { create } = await prepareSqs();
    const first = await create('work.fifo', { VisibilityTimeout: '120' });

    const again = await create('work.fifo', { VisibilityTimeout: '120' });

    expect(again.QueueUrl).toBe(first.QueueUrl);
    await expect(create('work.fifo', { VisibilityTimeout: '121' })).rejects.toThrow(
      QueueNameExists,
    );
  });

  it.each([
    ['work', {}, 'InvalidParameterValue'],
    ['with space.fifo', {}, 'InvalidParameterValue'],
    [`${'x'.repeat(76)}.fifo`, {}, 'InvalidParameterValue'],
    ['work.fifo', { FifoQueue: 'false' }, 'UnsupportedOperation'],
    ['work.fifo', { Colour: 'blue' }, 'InvalidAttributeName'],
    ['work.fifo', { constructor: 'blue' }, 'InvalidAttributeName'],
    ['work.fifo', { VisibilityTimeout: '43201' }, 'InvalidAttributeValue'],
    ['work.fifo', { MessageRetentionPeriod: '59' }, 'InvalidAttributeValue'],
    ['work.fifo', { DeduplicationScope: 'group' }, 'InvalidAttributeValue'],
    ['work.fifo', { FifoThroughputLimit: 'perMessageGroupId' }, 'InvalidAttributeValue'],
    ['work.fifo', { RedrivePolicy: 'none' }, 'InvalidAttributeValue'],
    [
      'work.fifo',
      { RedrivePolicy: '{"deadLetterTargetArn":"arn:aws:sqs:x:1:no.fifo","maxReceiveCount":1}' },
      'InvalidAttributeValue',
    ],
  ])('are refused: %s with %j', async (name, attributes, error) => {
    const { create } = await prepareSqs();

    await expect(create(name, attributes)).rejects.toMatchObject({ name: error });
  });

  it('that do not exist are answered by both of their names', async () => {
    const { sqs } = await prepareSqs();

    const refused = sqs.send(new GetQueueUrlCommand({ QueueName: 'no.fifo' }));

    await expect(refused).rejects.toThrow(QueueDoesNotExist);
    await expect(refused).rejects.toMatchObject({
      name: 'QueueDoesNotExist',
      message: 'The specified queue does not exist.',
      Code: 'AWS.SimpleQueueService.NonExistentQueue',
    });
  });
});

describe('a message', () => {
  it.each([
    ['a group', { MessageGroupId: undefined }, 'MissingParameter'],
    ['a group of sensible characters', { MessageGroupId: 'a b' }, 'InvalidParameterValue'],
    ['a deduplication id', { MessageDeduplicationId: undefined }, 'InvalidParameterValue'],
    ['a body', { MessageBody: '' }, 'MissingParameter'],
    ['no delay of its own', { DelaySeconds: 1 }, 'InvalidParameterValue'],
    ['at most so many bytes', { MessageBody: 'é'.repeat(513) }, 'InvalidParameterValue'],
  ])('needs %s', async (_, input, error) => {
    const { send, counts } = await prepareQueue({ MaximumMessageSize: '1024' });

    await expect(send('a', '1', input)).rejects.toMatchObject({ name: error });
    expect(await counts()).toEqual([0, 0, 0]);
  });

  it('may have 1 MiB, however long that is in JSON', async () => {
    const { send, bodies } = await prepareQueue();
    const MessageBody = '"'.repeat(2 ** 20);

    await send('a', '1', { MessageBody });

    expect((await bodies()).map((body) => body?.length)).toEqual([2 ** 20]);
  });
});

describe('a batch', () => {
  it('is sent, made visible again, and deleted, entry by entry', async () => {
    const { sqs, QueueUrl, receive, counts } = await prepareQueue();
    const entry = (Id: string, MessageGroupId?: string) => ({
      Id,
      MessageBody: Id,
      MessageDeduplicationId: Id,
      MessageGroupId,
    });

    const sent = await sqs.send(
      new SendMessageBatchCommand({
        QueueUrl,
        Entries: [entry('1', 'a'), entry('2'), entry('3', 'b')],
      }),
    );
    const [one, three] = await receive();
    const handle = (message: typeof one) => message?.ReceiptHandle;
    await sqs.send(
      new ChangeMessageVisibilityBatchCommand({
        QueueUrl,
        Entries: [{ Id: 'x', ReceiptHandle: handle(three), VisibilityTimeout: 0 }],
      }),
    );
    const deleted = await sqs.send(
      new DeleteMessageBatchCommand({
        QueueUrl,
        Entries: [
          { Id: 'x', ReceiptHandle: handle(one) },
          { Id: 'y', ReceiptHandle: 'made up' },
        ],
      }),
    );

    expect(sent.Successful?.map(({ Id }) => Id)).toEqual(['1', '3']);
    expect(sent.Failed).toMatchObject([{ Id: '2', SenderFault: true, Code: 'MissingParameter' }]);
    expect(deleted.Successful).toEqual([{ Id: 'x' }]);
    expect(deleted.Failed).toMatchObject([{ Id: 'y', Code: 'ReceiptHandleIsInvalid' }]);
    expect(await counts()).toEqual([1, 0, 0]);
  });

  it.each([
    [0, () => 'x', 'EmptyBatchRequest'],
    [11, (n: number) => `x${n}`, 'TooManyEntriesInBatchRequest'],
    [2, () => 'x', 'BatchEntryIdsNotDistinct'],
    [1, () => 'no space', 'InvalidBatchEntryId'],
  ])('of %d entries is refused as a whole', async (length, idOf, error) => {
    const { sqs, QueueUrl } = await prepareQueue();
    const Entries = Array.from({ length }, (_, n) => ({ Id: idOf(n), MessageBody: 'x' }));

    const sent = sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));

    await expect(sent).rejects.toMatchObject({ name: error });
  });
});

describe('a receiver', () => {
  it.each([
    [{ MaxNumberOfMessages: 11 }, 'InvalidParameterValue'],
    [{ MaxNumberOfMessages: 0 }, 'InvalidParameterValue'],
    [{ VisibilityTimeout: 43_201 }, 'InvalidParameterValue'],
    [{ WaitTimeSeconds: 21 }, 'InvalidParameterValue'],
  ])('is refused by %j', async (input, error) => {
    const { sqs, QueueUrl } = await prepareQueue();

    const received = sqs.send(new ReceiveMessageCommand({ QueueUrl, ...input }));

    await expect(received).rejects.toMatchObject({ name: error });
  });
});

describe('the endpoint', () => {
  it('logs the calls, and asks for the permission of the single operation', async () => {
    const asked: string[] = [];
    const { aws, sqs } = await prepareSqs({
      authorize({ action, resource }) {
        asked.push(`${action} ${resource}`);
        return false;
      },
    });
    const QueueUrl = `${aws.url}/123456789012/work.fifo`;

    const sent = sqs.send(
      new SendMessageBatchCommand({ QueueUrl, Entries: [{ Id: '1', MessageBody: 'x' }] }),
    );

    await expect(sent).rejects.toMatchObject({ name: 'AccessDeniedException' });
    expect(asked).toEqual(['sqs:SendMessage arn:aws:sqs:eu-central-1:123456789012:work.fifo']);
    expect(aws.calls).toMatchObject([
      { service: 'sqs', operation: 'SendMessageBatch', names: [QueueUrl] },
    ]);
  });

  it('lets faults strike', async () => {
    const { aws, sqs } = await prepareSqs();
    aws.orderFault({ kind: 'throttle', service: 'sqs' });

    const refused = sqs.send(new GetQueueUrlCommand({ QueueName: 'no.fifo' }));

    await expect(refused).rejects.toMatchObject({ name: 'ThrottlingException' });
  });
});
