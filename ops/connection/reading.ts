import { StoreFailure } from '../../lambda/effects/storeFailure';
import {
  accessFailure,
  clockProblem,
  clockRemedy,
  failureName,
  isAwsError,
  isClockFailure,
  isDenied,
} from '../failures/awsFailure';
import { exitCodes, OpsError } from '../failures/opsError';

/** What was read, or why it could not be. */
export type Reading<T> = { readonly known: true; readonly value: T } | Unread;

export interface Unread {
  readonly known: false;
  /** One sentence that may be shown. */
  readonly why: string;
  /** Whether access was denied. */
  readonly denied: boolean;
  /** What to do about it, if that is known. */
  readonly remedy?: string;
}

export const known = <T>(value: T): Reading<T> => ({ known: true, value });

export const unread = (why: string, denied = false): Unread => ({ known: false, why, denied });

/**
 * Tries a read that others can do without. What AWS refuses or the network swallows becomes the
 * reason; a fault of this program is thrown.
 *
 * @param action as IAM names it, such as `lambda:GetFunctionConfiguration`
 */
export async function attempt<T>(action: string, read: () => Promise<T>): Promise<Reading<T>> {
  try {
    return known(await read());
  } catch (thrown) {
    if (isClockFailure(thrown)) {
      return { ...unread(`${action} failed: ${clockProblem}.`), remedy: clockRemedy };
    }
    if (thrown instanceof StoreFailure) {
      return unread(`${thrown.message}.`, thrown.kind === 'denied');
    }
    const isExplained = thrown instanceof OpsError && thrown.exitCode === exitCodes.unavailable;
    const failure = isExplained ? thrown : accessFailure(thrown);
    if (failure) return unread(failure.message, isDenied(thrown));
    if (!isAwsError(thrown)) throw thrown;
    return unread(`${action} failed with ${failureName(thrown)}.`);
  }
}

/** One thing that AWS holds: asked for when it is first wanted, and not again. */
export class Field<T> {
  #answer: Promise<T> | undefined;

  /** @param action as IAM names what it takes, such as `lambda:GetFunctionConfiguration` */
  constructor(
    private readonly action: string,
    private readonly ask: () => Promise<T>,
  ) {}

  /** @throws what AWS answers */
  value(): Promise<T> {
    this.#answer ??= this.ask();
    return this.#answer;
  }

  /** For those who can do without: it never throws what {@link attempt} understands. */
  reading(): Promise<Reading<T>> {
    return attempt(this.action, () => this.value());
  }
}

/** Results in the order of the items; at most `width` are worked on at a time. */
export async function mapConcurrent<Item, Result>(
  items: readonly Item[],
  width: number,
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  // Shared by all workers: each takes the next item.
  const queue = items.entries();
  const worker = async () => {
    for (const [index, item] of queue) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: width }, worker));
  return results;
}

/** The items in groups of `size`, the last of what is left. */
export const chunksOf = <Item>(items: readonly Item[], size: number): Item[][] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, at) =>
    items.slice(at * size, (at + 1) * size),
  );

/** Asks once for each key, however often and however soon the answer is wanted again. */
export function memoize<T>(ask: (key: string) => T): (key: string) => T {
  const answers = new Map<string, T>();
  return (key) => {
    const answer = answers.get(key) ?? ask(key);
    answers.set(key, answer);
    return answer;
  };
}
