import { type Delivery, isRepeated } from '../core/delivery';
import { shortestBatchMs } from '../core/limits';
import type { Clock } from '../effects/clock';
import type { Provider } from '../effects/provider';
import { type BatchMessage, type ConnectionEvent, parseMessage } from './events';
import { LeftToNextMessage } from './leave';

/** Which messages of an SQS batch are to be delivered again. */
export interface BatchResult {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

/**
 * Processes the messages of a batch: those of different connections side by side, so that one in
 * trouble delays no other; those of one connection in their order. Of these, none is tried after
 * one that failed: a FIFO queue would deliver that one again behind them (AWS Lambda Developer
 * Guide, "Handling errors for an SQS event source in Lambda").
 *
 * @param perform whatever it throws fails its message, and no other connection's; but for a message
 * that is nearly over and has begun nothing: the next one takes its place.
 */
export async function processBatch(
  messages: readonly BatchMessage[],
  perform: (message: BatchMessage) => Promise<unknown>,
  pace: BatchPace,
): Promise<BatchResult> {
  const unfinished = await Promise.all(
    byConnection(messages).map(async (group) => {
      for (const [at, message] of group.entries()) {
        try {
          await perform(message);
        } catch (thrown) {
          if (!(thrown instanceof LeftToNextMessage)) return group.slice(at);
        }
      }
      return [];
    }),
  );
  const failed = new Set(unfinished.flat());
  await pace.keep();
  return {
    batchItemFailures: messages
      .filter((message) => failed.has(message))
      .map(({ messageId }) => ({ itemIdentifier: messageId })),
  };
}

/** Holds an invocation that has asked the provider for tokens to a second at least. */
export class BatchPace {
  readonly #clock: Clock;
  readonly #beganAtMs: number;
  #hasAsked = false;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#beganAtMs = clock.now();
  }

  /** The provider, watched. */
  of(provider: Provider): Provider {
    return {
      ...provider,
      requestToken: (...request) => {
        this.#hasAsked = true;
        return provider.requestToken(...request);
      },
    };
  }

  async keep(): Promise<void> {
    const leftMs = this.#beganAtMs + shortestBatchMs - this.#clock.now();
    if (this.#hasAsked && leftMs > 0) await this.#clock.sleep(leftMs);
  }
}

/** A message that has nothing to do yet: it fails quietly, and holds its group back meanwhile. */
export class NotYet extends Error {
  override readonly name = 'NotYet';
}

/**
 * How a message was delivered that was read. One that goes on with a direct invocation begins at its
 * second delivery: the queue keeps that minute, whatever this environment's clock says, and by then
 * the invocation has ended for certain.
 *
 * @throws NotYet
 */
export function deliveryOf(
  { isFollowUp = false }: ConnectionEvent,
  { delivery }: Pick<BatchMessage, 'delivery'>,
): Delivery {
  if (delivery.by === 'hand') return delivery;
  if (isFollowUp && !isRepeated(delivery)) throw new NotYet();
  return { ...delivery, isFollowUp };
}

function byConnection(messages: readonly BatchMessage[]): BatchMessage[][] {
  const groups = new Map<string, BatchMessage[]>();
  for (const message of messages) {
    const key = groupOf(message);
    const group = groups.get(key);
    if (group) group.push(message);
    else groups.set(key, [message]);
  }
  return [...groups.values()];
}

/** A message that cannot be read is a group of its own. */
function groupOf(message: BatchMessage): string {
  try {
    return parseMessage(message).connection;
  } catch {
    return `message ${message.messageId}`;
  }
}
