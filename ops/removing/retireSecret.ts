import { DeleteSecretCommand } from '@aws-sdk/client-secrets-manager';
import { aheadOf } from '../../lambda/core/held';
import type { Context } from '../context';
import { OpsError } from '../failures/opsError';
import { readEscrow } from '../observing/escrow';
import { nothingStored, readToken } from '../observing/token';
import { storeChain } from '../seeding/storeChain';
import { isoTime } from '../terminal/text';
import type { Tell } from './endRotations';
import type { Remains } from './observe';

/**
 * Brings the newest token set into the secret, and gives that its recovery window.
 *
 * @returns when the secret is deleted for good
 */
export async function retireSecret(
  context: Context,
  remains: Remains,
  recoveryDays: number,
  tell: Tell,
): Promise<number> {
  await settleEscrow(context, remains, tell);
  const { secretId } = remains;
  const { DeletionDate } = await context.aws.secretsManager.send(
    new DeleteSecretCommand({ SecretId: secretId, RecoveryWindowInDays: recoveryDays }),
  );
  const deletionAtMs = DeletionDate?.getTime() ?? context.clock.now();
  tell(secretId, `Marked the secret ${secretId} for deletion at ${isoTime(deletionAtMs)}.`);
  return deletionAtMs;
}

/** A token set that is newer than the secret's would be lost with the escrow. */
async function settleEscrow(context: Context, remains: Remains, tell: Tell): Promise<void> {
  const { connection, names } = remains;
  const escrow = await readEscrow(context, names);
  if (escrow === undefined) return;
  if (escrow === 'unreadable') {
    throw new OpsError(
      'refused',
      `The escrow ${names.escrow} holds something that is no token set, and the secret was left ` +
        'alone. Look into it, delete it, and run this again.',
    );
  }
  const stored = await readToken(context, connection);
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
          `it: ${kept.problem}. Both were left alone. Mend that, then run this again.`,
      );
    }
    context.terminal.progress('Put the token set of the escrow into the secret.');
  }
  await context.parameterStore.remove(names.escrow);
  tell(names.escrow, `Deleted ${names.escrow}.`);
}

/** They have no recovery window; the package in Marketing Cloud still has them. */
export async function deleteClientSecrets(
  { parameterStore }: Context,
  { parameters, names }: Remains,
  tell: Tell,
): Promise<void> {
  const there = [
    ...(parameters.clientSecretType === undefined ? [] : [names.clientSecret]),
    ...(parameters.stagedSecretType === undefined ? [] : [names.stagedClientSecret]),
  ];
  for (const name of there) {
    await parameterStore.remove(name);
    tell(name, `Deleted ${name}.`);
  }
}
