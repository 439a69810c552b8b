import { functionTimeoutMs } from '../lambda/core/limits';
import type { Context } from './context';
import { Activity } from './terminal/spinner';

/** An invocation that began before takes at most the function's timeout, and its last write a moment. */
const rotationMs = functionTimeoutMs + 5_000;

/**
 * Waits for a rotation that may be under way, with what it may still store.
 *
 * @param afterCtrlC what the person is told to do then
 */
export async function waitForRotation(
  { clock, terminal }: Pick<Context, 'clock' | 'terminal'>,
  afterCtrlC: string,
): Promise<void> {
  const seconds = rotationMs / 1_000;
  terminal.progress(
    `Waiting ${seconds} s for a rotation that may be under way. After Ctrl-C, ${afterCtrlC}.`,
  );
  const activity = new Activity(terminal, 'Waiting');
  try {
    await clock.sleep(rotationMs);
  } finally {
    activity.end();
  }
}
