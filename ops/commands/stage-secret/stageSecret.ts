import type { ConnectionConfig } from '../../../lambda/core/connection';
import { Redacted } from '../../../lambda/core/redacted';
import { trimTyped, typedToken, validate } from '../../../lambda/core/validate';
import type { Context } from '../../context';
import { OpsError } from '../../failures/opsError';
import { storeClientSecret, tryClientSecret } from '../../rotator/clientSecret';
import { pipedInput } from '../../terminal/prompts';
import { decryptConfigured } from '../chosenConnections';

export interface StageResult {
  readonly connection: string;
  readonly outcome: 'staged';
  /** Whether Marketing Cloud takes it now; `untried` on demand. */
  readonly verdict: 'accepted' | 'untried';
  /** The parameter that holds it. */
  readonly parameter: string;
  /** The command to go on with, once the secret is activated. */
  readonly next: string;
}

export interface StageOptions {
  readonly fromStdin: boolean;
  readonly untried: boolean;
}

export function formatStaged(
  result: StageResult,
  { terminal }: Pick<Context, 'terminal'>,
): string[] {
  const { connection, verdict, parameter, next } = result;
  const taken = verdict === 'accepted' ? 'Marketing Cloud takes it.' : 'It has not been tried.';
  return [
    terminal.paint(`Staged the client secret of ${connection} in ${parameter}. ${taken}`, 'good'),
    `Next: activate it in Marketing Cloud, then ${next}`,
  ];
}

/** @throws OpsError `refused` if it is the stored one, or Marketing Cloud does not take it. */
export async function stageSecret(
  context: Context,
  connection: string,
  options: StageOptions,
): Promise<StageResult> {
  const { parameters, staged } = await stageable(context, connection, options);
  const { names } = parameters;
  const { untried } = options;
  context.terminal.begins(
    `The client secret may be staged already: see "npm run ops -- status ${connection}".`,
  );
  await storeClientSecret(context, connection, parameters, names.stagedClientSecret, staged);
  return {
    connection,
    outcome: 'staged',
    verdict: untried ? 'untried' : 'accepted',
    parameter: names.stagedClientSecret,
    next: `npm run ops -- promote-secret ${connection}`,
  };
}

/** What {@link stageSecret} would do. Throws the same. */
export async function stagingPlan(
  context: Context,
  connection: string,
  options: StageOptions,
): Promise<string[]> {
  const { parameters } = await stageable(context, connection, options);
  const which = options.untried ? 'the client secret' : 'the client secret, which works,';
  return [`write ${which} into ${parameters.names.stagedClientSecret}`];
}

async function stageable(
  context: Context,
  connection: string,
  { fromStdin, untried }: StageOptions,
) {
  const parameters = await decryptConfigured(context, connection);
  const { config, names, clientSecret } = parameters;
  const staged = fromStdin ? await pipedSecret(context) : await typedSecret(context, connection);
  if (clientSecret?.equals(staged)) {
    throw new OpsError(
      'refused',
      `This is the client secret that ${names.clientSecret} holds already. Nothing was written.`,
    );
  }
  if (!untried) await requireAccepted(context, connection, config, staged);
  return { parameters, staged };
}

async function requireAccepted(
  context: Context,
  connection: string,
  config: ConnectionConfig,
  staged: Redacted,
): Promise<void> {
  const trial = await tryClientSecret(context, connection, config, staged);
  if (trial.verdict === 'accepted') return;
  throw new OpsError(
    'refused',
    `Marketing Cloud refuses this client secret for the client id ${config.clientId}: ` +
      `${trial.reason}. Nothing was written. A staged one is taken 5 minutes after it was made: ` +
      'wait, or add --untried.',
  );
}

async function typedSecret({ prompts }: Context, connection: string): Promise<Redacted> {
  const question = `New client secret of "${connection}":`;
  const typed = await prompts.secret(question, 'pipe the bare secret in, with --stdin');
  if (typed) return typed;
  throw new OpsError('usage', 'No client secret came. Nothing was done.');
}

async function pipedSecret({ terminal }: Context): Promise<Redacted> {
  const text = trimTyped(await pipedInput(terminal.streams));
  if (validate(typedToken, text).ok && !text.startsWith('{')) return new Redacted(text);
  throw new OpsError(
    'usage',
    'Standard input has to hold the bare client secret: no JSON, no quotes, and one line. Nothing was ' +
      'done.',
  );
}
