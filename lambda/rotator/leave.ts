import { isRepeated } from '../core/delivery';
import { RotationError } from '../core/errors';
import { errorName } from '../effects/storeFailure';
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
 * The schedule's next message does what this one leaves. A forced rotation is nobody else's: it gets
 * a message of its own with all its time before it. One that has failed before goes on failing, into
 * the dead-letter queue: somebody has to know.
 */
export async function leaveToNextMessage(run: Run): Promise<RotationError> {
  const { connection, force, delivery } = run;
  if (isRepeated(delivery)) return new RotationError('DeadlineExceeded', nearlyOver(connection));
  if (force) await replace(run);
  return new LeftToNextMessage(connection);
}

async function replace({ connection, followUps, telemetry }: Run): Promise<void> {
  try {
    await followUps?.send({ connection, force: true });
  } catch (thrown) {
    telemetry.warn('The queue did not take a message that goes on', {
      problem: errorName(thrown),
    });
  }
}
