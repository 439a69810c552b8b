import { join } from 'node:path';
import { LambdaWorld } from '../../../support/lambdaWorld';
import { minuteMs } from '../../../support/simulatedClock';

const start = () => LambdaWorld.start({ bundleDir: join(__dirname, 'bundles', 'batch') });
const recordsOf = ({ lambda }: LambdaWorld) => lambda.logs.map((line) => JSON.parse(line));

it('delivers a message as the queue of the stack does, for the first time or again', async () => {
  const world = await start();
  const beganAtMs = world.now();

  expect(await world.deliver('acme')).toBe('done');
  expect(await world.deliver('acme', { force: true, receiveCount: 3 })).toBe('failed');

  const [first, third] = recordsOf(world);
  expect(first).toMatchObject({
    body: '{"connection":"acme"}',
    eventSource: 'aws:sqs',
    eventSourceARN: world.deployment?.rotatorVariables().QUEUE_ARN,
    attributes: { ApproximateReceiveCount: '1', MessageGroupId: 'acme' },
  });
  expect(third).toMatchObject({
    body: '{"connection":"acme","force":true}',
    attributes: { ApproximateReceiveCount: '3' },
  });
  const sinceMs = Number(third.attributes.SentTimestamp) - (beganAtMs - 2 * minuteMs);
  expect(Math.abs(sinceMs)).toBeLessThan(20_000);
});

it('delivers what is in the queue, and again after a minute what failed', async () => {
  const world = await start();
  const send = (connection: string, force: boolean) =>
    world.aws.sqs.sendMessage({
      QueueUrl: world.deployment?.rotatorVariables().QUEUE_URL,
      MessageBody: JSON.stringify({ connection, force }),
      MessageGroupId: connection,
    });
  send('good', false);
  send('bad', true);

  const batches = [await world.deliverQueued(), await world.deliverQueued()];
  world.advance(minuteMs);
  batches.push(await world.deliverQueued());

  expect(batches).toEqual([2, 0, 1]);
  expect(
    recordsOf(world).map(({ attributes }) => [
      attributes.MessageGroupId,
      attributes.ApproximateReceiveCount,
    ]),
  ).toEqual([
    ['good', '1'],
    ['bad', '1'],
    ['bad', '2'],
  ]);
});
