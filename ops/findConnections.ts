import { paginateGetParametersByPath } from '@aws-sdk/client-ssm';
import { type ConnectionConfig, parseConnectionConfig } from '../lambda/core/connection';
import { RotationError } from '../lambda/core/errors';
import { connectionNamePattern, parameterNames } from '../lambda/core/names';
import type { Context } from './context';

/** A connection that the Region has a config for. */
export interface FoundConnection {
  readonly name: string;
  /** Undefined where the parameter cannot be understood; `problem` tells why. */
  readonly config?: ConnectionConfig;
  readonly problem?: string;
}

/** Every connection that has a config, by name. Values of SecureStrings stay encrypted. */
export async function findConnections({ aws, settings }: Context): Promise<FoundConnection[]> {
  const { parameterPrefix } = settings;
  const found: FoundConnection[] = [];
  const pages = paginateGetParametersByPath(
    { client: aws.ssm },
    { Path: parameterPrefix, Recursive: true, WithDecryption: false },
  );
  for await (const { Parameters = [] } of pages) {
    for (const { Name = '', Value = '' } of Parameters) {
      const name = connectionOf(Name, parameterPrefix);
      if (name !== undefined) found.push({ name, ...readConfig(settings, name, Value) });
    }
  }
  return found.sort((a, b) => a.name.localeCompare(b.name, 'en'));
}

function connectionOf(parameter: string, prefix: string): string | undefined {
  const [name = ''] = parameter.slice(prefix.length).split('/');
  if (!connectionNamePattern.test(name)) return undefined;
  return parameterNames(name, prefix).config === parameter ? name : undefined;
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
