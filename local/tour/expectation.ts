import { setTimeout as sleep } from 'node:timers/promises';
import { inspect, isDeepStrictEqual } from 'node:util';

/** The story did not go as it must. The message says what was expected, and holds no secret. */
export class ExpectationFailed extends Error {
  override readonly name = 'ExpectationFailed';
}

/** Takes no tokens or secrets: both values are shown if they differ. */
export function expectEqual<T>(what: string, actual: T, expected: T): void {
  if (isDeepStrictEqual(actual, expected)) return;
  throw new ExpectationFailed(
    `Expected for ${what}: ${inspect(expected)}; found ${inspect(actual)}.`,
  );
}

export function expectThat(what: string, isSo: boolean): void {
  if (!isSo) throw new ExpectationFailed(`Expected, and not so: ${what}.`);
}

const longestWaitMs = 10_000;

/** Waits for something that another process brings about. */
export async function until(what: string, isSo: () => boolean): Promise<void> {
  const endsAtMs = performance.now() + longestWaitMs;
  while (!isSo()) {
    if (performance.now() > endsAtMs) {
      throw new ExpectationFailed(
        `Waited ${longestWaitMs / 1000} s, and it did not happen: ${what}.`,
      );
    }
    await sleep(2);
  }
}
