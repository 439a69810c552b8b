import { randomUUID } from 'node:crypto';
import { mostReceives, shortestBatchMs, visibilityTimeoutMs } from '../../lambda/core/limits';
import { hurried } from '../lambda/rotator/builtFunction/queueOfOne';
import type { LambdaWorld } from '../support/lambdaWorld';

/** The function's own queue, by the queue's rules and on the world's clock. */
export class CrashQueue {
  #takenAtMs = 0;

  constructor(private readonly world: LambdaWorld) {}

  /** A message as the schedule sends it. */
  send(connection: string, members: object = {}): void {
    this.world.aws.sqs.sendMessage({
      QueueUrl: this.#url,
      // Not one of them is taken for a duplicate of another.
      MessageBody: JSON.stringify({ connection, ...members, id: randomUUID() }),
      MessageGroupId: connection,
    });
  }

  /** What is visible in the queue; whether nothing is left there. */
  async deliver(): Promise<boolean> {
    this.#takenAtMs = this.world.now();
    await withoutIdling(this.world, () => this.world.deliverQueued());
    return this.messages() === 0;
  }

  /** Delivers what the queue holds, again a minute after each delivery that has failed. */
  async drain(): Promise<void> {
    for (let deliveries = 0; deliveries < mostReceives; deliveries++) {
      this.waitUntilVisible();
      if (await this.deliver()) return;
    }
  }

  /**
   * A minute after what is in flight was taken, which was a moment later than it was asked for: a
   * delivery too soon finds nothing, and the next one would come a minute too late.
   */
  waitUntilVisible(): void {
    if (this.#counts().taken === 0) return;
    const againAtMs = this.#takenAtMs + visibilityTimeoutMs;
    this.world.advance(Math.max(0, againAtMs - this.world.now()));
    while (this.#counts().taken > 0) this.world.advance(1);
  }

  messages(): number {
    const { visible, taken } = this.#counts();
    return visible + taken;
  }

  get #url(): string {
    return this.world.deployment?.rotatorVariables().QUEUE_URL ?? '';
  }

  #counts(): { readonly visible: number; readonly taken: number } {
    const asked = { QueueUrl: this.#url, AttributeNames: ['All'] };
    const { Attributes = {} } = this.world.aws.sqs.getQueueAttributes(asked);
    const { ApproximateNumberOfMessages: visible, ApproximateNumberOfMessagesNotVisible: taken } =
      Attributes as Readonly<Record<string, string>>;
    return { visible: Number(visible), taken: Number(taken) };
  }
}

/** Lets all that an invocation waits for pass at once, and the second that a batch takes at least. */
export async function withoutIdling<T>(world: LambdaWorld, invoke: () => Promise<T>): Promise<T> {
  const { logs } = world.lambda;
  let read = logs.length;
  const watch = setInterval(() => {
    const said = logs.slice(read);
    read = logs.length;
    if (said.some((line) => /Rotation finished|"level":"ERROR"/.test(line))) {
      world.advance(shortestBatchMs);
    }
  }, 1);
  try {
    return await hurried(world, invoke);
  } finally {
    clearInterval(watch);
  }
}
