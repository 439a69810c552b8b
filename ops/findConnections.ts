import { type ConnectionConfig, parseConnectionConfig } from '../lambda/core/connection';
import { RotationError } from '../lambda/core/errors';
import { parameterNames } from '../lambda/core/names';
import type { Context } from './context';
import { byName, registryPages } from './registry';

/** A connection that the Region has a config for. */
export interface FoundConnection {
  readonly name: string;
  /** Undefined where the parameter cannot be understood; `problem` tells why. */
  readonly config?: ConnectionConfig;
  readonly problem?: string;
}

/**
 * Every connection that has a config, by name.
 *
 * @param mostPages of the registry, for whom some connections will do; the rest is left out
 */
export async function findConnections(
  context: Context,
  mostPages = Number.POSITIVE_INFINITY,
): Promise<FoundConnection[]> {
  const found: FoundConnection[] = [];
  let pages = 0;
  for await (const page of registryPages(context, 'String')) {
    for (const { connection: name, leaf, value } of page) {
      if (leaf === 'config') found.push({ name, ...readConfig(context.settings, name, value) });
    }
    pages += 1;
    if (pages >= mostPages) break;
  }
  return found.sort(byName);
}

/** Understands the text of a config parameter. */
export function readConfig(
  { parameterPrefix, allowLoopbackProvider: allowLoopback }: Context['settings'],
  name: string,
  text: string,
): Omit<FoundConnection, 'name'> {
  const { config: parameter } = parameterNames(name, parameterPrefix);
  try {
    return { config: parseConnectionConfig(name, parameter, text, { allowLoopback }) };
  } catch (thrown) {
    if (!(thrown instanceof RotationError)) throw thrown;
    return { problem: thrown.message };
  }
}
