import { messageLifeMs, mostReceives, visibilityTimeoutMs } from '../../../../lambda/core/limits';
import type { LocalLambda } from '../../../../local/aws/lambda/lambda';
import type { LambdaWorld } from '../../../support/lambdaWorld';

/** What became of a message. */
export interface Delivered {
  readonly deliveries: number;
  readonly ended: 'done' | 'gave up';
}

/**
 * Delivers one message of the connection "acme" as its queue does, again a minute after it was taken
 * while it fails. Whenever the function says that it waits, that time passes for everyone.
 */
export async function deliverUntilDone(
  world: LambdaWorld,
  { force = false, forMs = messageLifeMs }: { force?: boolean; forMs?: number } = {},
): Promise<Delivered> {
  const sentAtMs = world.now();
  for (let receiveCount = 1; receiveCount <= mostReceives; receiveCount += 1) {
    const takenAtMs = world.now();
    if (takenAtMs >= sentAtMs + forMs) break;
    const ended = await hurried(world, () =>
      world.deliver('acme', { receiveCount, sentAtMs, ...(force && { force }) }),
    );
    if (ended === 'done') return { deliveries: receiveCount, ended };
    world.advance(Math.max(0, takenAtMs + visibilityTimeoutMs - world.now()));
  }
  return { deliveries: mostReceives, ended: 'gave up' };
}

interface Hurry {
  readonly lambda: Pick<LocalLambda, 'logs'>;
  advance(ms: number): void;
}

/** Runs an invocation, and lets what it waits for pass at once. */
export async function hurried<T>(world: Hurry, invoke: () => Promise<T>): Promise<T> {
  let read = world.lambda.logs.length;
  const watch = setInterval(() => {
    for (; read < world.lambda.logs.length; read += 1) {
      const { delayMs } = parse(world.lambda.logs[read] ?? '');
      if (typeof delayMs === 'number') world.advance(delayMs);
    }
  }, 1);
  try {
    return await invoke();
  } finally {
    clearInterval(watch);
  }
}

function parse(line: string): { readonly delayMs?: unknown } {
  try {
    return JSON.parse(line);
  } catch {
    return {};
  }
}
