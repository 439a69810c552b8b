import { scheduleName } from '../../../lambda/core/names';
import type { Context } from '../../context';
import { OpsError } from '../../failures/opsError';
import { isoTime } from '../../terminal/text';
import { connectionNotFound } from '../chosenConnections';
import { type Remains, readRemains, removalRefusal } from './remains';
import { deleteClientSecrets, endRotations, retireSecret } from './retire';

export interface RemoveOptions {
  /** 7 to 30. */
  readonly recoveryDays: number;
  /** Nobody is asked. */
  readonly isConfirmed: boolean;
}

export interface RemoveResult {
  readonly connection: string;
  readonly outcome: 'removed';
  /** What this run has deleted, by name and in order. The secret is only marked for deletion. */
  readonly removed: readonly string[];
  /** Null if there is none any more. */
  readonly secret: { readonly id: string; readonly deletionAt: string } | null;
  /** The commands that bring it back, as long as there is a secret. */
  readonly undo: readonly string[];
}

/**
 * Retires a connection. First it can be rotated no more; then its newest token set is brought into
 * the secret, whatever was under way; then the secret is given its recovery window. May be repeated
 * after an interruption at any point.
 *
 * @throws OpsError `usage` for what is not there, `refused` with the remedy; StoreFailure
 */
export async function remove(
  context: Context,
  connection: string,
  { recoveryDays, isConfirmed }: RemoveOptions,
): Promise<RemoveResult> {
  const { remains, what } = await removable(context, connection);
  if (what.length > 0 && !isConfirmed) await confirm(context, remains, what, recoveryDays);

  const removed: string[] = [];
  const noteDeleted = (name: string, text: string) => {
    removed.push(name);
    context.terminal.progress(text);
    context.terminal.begins(
      `${connection} is removed in part: "npm run ops -- remove ${connection}" goes on from here.`,
    );
  };
  await endRotations(context, remains, noteDeleted);
  const { deletionAtMs } = remains.secret ?? {};
  const markedAtMs =
    remains.secret && deletionAtMs === undefined
      ? await retireSecret(context, remains, recoveryDays, noteDeleted)
      : deletionAtMs;
  await deleteClientSecrets(context, remains, noteDeleted);
  return {
    connection,
    outcome: 'removed',
    removed,
    secret:
      markedAtMs === undefined ? null : { id: remains.secretId, deletionAt: isoTime(markedAtMs) },
    undo: markedAtMs === undefined ? [] : undoOf(remains),
  };
}

/** @throws OpsError `usage` for what is not there, `refused` with the remedy */
async function removable(context: Context, connection: string) {
  const remains = await readRemains(context, connection);
  const what = leftOf(remains);
  if (what.length === 0 && remains.secret === undefined) {
    throw await connectionNotFound(context, connection);
  }
  const refusal = removalRefusal(remains);
  if (refusal) throw refusal;
  return { remains, what };
}

/** What {@link remove} would do. Throws the same. */
export async function removalPlan(
  context: Context,
  connection: string,
  recoveryDays: number,
): Promise<string[]> {
  const { remains, what } = await removable(context, connection);
  return what.map((name) =>
    name === secretIn(remains)
      ? `mark ${name} for deletion; it can be restored for ${recoveryDays} days`
      : `delete ${name}`,
  );
}

const secretIn = ({ secretId }: Remains) => `the secret ${secretId}`;

/** What is still to be deleted, by name. */
function leftOf(remains: Remains) {
  const { connection, hasSchedule, parameters, names, secret } = remains;
  return [
    ...(hasSchedule ? [`the schedule ${scheduleName(connection)}`] : []),
    ...(parameters.config === undefined ? [] : [names.config]),
    ...(parameters.hasEscrow ? [names.escrow] : []),
    ...(secret && secret.deletionAtMs === undefined ? [secretIn(remains)] : []),
    ...(parameters.clientSecretType === undefined ? [] : [names.clientSecret]),
    ...(parameters.stagedSecretType === undefined ? [] : [names.stagedClientSecret]),
  ];
}

async function confirm(
  { prompts, terminal }: Context,
  { connection, secretId, secret }: Remains,
  what: readonly string[],
  recoveryDays: number,
): Promise<void> {
  if (!prompts.isPossible) {
    throw new OpsError(
      'usage',
      'Standard input is not a terminal: add --yes to remove the connection without a question. ' +
        'Nothing was changed.',
    );
  }
  terminal.progress(`This deletes ${what.join(', ')}.`);
  if (secret && secret.deletionAtMs === undefined) {
    terminal.progress(`The secret ${secretId} can be restored for ${recoveryDays} days.`);
  }
  const typed = await prompts.text(`Type the connection's name to remove it:`, 'add --yes');
  if (typed === connection) return;
  throw new OpsError('refused', 'That is not its name. Nothing was changed.');
}

function undoOf({ connection, secretId, config }: Remains): string[] {
  const { authBaseUrl = 'URL', clientId = 'CLIENT-ID', onBrokenChain } = config ?? {};
  const more = onBrokenChain === 'reissue' ? ' --on-broken-chain reissue' : '';
  return [
    `aws secretsmanager restore-secret --secret-id ${secretId}`,
    `npm run ops -- seed ${connection} --auth-base-url ${authBaseUrl} --client-id ${clientId}${more}`,
  ];
}
