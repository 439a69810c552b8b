import { messageLifeMs, mostReceives, visibilityTimeoutMs } from '../../lambda/core/limits';

export interface Message {
  readonly body: string;
  readonly sentAtMs: number;
  receiveCount: number;
  visibleAtMs: number;
}

/**
 * One group of a FIFO queue: messages in their order, none while the one before is being worked on
 * or waits to be delivered again ("FIFO queue delivery logic", Amazon SQS Developer Guide).
 */
export class ConnectionQueue {
  /** Messages that were received too often, or grew too old. */
  lost = 0;
  readonly #messages: Message[] = [];

  get messages(): readonly Message[] {
    return this.#messages;
  }

  send(body: string, nowMs: number): Message {
    const message = { body, sentAtMs: nowMs, receiveCount: 0, visibleAtMs: nowMs };
    this.#messages.push(message);
    return message;
  }

  /** Takes the first message if it may be delivered now. */
  take(nowMs: number): Message | undefined {
    for (let first = this.#messages[0]; first; first = this.#messages[0]) {
      const isOver = nowMs >= first.sentAtMs + messageLifeMs;
      if (!isOver && first.visibleAtMs > nowMs) return undefined;
      if (!isOver && first.receiveCount < mostReceives) {
        first.receiveCount += 1;
        first.visibleAtMs = nowMs + visibilityTimeoutMs;
        return first;
      }
      this.#messages.shift();
      this.lost += 1;
    }
    return undefined;
  }

  delete(message: Message): void {
    const index = this.#messages.indexOf(message);
    if (index >= 0) this.#messages.splice(index, 1);
  }
}
