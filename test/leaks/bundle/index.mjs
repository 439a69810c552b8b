/**
 * The built function, in a hurry and with nothing kept to itself: its waits are cut short, and all
 * that it throws is printed whole, hidden members and causes too, as a careless caller might.
 */
import { inspect } from 'node:util';

const haste = 20;
const { setTimeout } = globalThis;
globalThis.setTimeout = (run, ms = 0, ...rest) => setTimeout(run, ms / haste, ...rest);
const timeout = AbortSignal.timeout.bind(AbortSignal);
AbortSignal.timeout = (ms) => timeout(ms / haste);

const { handler: rotator } = await import('../../../dist/rotator/index.mjs');

const whole = { depth: Number.POSITIVE_INFINITY, showHidden: true, maxStringLength: null };

export async function handler(event, context) {
  try {
    return await rotator(event, context);
  } catch (thrown) {
    for (let error = thrown; error instanceof Error; error = error.cause) {
      console.error(inspect(error, whole), JSON.stringify(error), String(error), error.stack);
    }
    throw thrown;
  }
}
