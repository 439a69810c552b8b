import type { Context } from '../../context';
import { connectionNotFound } from '../chosenConnections';

export interface UnstageResult {
  readonly connection: string;
  /** `nothingStaged` if there was none; `wouldUnstage` with --dry-run. */
  readonly outcome: 'unstaged' | 'wouldUnstage' | 'nothingStaged';
  readonly parameter: string;
}

/**
 * Deletes the staged client secret, which is read by nobody here: it may be the wrong one.
 *
 * @throws OpsError `usage` for a connection without a config
 */
export async function unstageSecret(
  context: Context,
  connection: string,
  { isDryRun }: { readonly isDryRun: boolean },
): Promise<UnstageResult> {
  const { names, parameters } = context.region.connection(connection);
  const { config, stagedSecretType } = await parameters.value();
  if (config === undefined) throw await connectionNotFound(context, connection);
  const parameter = names.stagedClientSecret;
  if (stagedSecretType === undefined) return { connection, outcome: 'nothingStaged', parameter };
  if (isDryRun) return { connection, outcome: 'wouldUnstage', parameter };
  await context.parameterStore.remove(parameter);
  return { connection, outcome: 'unstaged', parameter };
}

const texts: Readonly<Record<UnstageResult['outcome'], (parameter: string) => string>> = {
  unstaged: (parameter) => `Deleted the staged client secret, ${parameter}.`,
  wouldUnstage: (parameter) => `This would delete ${parameter}. Nothing was changed.`,
  nothingStaged: (parameter) => `No client secret is staged: ${parameter} does not exist.`,
};

export const formatUnstaged = ({ outcome, parameter }: UnstageResult): string =>
  texts[outcome](parameter);
