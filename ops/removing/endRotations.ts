import { DeleteScheduleCommand } from '@aws-sdk/client-scheduler';
import { messageLifeMs } from '../../lambda/core/limits';
import { scheduleName } from '../../lambda/core/names';
import { refreshTokenOf } from '../../lambda/core/tokenSet';
import type { Context } from '../context';
import { isMissing } from '../failures/awsFailure';
import { readToken, type StoredToken } from '../observing/token';
import { waitForRotation } from '../underWay';
import type { Remains } from './observe';

/** Notes what was deleted, by name, and tells it. */
export type Tell = (name: string, text: string) => void;

/**
 * Schedule and registry: nothing begins a rotation after that. One that has begun may end with a token
 * set in the secret or in the escrow, and is waited for. Messages that are still in the queue end by
 * themselves.
 */
export async function endRotations(context: Context, remains: Remains, tell: Tell): Promise<void> {
  const { connection, hasSchedule, parameters, names, secret } = remains;
  if (hasSchedule) {
    const name = scheduleName(connection);
    await unlessMissing(() =>
      context.aws.scheduler.send(new DeleteScheduleCommand({ Name: name })),
    );
    tell(name, `Deleted the schedule ${name}.`);
  }
  if (parameters.config !== undefined) {
    await context.parameterStore.remove(names.config);
    tell(names.config, `Deleted ${names.config}${contentOf(remains)}: no other rotation begins.`);
    const minutes = messageLifeMs / 60_000;
    context.terminal.progress(
      `Messages that are still in the queue for it end by themselves, within ${minutes} minutes.`,
    );
  }
  // When a secret is marked for deletion, this has been waited for by who did it, or is too late.
  if (secret === undefined || secret.deletionAtMs !== undefined) return;
  if (!mayRotate(await readToken(context, connection))) return;
  await waitForRotation(context, 'run this again');
}

/** So that it is known also after an interruption. */
const contentOf = ({ config }: Remains) =>
  config ? ` (authBaseUrl ${config.authBaseUrl}, clientId ${config.clientId})` : '';

/** Without a refresh token, a rotation asks Marketing Cloud for nothing. */
const mayRotate = (stored: StoredToken) =>
  stored.kind === 'malformed' ||
  (stored.kind === 'stored' && refreshTokenOf(stored.version.tokens) !== undefined);

async function unlessMissing(act: () => Promise<unknown>): Promise<void> {
  try {
    await act();
  } catch (thrown) {
    if (!isMissing(thrown)) throw thrown;
  }
}
