import { StoreFailure } from '../../../lambda/effects/storeFailure';
import type { Context } from '../../context';
import { OpsError } from '../../failures/opsError';
import { storeClientSecret, tryClientSecret } from '../../rotator/clientSecret';
import { decryptConfigured } from '../chosenConnections';

export interface PromoteResult {
  readonly connection: string;
  readonly outcome: 'promoted';
  /** The parameter that holds the client secret now. */
  readonly parameter: string;
  /** The command to go on with. */
  readonly next: string;
}

/**
 * The staged secret is removed last: at every moment one of the two parameters holds it.
 *
 * @throws OpsError `refused` if none is staged, or Marketing Cloud does not take it.
 */
export async function promoteSecret(context: Context, connection: string): Promise<PromoteResult> {
  const { parameters, staged, isInPlace } = await promotable(context, connection);
  const { names } = parameters;
  const again = `run "npm run ops -- promote-secret ${connection}" again, which finishes.`;
  if (!isInPlace) {
    context.terminal.begins(
      `The staged client secret may be in place already, and is staged still: ${again}`,
    );
    await storeClientSecret(context, connection, parameters, names.clientSecret, staged);
  }
  context.terminal.begins(
    `The staged client secret is in place; its copy may be staged still: ${again}`,
  );
  await removeStaged(context, connection, names.stagedClientSecret);
  return {
    connection,
    outcome: 'promoted',
    parameter: names.clientSecret,
    next: `npm run ops -- status ${connection}`,
  };
}

/** What {@link promoteSecret} would do. Throws the same. */
export async function promotionPlan(context: Context, connection: string): Promise<string[]> {
  const { parameters, isInPlace } = await promotable(context, connection);
  const { clientSecret, stagedClientSecret } = parameters.names;
  return [
    ...(isInPlace
      ? []
      : [`write the staged client secret, which Marketing Cloud takes, into ${clientSecret}`]),
    `delete ${stagedClientSecret}`,
  ];
}

async function promotable(context: Context, connection: string) {
  const parameters = await decryptConfigured(context, connection);
  const { config, names, clientSecret, stagedClientSecret: staged } = parameters;
  if (staged === undefined) {
    throw new OpsError(
      'refused',
      `No client secret is staged: ${names.stagedClientSecret} does not exist. Stage one: ` +
        `npm run ops -- stage-secret ${connection}`,
    );
  }
  const isInPlace = clientSecret?.equals(staged) === true;
  if (isInPlace) return { parameters, staged, isInPlace };
  const trial = await tryClientSecret(context, connection, config, staged);
  if (trial.verdict === 'refused') {
    throw new OpsError(
      'refused',
      `Marketing Cloud refuses the staged client secret for the client id ${config.clientId}: ` +
        `${trial.reason}. Activate it there first, or stage the right one. Nothing was written.`,
    );
  }
  return { parameters, staged, isInPlace };
}

async function removeStaged(
  { parameterStore }: Context,
  connection: string,
  name: string,
): Promise<void> {
  try {
    await parameterStore.remove(name);
  } catch (thrown) {
    if (!(thrown instanceof StoreFailure)) throw thrown;
    throw new OpsError(
      'unavailable',
      `The staged client secret is in place, and its staged copy is still there: ` +
        `${thrown.message}. To remove it: npm run ops -- promote-secret ${connection}`,
      { cause: thrown },
    );
  }
}
