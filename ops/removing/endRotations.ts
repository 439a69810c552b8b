import { DeleteScheduleCommand } from '@aws-sdk/client-scheduler';
import { scheduleName } from '../../lambda/core/names';
import { refreshTokenOf } from '../../lambda/core/tokenSet';
import { Activity } from '../activity';
import { isMissing } from '../awsFailure';
import type { Context } from '../context';
import { readToken, type StoredToken } from '../observing/token';
import type { Remains } from './observe';

/** Notes what was deleted, by name, and tells it. */
export type Tell = (name: string, text: string) => void;

/**
 * An attempt of the rotator takes at most 40 s. One that has begun with a config may end with a token
 * set in the secret or in the escrow.
 */
const rotationMs = 45_000;

/** Schedule and registry: nothing begins a rotation after that. One that has begun is waited for. */
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
  }
  // When a secret is marked for deletion, this has been waited for by who did it, or is too late.
  if (secret === undefined || secret.deletionAtMs !== undefined) return;
  if (!mayRotate(await readToken(context, connection))) return;
  const seconds = rotationMs / 1_000;
  context.terminal.progress(
    `Waiting ${seconds} s for a rotation that may be under way. After Ctrl-C, run this again.`,
  );
  const activity = new Activity(context.terminal, 'Waiting');
  try {
    await context.clock.sleep(rotationMs);
  } finally {
    activity.end();
  }
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
