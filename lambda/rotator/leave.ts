import { isRepeated } from '../core/delivery';
import { RotationError } from '../core/errors';
import type { Run } from './run';

const nearlyOver = (connection: string) =>
  `Connection "${connection}": its message is nearly over, and a refresh begun now could not be ` +
  'seen through. Nothing was sent; the next message begins it.';

/** The message has too little time left for a first use, and is done: another one takes its place. */
export class LeftToNextMessage extends RotationError {
  constructor(connection: string) {
    super('DeadlineExceeded', nearlyOver(connection));
  }
}

/**
 * A message that grew old behind others is replaced by one with all its time before it, so that
 * nobody waits for the next one of the schedule. If the queue does not take it, that one does it.
 * One that has failed before goes on failing, into the dead-letter queue: somebody has to know.
 */
export async function leaveToNextMessage(run: Run): Promise<RotationError> {
  if (isRepeated(run.delivery)) {
    return new RotationError('DeadlineExceeded', nearlyOver(run.connection));
  }
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
