import type { ConnectionConfig } from '../../lambda/core/connection';
import { parameterNames } from '../../lambda/core/names';
import { deployFleetCommand } from '../connection/fleet';
import type { Keeper } from '../connection/keeper';
import type { DecryptedParameters } from '../connection/parameters';
import { findConnections } from '../connection/registry';
import { secretName } from '../connection/secret';
import type { Context } from '../context';
import { isDenied, restoreCommand } from '../failures/awsFailure';
import { OpsError } from '../failures/opsError';

const mostNames = 10;
/** A fleet's registry is too long to be read for the sake of a name that was mistyped. */
const mostPages = 5;

/** What to say of a connection that has no config, beside those that have one. */
export async function connectionNotFound(context: Context, name: string): Promise<OpsError> {
  const { config } = parameterNames(name, context.settings.parameterPrefix);
  return new OpsError(
    'usage',
    `There is no connection "${name}": the parameter ${config} does not exist in this Region. ` +
      `${await knownConnections(context)}: npm run ops -- list`,
  );
}

async function knownConnections(context: Context): Promise<string> {
  try {
    const names = (await findConnections(context, mostPages)).map((found) => found.name);
    if (names.length === 0) return 'There is no connection in this Region';
    const more = names.length > mostNames ? ' and others' : '';
    return `There is ${names.slice(0, mostNames).join(', ')}${more}`;
  } catch (thrown) {
    if (!isDenied(thrown)) throw thrown;
    return 'To see which there are takes ssm:GetParametersByPath';
  }
}

/**
 * The connections that a command is to look at: the one named, or all. One whose config may not be
 * read is taken on trust, so that the rest of it can be looked at.
 *
 * @throws OpsError `usage` for one without a config
 */
export async function chosenConnections(
  context: Context,
  name: string | undefined,
): Promise<readonly string[]> {
  if (name === undefined) return (await findConnections(context)).map((found) => found.name);
  try {
    const { config } = await context.region.connection(name).parameters.value();
    if (config === undefined) throw await connectionNotFound(context, name);
  } catch (thrown) {
    if (!isDenied(thrown)) throw thrown;
  }
  return [name];
}

/** What Parameter Store holds of a connection that has to have a config, secrets decrypted. */
export async function decryptConfigured(
  context: Context,
  name: string,
): Promise<DecryptedParameters & { readonly config: ConnectionConfig }> {
  const parameters = await context.region.connection(name).decrypted.value();
  const { config } = parameters;
  if (config === undefined) throw await connectionNotFound(context, name);
  return { ...parameters, config };
}

/**
 * The function that an operator's command is about.
 *
 * @throws OpsError `refused` if there is no secret or no function, with the remedy.
 */
export async function requiredKeeper(context: Context, connection: string): Promise<Keeper> {
  const reader = context.region.connection(connection);
  const [secret] = await Promise.all([reader.secret.value(), reader.schedule.reading()]);
  const found = await reader.keeper.value();
  const secretId = secretName(context, connection);
  if (secret?.deletionAtMs !== undefined) {
    throw new OpsError(
      'refused',
      `The secret ${secretId} is marked for deletion, and can be neither read nor written. Take it ` +
        `back: ${restoreCommand(secretId)}`,
    );
  }
  if (secret && found) return found;
  const stack = `deploy the stack with the connection "${connection}" in cdk.json (npx cdk deploy)`;
  if (found) {
    throw new OpsError(
      'refused',
      `The secret ${secretId} does not exist in this Region: make it by npm run ops -- seed ` +
        `${connection}, with --auth-base-url and --client-id.`,
    );
  }
  const fleet = await context.region.fleet.reading();
  const problem = secret
    ? `No function is attached to the secret ${secretId}`
    : `The secret ${secretId} does not exist in this Region`;
  throw new OpsError(
    'refused',
    `${problem}: ${stack}, or a fleet (${deployFleetCommand}).` +
      (fleet.known ? '' : ` Whether there is a fleet is not known: ${fleet.why}`),
  );
}
