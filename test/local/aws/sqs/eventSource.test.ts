import {
  EventSource,
  type EventSourceOptions,
  type SqsEvent,
} from '../../../../local/aws/sqs/eventSource';
import { SqsModel } from '../../../../local/aws/sqs/sqs';
import { fixedNowMs } from '../server/support';

const QueueUrl = 'work.fifo';
const turn = () => new Promise(setImmediate);

/** A queue of messages a, b, ... and an event source whose invocations are ended by hand. */
function prepare(options: Partial<EventSourceOptions> = {}, messages = ['a', 'b', 'c', 'd']) {
  const clock = { nowMs: fixedNowMs };
  const sqs = new SqsModel(() => clock.nowMs);
  sqs.createQueue({
    QueueName: QueueUrl,
    Attributes: { FifoQueue: 'true', ContentBasedDeduplication: 'true', VisibilityTimeout: '120' },
  });
  for (const MessageBody of messages) {
    sqs.sendMessage({ QueueUrl, MessageBody, MessageGroupId: MessageBody });
  }
  const events: SqsEvent[] = [];
  const endings: { readonly answer: (value: unknown) => void; readonly fail: () => void }[] = [];
  const source = new EventSource(sqs, {
    queueUrl: QueueUrl,
    maximumConcurrency: 2,
    invoke: (event) =>
      new Promise((answer, reject) => {
        events.push(event);
        endings.push({ answer, fail: () => reject(new Error('failed')) });
      }),
    ...options,
  });
  const bodies = () => events.map(({ Records }) => Records.map(({ body }) => body).join());
  const left = () => {
    const { Attributes = {} } = sqs.getQueueAttributes({ QueueUrl, AttributeNames: ['All'] });
    return [
      Number(Attributes.ApproximateNumberOfMessages),
      Number(Attributes.ApproximateNumberOfMessagesNotVisible),
    ];
  };
  return { clock, sqs, source, events, endings, bodies, left };
}

describe('an event source', () => {
  it('gives the function a batch as Lambda does', async () => {
    const { source, events } = prepare();

    source.poll();
    await turn();

    expect(events[0]).toEqual({
      Records: [
        {
          messageId: expect.stringMatching(/^[0-9a-f-]{36}$/),
          receiptHandle: expect.any(String),
          body: 'a',
          attributes: expect.objectContaining({
            MessageGroupId: 'a',
            ApproximateReceiveCount: '1',
            SentTimestamp: String(fixedNowMs),
          }),
          messageAttributes: {},
          md5OfBody: '0cc175b9c0f1b6a831c399e269772661',
          eventSource: 'aws:sqs',
          eventSourceARN: 'arn:aws:sqs:us-east-1:123456789012:work.fifo',
          awsRegion: 'us-east-1',
        },
      ],
    });
  });

  it('invokes as often at once as it may, and goes on as soon as one has ended', async () => {
    const { source, endings, bodies, left } = prepare();

    source.poll();
    await turn();
    const atOnce = bodies();
    endings[1]?.answer({ batchItemFailures: [] });
    await turn();

    expect(atOnce).toEqual(['a', 'b']);
    expect(bodies()).toEqual(['a', 'b', 'c']);
    expect(source.active).toBe(2);
    expect(left()).toEqual([1, 2]);
  });

  it('takes one batch if asked to, and sees it through', async () => {
    const { source, endings, bodies, left } = prepare({}, ['a', 'b']);

    const first = source.next();
    await turn();
    endings[0]?.answer(null);
    await first;

    expect(bodies()).toEqual(['a']);
    expect(left()).toEqual([1, 0]);
    expect(prepare({}, []).source.next()).toBeUndefined();
  });

  it('takes as many messages into a batch as it may', async () => {
    const { source, bodies } = prepare({ batchSize: 3 });

    source.poll();
    await turn();

    expect(bodies()).toEqual(['a,b,c', 'd']);
  });

  it('deletes what succeeded, and leaves the rest until its visibility timeout is over', async () => {
    const { clock, source, events, endings, bodies, left } = prepare({ batchSize: 4 });
    source.poll();
    await turn();
    const failed = events[0]?.Records[2]?.messageId;

    endings[0]?.answer({ batchItemFailures: [{ itemIdentifier: failed }] });
    await turn();
    const after = left();
    clock.nowMs += 120_000;
    source.poll();
    await turn();

    expect(after).toEqual([0, 1]);
    expect(bodies()).toEqual(['a,b,c,d', 'c']);
  });

  it.each([
    ['null', null],
    ['nothing', undefined],
    ['no list', {}],
    ['null for a list', { batchItemFailures: null }],
  ])('takes %s for success', async (_, answer) => {
    const { source, endings, left } = prepare({}, ['a']);
    source.poll();
    await turn();

    endings[0]?.answer(answer);
    await turn();

    expect(left()).toEqual([0, 0]);
  });

  it.each([
    ['text', 'done'],
    ['a list that is not one', { batchItemFailures: 'a' }],
    ['a failure without its message', { batchItemFailures: [{}] }],
    ['another message', { batchItemFailures: [{ itemIdentifier: 'x' }] }],
  ])('takes %s for the failure of the whole batch', async (_, answer) => {
    const { source, endings, left } = prepare({}, ['a']);
    source.poll();
    await turn();

    endings[0]?.answer(answer);
    await turn();

    expect(left()).toEqual([0, 1]);
  });

  it('leaves all messages of an invocation that failed', async () => {
    const { source, endings, left } = prepare({ batchSize: 4 });
    source.poll();
    await turn();

    endings[0]?.fail();
    await turn();

    expect(left()).toEqual([0, 4]);
    expect(source.active).toBe(0);
  });
});
