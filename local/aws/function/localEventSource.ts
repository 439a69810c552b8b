import { randomUUID } from 'node:crypto';
import { EventSource } from '../sqs/eventSource';
import type { SqsModel } from '../sqs/sqs';
import type { LocalFunction } from './localFunction';

/** The queue that the function is fed from, as soon as somebody has created it. */
export const EVENT_SOURCE_QUEUE = 'sfmc-token-rotator.fifo';

const POLL_MS = 200;

/**
 * Feeds the function from its queue, as the stack's event source mapping does in a fleet: a message
 * at a time. More at once would wait for the function's one process, their visibility running out.
 *
 * @returns what ends it.
 */
export function startLocalEventSource(sqs: SqsModel, local: LocalFunction): () => void {
  const source = new EventSource(sqs, {
    queueUrl: EVENT_SOURCE_QUEUE,
    maximumConcurrency: 1,
    async invoke(event) {
      const region = event.Records[0]?.awsRegion ?? 'us-east-1';
      const { payload, failed } = await local.invoke({ requestId: randomUUID(), event, region });
      if (failed) throw new Error(payload);
      return JSON.parse(payload);
    },
  });
  const timer = setInterval(() => {
    if (sqs.arnOf(EVENT_SOURCE_QUEUE) !== undefined) source.poll();
  }, POLL_MS);
  timer.unref();
  return () => clearInterval(timer);
}
