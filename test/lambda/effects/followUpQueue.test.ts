import { createFollowUpQueue } from '../../../lambda/effects/followUpQueue';
import { startAwsLocal } from '../../../local/aws/server';
import { closeAfterTest } from '../../support/closing';
import { setEnvironment } from '../../support/environment';
import { rotatorEnvironment } from '../../support/rotatorEnvironment';
import { shortenTimeouts } from '../../support/timeouts';

const followUp = { connection: 'acme', notBeforeMs: Date.UTC(2026, 10, 24, 8, 1), force: false };
const later = { ...followUp, notBeforeMs: followUp.notBeforeMs + 1 };

async function prepare() {
  const aws = await startAwsLocal();
  closeAfterTest(() => aws.close());
  setEnvironment(rotatorEnvironment(aws.url));
  const Attributes = { FifoQueue: 'true' };
  const { QueueUrl } = aws.sqs.createQueue({ QueueName: 'rotator.fifo', Attributes });
  const receive = () =>
    aws.sqs.receiveMessage({
      QueueUrl,
      MaxNumberOfMessages: 10,
      AttributeNames: ['MessageGroupId'],
    }).Messages ?? [];
  return { aws, queue: createFollowUpQueue(QueueUrl), receive };
}

it("sends a message of the connection's group that has nothing to do before a time", async () => {
  const { queue, receive } = await prepare();

  await queue.send(followUp);

  const messages = receive();
  expect(messages).toHaveLength(1);
  expect(JSON.parse(messages[0]?.Body ?? '')).toEqual({
    connection: 'acme',
    notBefore: '2026-11-24T08:01:00.000Z',
  });
  expect(messages[0]?.Attributes).toMatchObject({ MessageGroupId: 'acme' });
});

it('tells the message to rotate though the token is fresh, where that was asked for', async () => {
  const { queue, receive } = await prepare();

  await queue.send({ ...followUp, force: true });

  expect(JSON.parse(receive()[0]?.Body ?? '')).toEqual({
    connection: 'acme',
    notBefore: '2026-11-24T08:01:00.000Z',
    force: true,
  });
});

it('sends one message, however often it is asked to for the same time', async () => {
  const { queue, receive } = await prepare();

  await queue.send(followUp);
  await queue.send(followUp);
  await queue.send({ ...followUp, connection: 'globex' });

  expect(receive()).toHaveLength(2);
});

it('sends another for another time', async () => {
  const { aws, queue } = await prepare();

  await queue.send(followUp);
  await queue.send(later);

  expect(aws.calls.map(({ operation }) => operation)).toEqual(['SendMessage', 'SendMessage']);
});

it('tries once more, and fails where the queue does not take it then', async () => {
  const { aws, queue, receive } = await prepare();
  aws.orderFault({ kind: 'internal', operation: 'SendMessage' });

  await queue.send(followUp);

  expect(receive()).toHaveLength(1);
  aws.orderFault({ kind: 'deny', operation: 'SendMessage' });
  await expect(queue.send(later)).rejects.toThrow();
});

it('is cut off after four seconds', async () => {
  const askedMs = shortenTimeouts();
  const { aws, queue } = await prepare();
  aws.orderFault({ kind: 'hang', operation: 'SendMessage' });

  await expect(queue.send(followUp)).rejects.toThrow();

  expect(askedMs).toEqual([4_000]);
});
