import { RotationError } from '../core/errors';
import type { Run } from './run';

/** The message has too little time left for a first use; another one comes, and begins it. */
export class LeftToNextMessage extends RotationError {
  constructor(connection: string) {
    super(
      'DeadlineExceeded',
      `Connection "${connection}": its message is nearly over, and a refresh begun now could not be ` +
        'seen through. Nothing was sent; the next message begins it.',
    );
  }
}

/**
 * Puts a message with all its time before it into the queue, so that nobody waits for the next one
 * of the schedule. If the queue does not take it, that one does it.
 */
export async function leaveToNextMessage(run: Run): Promise<LeftToNextMessage> {
  try {
    const { connection, force } = run;
    await run.followUps?.send({ connection, force, notBeforeMs: run.clock.now() });
  } catch (thrown) {
    run.telemetry.warn('The queue did not take a message that goes on', {
      problem: thrown instanceof Error ? thrown.name : 'unknown',
    });
  }
  return new LeftToNextMessage(run.connection);
}
