/**
 * The built function, in a hurry and with nothing kept to itself: its waits are cut short, and all
 * that it throws is printed whole, hidden members and causes too, as a careless caller might.
 */
import { inspect } from 'node:util';

const { setTimeout } = globalThis;
const hurry =
  (haste) =>
  (run, ms = 0, ...rest) =>
    setTimeout(run, ms / haste, ...rest);
globalThis.setTimeout = hurry(20);
// What answers is given more time: this machine may be busy. These end with the clock, too.
AbortSignal.timeout = (ms) => {
  const ending = new AbortController();
  const end = () => ending.abort(new DOMException('No answer in time', 'TimeoutError'));
  hurry(4)(end, ms).unref();
  return ending.signal;
};

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
