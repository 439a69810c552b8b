import { noAnswerInTime } from '../../../lambda/core/providerAnswer';
import { Redacted } from '../../../lambda/core/redacted';
import { fetchProvider } from '../../../lambda/effects/provider';
import { BatchPace, deliveryOf, NotYet, processBatch } from '../../../lambda/rotator/batch';
import type { BatchMessage, ConnectionEvent } from '../../../lambda/rotator/events';
import { LeftToNextMessage } from '../../../lambda/rotator/leave';
import { SimulatedClock, startMs } from '../../support/simulatedClock';

const message = (messageId: string, connection: string): BatchMessage => ({
  messageId,
  body: JSON.stringify({ connection }),
  delivery: { by: 'hand' },
});

const failing = (...messageIds: string[]) => ({
  batchItemFailures: messageIds.map((itemIdentifier) => ({ itemIdentifier })),
});

const request = {
  authBaseUrl: 'http://127.0.0.1:1',
  clientId: 'client',
  clientSecret: new Redacted('secret'),
  offline: true,
};
const noAnswer = { kind: 'noResponse', reason: noAnswerInTime } as const;

/** Processes messages by hand: `begun` lists those that have begun, in order. */
function startBatch(messages: readonly BatchMessage[]) {
  const begun: string[] = [];
  const clock = new SimulatedClock();
  const endings = new Map<string, { succeed: () => void; fail: (thrown?: Error) => void }>();
  const process = ({ messageId }: BatchMessage) => {
    begun.push(messageId);
    return new Promise<void>((resolve, reject) => {
      endings.set(messageId, {
        succeed: resolve,
        fail: (thrown = new Error('failed')) => reject(thrown),
      });
    });
  };
  const pace = new BatchPace(clock);
  const provider = pace.of({ ...fetchProvider, requestToken: async () => noAnswer });
  const ask = () => provider.requestToken(request, 1_000);
  const answer = processBatch(messages, process, pace);
  const end = async (messageId: string, how: 'succeed' | 'fail', thrown?: Error) => {
    endings.get(messageId)?.[how](thrown);
    await new Promise(setImmediate);
  };
  return { answer, begun, end, clock, ask };
}

it('processes different connections side by side', async () => {
  const batch = startBatch([message('1', 'a'), message('2', 'b'), message('3', 'c')]);

  expect(batch.begun).toEqual(['1', '2', '3']);
  for (const messageId of batch.begun) await batch.end(messageId, 'succeed');
  expect(await batch.answer).toEqual(failing());
});

it('processes the messages of one connection one after the other', async () => {
  const batch = startBatch([message('1', 'a'), message('2', 'a'), message('3', 'b')]);

  expect(batch.begun).toEqual(['1', '3']);
  await batch.end('1', 'succeed');
  expect(batch.begun).toEqual(['1', '3', '2']);
  await batch.end('2', 'succeed');
  await batch.end('3', 'succeed');
  expect(await batch.answer).toEqual(failing());
});

it('leaves out what comes after a failure of the same connection, and names both', async () => {
  const batch = startBatch([message('1', 'a'), message('2', 'b'), message('3', 'a')]);

  await batch.end('1', 'fail');
  await batch.end('2', 'succeed');

  expect(await batch.answer).toEqual(failing('1', '3'));
  expect(batch.begun).toEqual(['1', '2']);
});

it('names failures in the order of the messages', async () => {
  const batch = startBatch([message('1', 'a'), message('2', 'b'), message('3', 'c')]);

  await batch.end('3', 'fail');
  await batch.end('1', 'fail');
  await batch.end('2', 'succeed');

  expect(await batch.answer).toEqual(failing('1', '3'));
});

it('takes each message that cannot be read by itself', async () => {
  const unreadable = (messageId: string) => ({
    ...message(messageId, 'acme'),
    body: 'no JSON',
  });
  const batch = startBatch([unreadable('1'), unreadable('2')]);

  expect(batch.begun).toEqual(['1', '2']);
  await batch.end('1', 'fail');
  await batch.end('2', 'fail');
  expect(await batch.answer).toEqual(failing('1', '2'));
});

it('has nothing to do for an empty batch', async () => {
  const batch = startBatch([]);

  expect(await batch.answer).toEqual(failing());
});

it('takes a second if the provider is asked for tokens, so that no herd comes down on it', async () => {
  const batch = startBatch([message('1', 'a')]);

  await batch.ask();
  batch.clock.advance(300);
  await batch.end('1', 'succeed');
  await batch.answer;

  expect(batch.clock.now() - startMs).toBe(1_000);
});

it('takes no longer than its messages do if these ask nothing, or take a second', async () => {
  const quick = startBatch([message('1', 'a')]);
  const batch = startBatch([message('1', 'a')]);

  await quick.end('1', 'succeed');
  await quick.answer;
  expect(quick.clock.sleptMs).toEqual([]);

  await batch.ask();
  batch.clock.advance(1_000);
  await batch.end('1', 'fail');
  await batch.answer;

  expect(batch.clock.sleptMs).toEqual([]);
});

it('delivers a message again that has nothing to do yet, and holds back what follows it', async () => {
  const batch = startBatch([message('1', 'a'), message('2', 'a')]);

  await batch.end('1', 'fail', new NotYet());

  expect(await batch.answer).toEqual(failing('1', '2'));
  expect(batch.begun).toEqual(['1']);
});

it('is done with a message that is nearly over and has begun nothing: the next one goes on', async () => {
  const batch = startBatch([message('1', 'a'), message('2', 'a')]);

  await batch.end('1', 'fail', new LeftToNextMessage('a'));
  expect(batch.begun).toEqual(['1', '2']);
  await batch.end('2', 'succeed');

  expect(await batch.answer).toEqual(failing());
});

it('names the failed message of a connection and those after it, not what had succeeded', async () => {
  const batch = startBatch([message('1', 'a'), message('2', 'a'), message('3', 'a')]);

  await batch.end('1', 'succeed');
  await batch.end('2', 'fail');

  expect(batch.begun).toEqual(['1', '2']);
  expect(await batch.answer).toEqual(failing('2', '3'));
});

describe('a message that goes on with a direct invocation', () => {
  const queued = { by: 'queue', receiveCount: 1, sentAtMs: startMs } as const;
  const followUp = { connection: 'a', isFollowUp: true, force: true } as ConnectionEvent;

  it('begins at its second delivery', () => {
    expect(() => deliveryOf(followUp, { delivery: queued })).toThrow(
      expect.objectContaining({ name: 'NotYet' }),
    );
    const second = { ...queued, receiveCount: 2 };
    expect(deliveryOf(followUp, { delivery: second })).toEqual({ ...second, isFollowUp: true });
  });

  it('begins at once if it comes by hand, or goes on with nothing', () => {
    const plain = { connection: 'a', force: false } as ConnectionEvent;

    expect(deliveryOf(followUp, { delivery: { by: 'hand' } })).toEqual({ by: 'hand' });
    expect(deliveryOf(plain, { delivery: queued })).toEqual({ ...queued, isFollowUp: false });
  });
});
