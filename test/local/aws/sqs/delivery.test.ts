import {
  ChangeMessageVisibilityCommand,
  MessageNotInflight,
  PurgeQueueCommand,
} from '@aws-sdk/client-sqs';
import { fixedNowMs } from '../server/support';
import { minuteMs, prepareQueue, secondMs, usersOf } from './support';

describe('a FIFO queue, to its SDK client', () => {
  it('gives what was sent, with what it knows of it', async () => {
    const { send, receive } = await prepareQueue();
    const sent = await send('acme', 'first');

    const [message] = await receive();

    expect(message).toMatchObject({
      MessageId: sent.MessageId,
      Body: 'first',
      Attributes: {
        ApproximateReceiveCount: '1',
        ApproximateFirstReceiveTimestamp: String(fixedNowMs),
        SentTimestamp: String(fixedNowMs),
        SequenceNumber: sent.SequenceNumber,
        MessageGroupId: 'acme',
        MessageDeduplicationId: 'first',
        SenderId: 'AKIALOCAL',
      },
    });
  });

  it('gives only the attributes that are asked for', async () => {
    const { send, receive } = await prepareQueue();
    await send('acme', 'first');

    const [message] = await receive({ MessageSystemAttributeNames: ['MessageGroupId'] });

    expect(message?.Attributes).toEqual({ MessageGroupId: 'acme' });
  });

  it('numbers messages in their order', async () => {
    const { send } = await prepareQueue();

    const first = await send('a', '1');
    const second = await send('a', '2');

    const [one, two] = [first, second].map(({ SequenceNumber = '' }) => BigInt(SequenceNumber));
    expect(two).toBeGreaterThan(one ?? 0n);
  });

  it('holds a group back while one of its messages is in flight, and no other group', async () => {
    const { send, bodies, receive, remove } = await prepareQueue();
    for (const [group, id] of ['a1', 'a2', 'b1'].map((id) => [id.charAt(0), id] as const)) {
      await send(group, id);
    }

    const [first] = await receive({ MaxNumberOfMessages: 1 });
    const meanwhile = await bodies({ MaxNumberOfMessages: 10 });
    await remove(first?.ReceiptHandle);
    const afterwards = await bodies();

    expect(first?.Body).toBe('a1');
    expect(meanwhile).toEqual(['b1']);
    expect(afterwards).toEqual(['a2']);
  });

  it('gives several of a group at once, in their order', async () => {
    const { send, bodies } = await prepareQueue();
    for (const id of ['1', '2', '3']) await send('a', id);

    expect(await bodies({ MaxNumberOfMessages: 2 })).toEqual(['1', '2']);
    expect(await bodies()).toEqual([]);
  });

  it('gives a message again, and before its followers, once its visibility timeout is over', async () => {
    const { clock, send, bodies, receive } = await prepareQueue({ VisibilityTimeout: '120' });
    await send('a', '1');
    await send('a', '2');
    await receive({ MaxNumberOfMessages: 1 });

    clock.nowMs += 120 * secondMs - 1;
    const early = await bodies();
    clock.nowMs += 1;
    const [again] = await receive({ MaxNumberOfMessages: 1 });

    expect(early).toEqual([]);
    expect(again).toMatchObject({ Body: '1', Attributes: { ApproximateReceiveCount: '2' } });
  });

  it('takes another visibility timeout from a receiver, and later from its change', async () => {
    const { sqs, QueueUrl, clock, send, bodies, receive } = await prepareQueue();
    await send('a', '1');
    const [message] = await receive({ VisibilityTimeout: 60 });
    const change = (VisibilityTimeout: number) =>
      sqs.send(
        new ChangeMessageVisibilityCommand({
          QueueUrl,
          ReceiptHandle: message?.ReceiptHandle,
          VisibilityTimeout,
        }),
      );

    clock.nowMs += 59 * secondMs;
    await change(10);
    clock.nowMs += 9 * secondMs;
    const before = await bodies();
    await change(0);
    const after = await bodies();

    expect([before, after]).toEqual([[], ['1']]);
    clock.nowMs += minuteMs;
    await expect(change(10)).rejects.toThrow('The receipt handle has expired.');
  });

  it('changes the visibility of nothing that is visible', async () => {
    const { sqs, QueueUrl, clock, send, receive } = await prepareQueue();
    await send('a', '1');
    const [message] = await receive({ VisibilityTimeout: 1 });
    clock.nowMs += secondMs;

    const changed = sqs.send(
      new ChangeMessageVisibilityCommand({
        QueueUrl,
        ReceiptHandle: message?.ReceiptHandle,
        VisibilityTimeout: 10,
      }),
    );

    await expect(changed).rejects.toThrow(MessageNotInflight);
  });

  it('deletes nothing by a handle that has expired, and may be asked to delete twice', async () => {
    const { clock, send, receive, remove, counts } = await prepareQueue({ VisibilityTimeout: '1' });
    await send('a', '1');
    const [late] = await receive();
    clock.nowMs += secondMs;

    await expect(remove(late?.ReceiptHandle)).rejects.toThrow('The receipt handle has expired.');
    const [again] = await receive();
    await remove(again?.ReceiptHandle);
    await remove(again?.ReceiptHandle);

    expect(await counts()).toEqual([0, 0, 0]);
  });

  it('forgets a message at the end of its retention, received or not', async () => {
    const { clock, send, bodies, receive, counts } = await prepareQueue({
      MessageRetentionPeriod: '1200',
    });
    await send('a', '1');
    await send('b', '2');
    await receive({ MaxNumberOfMessages: 1, VisibilityTimeout: 3_600 });

    clock.nowMs += 20 * minuteMs - 1;
    const before = await counts();
    clock.nowMs += 1;

    expect(before).toEqual([1, 1, 0]);
    expect(await bodies()).toEqual([]);
    expect(await counts()).toEqual([0, 0, 0]);
  });

  it('delays all messages of a queue that delays', async () => {
    const { clock, send, bodies, counts } = await prepareQueue({ DelaySeconds: '5' });
    await send('a', '1');

    const delayed = await counts();
    const before = await bodies();
    clock.nowMs += 5 * secondMs;

    expect(delayed).toEqual([0, 0, 1]);
    expect(before).toEqual([]);
    expect(await bodies()).toEqual(['1']);
  });

  it('is purged, once a minute', async () => {
    const { sqs, QueueUrl, clock, send, receive, counts } = await prepareQueue();
    const purge = () => sqs.send(new PurgeQueueCommand({ QueueUrl }));
    await send('a', '1');
    await send('b', '2');
    await receive({ MaxNumberOfMessages: 1 });

    await purge();

    expect(await counts()).toEqual([0, 0, 0]);
    await expect(purge()).rejects.toMatchObject({ name: 'PurgeQueueInProgress' });
    clock.nowMs += minuteMs;
    await purge();
  });

  it('lets a receiver wait until there is a message', async () => {
    const { send, receive } = await prepareQueue();

    const waiting = receive({ WaitTimeSeconds: 20 });
    await send('a', '1');

    expect(await waiting).toMatchObject([{ Body: '1' }]);
  });
});

