import { randomUUID } from 'node:crypto';
import { tickMs, visibilityTimeoutMs } from '../../lambda/core/limits';
import { scheduleName } from '../../lambda/core/names';
import type { SqsRecord } from '../aws/sqs/eventSource';
import { connection, type TourWorld } from '../tour/world';
import type { DeliveryState } from './state';

/** What is on its way to the function: the schedule's messages and people's, in its queue. */
export class Deliveries {
  #nextTickAtMs: number;
  /** By message, those that failed the last time. */
  readonly #againAtMs = new Map<string, number>();

  constructor(private readonly world: TourWorld) {
    this.#nextTickAtMs = tickAfter(world.now());
  }

  /** Sends a message of the connection, as an operator does, and gives its id. */
  send(members: { readonly force?: boolean } = {}): string | undefined {
    const { MessageId } = this.world.aws.sqs.sendMessage({
      QueueUrl: this.world.queue.queueUrl,
      MessageBody: JSON.stringify({ connection, ...members }),
      MessageGroupId: connection,
      MessageDeduplicationId: randomUUID(),
    });
    return MessageId;
  }

  /** Lets the schedule send its message if it is time. Those that a jump has passed over are lost. */
  tick(): void {
    const nowMs = this.world.now();
    if (nowMs < this.#nextTickAtMs) return;
    this.world.aws.fireSchedule(scheduleName(connection), this.#nextTickAtMs);
    this.#nextTickAtMs = tickAfter(nowMs);
  }

  /** Notes how a message fared that was taken from the queue at that time. */
  note({ messageId }: SqsRecord, hasFailed: boolean, takenAtMs: number): void {
    if (hasFailed) this.#againAtMs.set(messageId, takenAtMs + visibilityTimeoutMs);
    else this.#againAtMs.delete(messageId);
  }

  state(): Omit<DeliveryState, 'isRunning'> {
    const nowMs = this.world.now();
    const later = [...this.#againAtMs.values()].filter((atMs) => atMs > nowMs);
    return {
      nextTickAtMs: this.#nextTickAtMs,
      nextRepeatAtMs: later.length > 0 ? Math.min(...later) : null,
      deadLetters: this.#deadLetters(),
    };
  }

  #deadLetters(): number {
    const { sqs } = this.world.aws;
    const { Attributes } = sqs.getQueueAttributes({
      QueueUrl: this.world.queue.deadLetterQueueUrl,
      AttributeNames: ['ApproximateNumberOfMessages'],
    });
    return Number(Attributes?.ApproximateNumberOfMessages);
  }
}

const tickAfter = (nowMs: number) => (Math.floor(nowMs / tickMs) + 1) * tickMs;
