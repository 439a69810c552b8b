import { parameterNames } from '../../lambda/core/names';
import type { Context } from '../context';
import { isDenied } from '../failures/awsFailure';
import { OpsError } from '../failures/opsError';
import { readParameters } from './parameters';
import { findConnections } from './registry';

const mostNames = 10;
/** A fleet's registry is too long to be read for the sake of a name that was mistyped. */
const mostPages = 5;

/** What to say of a connection that has no config, beside those that have one. */
export async function unknownConnection(context: Context, name: string): Promise<OpsError> {
  const { config } = parameterNames(name, context.settings.parameterPrefix);
  return new OpsError(
    'usage',
    `There is no connection "${name}": the parameter ${config} does not exist in this Region. ` +
      `${await connectionsThereAre(context)}: npm run ops -- list`,
  );
}

async function connectionsThereAre(context: Context): Promise<string> {
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
    const { config } = await readParameters(context, name);
    if (config === undefined) throw await unknownConnection(context, name);
  } catch (thrown) {
    if (!isDenied(thrown)) throw thrown;
  }
  return [name];
}
