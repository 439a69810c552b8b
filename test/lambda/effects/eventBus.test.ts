import { connectEventBus } from '../../../lambda/effects/eventBus';
import { rotatorEnvironment } from '../../support/rotatorEnvironment';
import { closedPort, type Script, startScriptedServer } from '../../support/scriptedServer';
import { shortenTimeouts } from '../../support/timeouts';

const event = { connection: 'acme', outcome: 'broken', brokenSince: '2026-11-24T08:00:00.000Z' };

async function prepare(script: Script) {
  const { url, received } = await startScriptedServer(script);
  const environment: Record<string, string> = rotatorEnvironment(url);
  const bus = connectEventBus('the-bus', environment);
  return { environment, bus, put: () => bus.put({ ...event, outcome: 'broken' }), received };
}

it('puts an event on the bus, as rules match it: by source, type and outcome', async () => {
  const { put, received } = await prepare((response) => response.end('{"FailedEntryCount":0}'));

  await put();

  expect(received).toHaveLength(1);
  expect(received[0]?.headers['x-amz-target']).toBe('AWSEvents.PutEvents');
  const { Entries } = JSON.parse(received[0]?.body ?? '');
  expect(Entries).toEqual([
    {
      EventBusName: 'the-bus',
      Source: 'sfmc-token-rotator',
      DetailType: 'SFMC Token Rotation',
      Detail: JSON.stringify(event),
    },
  ]);
});

it('fails if the bus takes the request and not the event', async () => {
  const { put } = await prepare((response) => response.end('{"FailedEntryCount":1}'));

  await expect(put()).rejects.toThrow('PutEvents did not take the event');
});

it('fails if the bus refuses the request', async () => {
  const { put } = await prepare((response) => {
    response.writeHead(400).end('{"__type":"AccessDeniedException","message":"no"}');
  });

  await expect(put()).rejects.toMatchObject({ name: 'AccessDeniedException' });
});

it('tries once more if the bus is not available for a moment', async () => {
  let answers = 0;
  const { put, received } = await prepare((response) => {
    answers += 1;
    if (answers === 1) response.writeHead(503);
    response.end('{"FailedEntryCount":0}');
  });

  await put();

  expect(received).toHaveLength(2);
});

it('is cut off after four seconds: a rotation must not wait for it', async () => {
  const askedMs = shortenTimeouts();
  const { put } = await prepare(() => {});

  await expect(put()).rejects.toMatchObject({ name: expect.stringMatching(/Abort|Timeout/) });

  expect(askedMs).toEqual([4_000]);
});

it('connects once there is something to put', async () => {
  const { environment, bus } = await prepare((response) => response.end('{}'));
  environment.AWS_ENDPOINT_URL = await closedPort();

  await expect(bus.put({ connection: 'acme', outcome: 'whole' })).rejects.toMatchObject({
    code: 'ECONNREFUSED',
  });
});
