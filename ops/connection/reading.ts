import { StoreFailure } from '../../lambda/effects/storeFailure';
import {
  accessFailure,
  clockIsWrong,
  failureName,
  isAwsError,
  isClockFailure,
  isDenied,
  setTheClock,
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
  /** What to do about it, where that is known. */
  readonly remedy?: string;
}

export const known = <T>(value: T): Reading<T> => ({ known: true, value });

export const unread = (why: string, denied = false): Unread => ({ known: false, why, denied });

/**
 * Tries a read that others can do without. What AWS refuses or the network swallows is told; what
 * is this program's own fault is thrown.
 *
 * @param action as IAM names it, such as `lambda:GetFunctionConfiguration`
 */
export async function attempt<T>(action: string, read: () => Promise<T>): Promise<Reading<T>> {
  try {
    return known(await read());
  } catch (thrown) {
    if (isClockFailure(thrown)) {
      return { ...unread(`${action} failed: ${clockIsWrong}.`), remedy: setTheClock };
    }
    if (thrown instanceof StoreFailure) {
      return unread(`${thrown.message}.`, thrown.kind === 'denied');
    }
    const isTold = thrown instanceof OpsError && thrown.exitCode === exitCodes.unavailable;
    const failure = isTold ? thrown : accessFailure(thrown);
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
