import { setTimeout as delay } from 'node:timers/promises';
import type { SqsModel } from './sqs';
import type { SqsInput } from './sqsShapes';

const lookAgainMs = 50;

/**
 * ReceiveMessage for a client that waits: answered once there is a message, or with none after the
 * time that it asked for, which is real time whatever the endpoint's clock says. Source: "Amazon SQS
 * short and long polling" (developer guide).
 */
export async function receiveWaiting(sqs: SqsModel, input: SqsInput<'ReceiveMessage'>) {
  let received = sqs.receiveMessage(input);
  for (let leftMs = sqs.waitMsOf(input); leftMs > 0; leftMs -= lookAgainMs) {
    if (received.Messages) break;
    await delay(lookAgainMs, undefined, { ref: false });
    received = sqs.receiveMessage(input);
  }
  return received;
}
