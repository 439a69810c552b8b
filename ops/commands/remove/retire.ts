import { DeleteScheduleCommand } from '@aws-sdk/client-scheduler';
import { DeleteSecretCommand } from '@aws-sdk/client-secrets-manager';
import { aheadOf } from '../../../lambda/core/held';
import { messageLifeMs } from '../../../lambda/core/limits';
import { scheduleName } from '../../../lambda/core/names';
import { refreshTokenOf } from '../../../lambda/core/tokenSet';
import { nothingStored, type StoredToken } from '../../connection/secret';
import type { Context } from '../../context';
import { isNotFound } from '../../failures/awsFailure';
import { OpsError } from '../../failures/opsError';
import { storeChain } from '../../rotator/operatorRun';
import { waitForRotation } from '../../rotator/rotation';
import { isoTime } from '../../terminal/text';
import type { Remains } from './remains';

/** Notes what was deleted, by name, and prints it. */
export type NoteDeleted = (name: string, text: string) => void;

/**
 * Schedule and registry: nothing begins a rotation after that. One that has begun may end with a token
 * set in the secret or in the escrow, and is waited for. Messages that are still in the queue end by
 * themselves.
 */
export async function endRotations(
  context: Context,
  remains: Remains,
  noteDeleted: NoteDeleted,
): Promise<void> {
  const { connection, hasSchedule, parameters, names, secret } = remains;
  if (hasSchedule) {
    const name = scheduleName(connection);
    await unlessMissing(() =>
      context.aws.scheduler.send(new DeleteScheduleCommand({ Name: name })),
    );
    noteDeleted(name, `Deleted the schedule ${name}.`);
  }
  if (parameters.config !== undefined) {
    await context.parameterStore.remove(names.config);
    noteDeleted(
      names.config,
      `Deleted ${names.config}${contentOf(remains)}: no other rotation begins.`,
    );
    const minutes = messageLifeMs / 60_000;
    context.terminal.progress(
      `Messages that are still in the queue for it end by themselves, within ${minutes} minutes.`,
    );
  }
  // When a secret is marked for deletion, this has been waited for by who did it, or is too late.
  if (secret === undefined || secret.deletionAtMs !== undefined) return;
  if (!mayRotate(await context.region.connection(connection).token.value())) return;
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
    if (!isNotFound(thrown)) throw thrown;
  }
}

/**
 * Brings the newest token set into the secret, and gives that its recovery window.
 *
 * @returns when the secret is deleted for good
 */
export async function retireSecret(
  context: Context,
  remains: Remains,
  recoveryDays: number,
  noteDeleted: NoteDeleted,
): Promise<number> {
  await settleEscrow(context, remains, noteDeleted);
  const { secretId } = remains;
  const { DeletionDate } = await context.aws.secretsManager.send(
    new DeleteSecretCommand({ SecretId: secretId, RecoveryWindowInDays: recoveryDays }),
  );
  const deletionAtMs = DeletionDate?.getTime() ?? context.clock.now();
  noteDeleted(secretId, `Marked the secret ${secretId} for deletion at ${isoTime(deletionAtMs)}.`);
  return deletionAtMs;
}

/** A token set that is newer than the secret's would be lost with the escrow. */
async function settleEscrow(
  context: Context,
  remains: Remains,
  noteDeleted: NoteDeleted,
): Promise<void> {
  const { connection, names } = remains;
  const reader = context.region.connection(connection);
  const escrow = await reader.escrow.value();
  if (escrow === undefined) return;
  if (escrow === 'unreadable') {
    throw new OpsError(
      'refused',
      `The escrow ${names.escrow} holds something that is no token set, and the secret was left ` +
        'alone. Look into it, delete it, and run this again.',
    );
  }
  const stored = await reader.token.value();
  const current = stored.kind === 'stored' ? stored.version : nothingStored;
  const newest = aheadOf(current, escrow);
  if (newest) {
    const { versionId: parentVersionId } = current;
    const options = { parentVersionId, held: escrow, escrowPresent: true };
    const kept = await storeChain(context, connection, newest, options);
    if (kept.kind !== 'published') {
      throw new OpsError(
        'unavailable',
        `The newest token set is in the escrow ${names.escrow}, and Secrets Manager does not take ` +
          `it: ${kept.problem}. Both were left alone. Fix that, then run this again.`,
      );
    }
    context.terminal.progress('Put the token set of the escrow into the secret.');
  }
  await context.parameterStore.remove(names.escrow);
  noteDeleted(names.escrow, `Deleted ${names.escrow}.`);
}

/** They have no recovery window; the package in Marketing Cloud still has them. */
export async function deleteClientSecrets(
  { parameterStore }: Context,
  { parameters, names }: Remains,
  noteDeleted: NoteDeleted,
): Promise<void> {
  const there = [
    ...(parameters.clientSecretType === undefined ? [] : [names.clientSecret]),
    ...(parameters.stagedSecretType === undefined ? [] : [names.stagedClientSecret]),
  ];
  for (const name of there) {
    await parameterStore.remove(name);
    noteDeleted(name, `Deleted ${name}.`);
  }
}
