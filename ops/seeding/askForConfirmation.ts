import { connectionFunction } from '../connection/rotatorFunction';
import type { Context } from '../context';
import { awsFailure } from '../failures/awsFailure';
import { OpsError } from '../failures/opsError';
import { sendRotation } from '../rotator/rotation';

const why =
  'An answer of Marketing Cloud was lost, or an earlier one: the refresh token that was stored has ' +
  'to be used once more within 5 minutes, to be sure of it.';

/** Has the function use an open token set once more, without waiting for the next tick. */
export async function askForConfirmation(context: Context, connection: string): Promise<void> {
  const { terminal } = context;
  try {
    const keeper = await connectionFunction(context, connection);
    await sendRotation(context, connection, keeper, false);
    terminal.progress(`${why} The function was asked to do so.`);
  } catch (thrown) {
    const failure = thrown instanceof OpsError ? thrown : awsFailure(thrown);
    if (failure === undefined) throw thrown;
    terminal.progress(
      `${why} The function could not be asked: ${failure.message} Then do so at once: ` +
        `npm run ops -- rotate ${connection}`,
    );
  }
}
