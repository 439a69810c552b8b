import { connectFollowUpQueue } from '../../../lambda/effects/followUpQueue';
import { startAwsLocal } from '../../../local/aws/server';
import { closeAfterTest } from '../../support/closing';
import { rotatorEnvironment } from '../../support/rotatorEnvironment';
import { shortenTimeouts } from '../../support/timeouts';

const followUp = { connection: 'acme', force: false };

async function prepare() {
  const aws = await startAwsLocal();
  closeAfterTest(() => aws.close());
  const Attributes = { FifoQueue: 'true' };
  const { QueueUrl } = aws.sqs.createQueue({ QueueName: 'rotator.fifo', Attributes });
  const receive = () =>
    aws.sqs.receiveMessage({
      QueueUrl,
      MaxNumberOfMessages: 10,
      AttributeNames: ['MessageGroupId'],
    }).Messages ?? [];
  return { aws, queue: connectFollowUpQueue(QueueUrl, rotatorEnvironment(aws.url)), receive };
}

it("sends a message of the connection's group that goes on with another invocation", async () => {
  const { queue, receive } = await prepare();

  await queue.send(followUp);

  const messages = receive();
  expect(messages).toHaveLength(1);
  expect(JSON.parse(messages[0]?.Body ?? '')).toEqual({
    connection: 'acme',
    isFollowUp: true,
  });
  expect(messages[0]?.Attributes).toMatchObject({ MessageGroupId: 'acme' });
});

it('has the token rotated though it is fresh, if that was asked for', async () => {
  const { queue, receive } = await prepare();

  await queue.send({ ...followUp, force: true });

  expect(JSON.parse(receive()[0]?.Body ?? '')).toEqual({
    connection: 'acme',
    isFollowUp: true,
    force: true,
  });
});

it('sends a message each time that it is asked to', async () => {
  const { queue, receive } = await prepare();

  await queue.send(followUp);
  await queue.send(followUp);
  await queue.send({ ...followUp, connection: 'globex' });

  expect(receive()).toHaveLength(3);
});

it('tries once more, and fails if the queue does not take it then', async () => {
  const { aws, queue, receive } = await prepare();
  aws.orderFault({ kind: 'internal', operation: 'SendMessage' });

  await queue.send(followUp);

  expect(receive()).toHaveLength(1);
  aws.orderFault({ kind: 'deny', operation: 'SendMessage' });
  await expect(queue.send(followUp)).rejects.toThrow();
});

it('is cut off after four seconds', async () => {
  const askedMs = shortenTimeouts();
  const { aws, queue } = await prepare();
  aws.orderFault({ kind: 'hang', operation: 'SendMessage' });

  await expect(queue.send(followUp)).rejects.toThrow();

  expect(askedMs).toEqual([4_000]);
});
