import type { SqsMessage } from './message';

/**
 * Messages in their order, from which any can be taken out at once. A Map would keep the order too,
 * but walking over what was deleted at its front takes the longer the more was.
 */
export class MessageList implements Iterable<SqsMessage> {
  #first: SqsMessage | undefined;
  #last: SqsMessage | undefined;

  append(message: SqsMessage): void {
    message.previous = this.#last;
    message.next = undefined;
    if (this.#last) this.#last.next = message;
    else this.#first = message;
    this.#last = message;
  }

  remove(message: SqsMessage): void {
    const { previous, next } = message;
    if (previous) previous.next = next;
    else this.#first = next;
    if (next) next.previous = previous;
    else this.#last = previous;
  }

  clear(): void {
    this.#first = undefined;
    this.#last = undefined;
  }

  /** The message just given may be removed meanwhile. */
  *[Symbol.iterator](): Generator<SqsMessage> {
    for (let message = this.#first; message; ) {
      const { next } = message;
      yield message;
      message = next;
    }
  }
}