describe('deduplication', () => {
  it('drops within 5 minutes what was sent before, also if that was deleted', async () => {
    const { clock, send, receive, remove, bodies } = await prepareQueue();
    const first = await send('a', 'once');
    const [message] = await receive();
    await remove(message?.ReceiptHandle);

    clock.nowMs += 5 * minuteMs - 1;
    const second = await send('a', 'once');
    const dropped = await bodies();
    clock.nowMs += 1;
    const third = await send('a', 'once');

    expect([second.MessageId, second.SequenceNumber]).toEqual([
      first.MessageId,
      first.SequenceNumber,
    ]);
    expect(dropped).toEqual([]);
    expect(third.MessageId).not.toBe(first.MessageId);
    expect(await bodies()).toEqual(['once']);
  });

  it('drops it still if much was sent meanwhile', async () => {
    const { clock, send, counts } = await prepareQueue();
    await send('a', 'begins-the-first-interval');
    clock.nowMs += 4 * minuteMs;
    await send('a', 'once');
    clock.nowMs += minuteMs;
    await send('a', 'begins-the-next-interval');

    await send('a', 'once');

    expect(await counts()).toEqual([3, 0, 0]);
  });

  it.each([
    ['queue', 'perQueue', ['1']],
    ['messageGroup', 'perMessageGroupId', ['1', '1']],
  ])('has the scope %s', async (DeduplicationScope, FifoThroughputLimit, expected) => {
    const { send, bodies } = await prepareQueue({ DeduplicationScope, FifoThroughputLimit });

    await send('a', '1');
    await send('b', '1');

    expect(await bodies()).toEqual(expected);
  });

  it('is by the body, if the queue says so', async () => {
    const { send, bodies } = await prepareQueue({ ContentBasedDeduplication: 'true' });
    const unnamed = { MessageDeduplicationId: undefined };

    await send('a', 'same', unnamed);
    await send('a', 'same', unnamed);
    await send('a', 'other', unnamed);

    expect(await bodies()).toEqual(['same', 'other']);
  });
});

describe('redrive', () => {
  it('moves what was received too often to the dead-letter queue, with a new age', async () => {
    const { sqs, clock, create, send: _, ...rest } = await prepareQueue();
    const dead = await create('dead.fifo', { MessageRetentionPeriod: '60' });
    const arn = 'arn:aws:sqs:eu-central-1:123456789012:dead.fifo';
    const live = await create('live.fifo', {
      VisibilityTimeout: '10',
      RedrivePolicy: JSON.stringify({ deadLetterTargetArn: arn, maxReceiveCount: 2 }),
    });
    const queue = usersOf(sqs, live.QueueUrl);
    const deadQueue = usersOf(sqs, dead.QueueUrl);
    await queue.send('a', 'poison');
    await queue.send('a', 'next');

    const received: unknown[] = [];
    for (let n = 0; n < 3; n++) {
      received.push(...(await queue.bodies({ MaxNumberOfMessages: 1 })));
      clock.nowMs += 10 * secondMs;
    }

    expect(received).toEqual(['poison', 'poison', 'next']);
    clock.nowMs += 49 * secondMs;
    expect(await deadQueue.receive()).toMatchObject([
      { Body: 'poison', Attributes: { MessageGroupId: 'a', ApproximateReceiveCount: '3' } },
    ]);
    expect(await rest.counts()).toEqual([0, 0, 0]);
  });
});
