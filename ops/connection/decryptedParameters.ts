import { type ConnectionConfig, parseConnectionConfig } from '../../lambda/core/connection';
import { type ParameterNames, parameterNames } from '../../lambda/core/names';
import { Redacted } from '../../lambda/core/redacted';
import { trimTyped } from '../../lambda/core/validate';
import type { Context } from '../context';
import { unknownConnection } from './chosenConnections';
import { type Escrow, escrowOf } from './parameters';

/** What Parameter Store holds of a connection, secrets decrypted. */
export interface DecryptedParameters {
  readonly names: ParameterNames;
  readonly config: ConnectionConfig | undefined;
  readonly clientSecret: Redacted | undefined;
  readonly stagedClientSecret: Redacted | undefined;
  readonly escrow: Escrow;
}

/**
 * Reads all of a connection's parameters in one call.
 *
 * @throws StoreFailure, RotationError `InvalidConfig` for a config that cannot be understood.
 */
export async function decryptParameters(
  { parameterStore, settings }: Context,
  name: string,
): Promise<DecryptedParameters> {
  const names = parameterNames(name, settings.parameterPrefix);
  const found = await parameterStore.read(Object.values(names));
  const values = new Map([...found].map(([each, { value }]) => [each, value]));
  const config = values.get(names.config);
  const { allowLoopbackProvider: allowLoopback } = settings;
  return {
    names,
    config:
      config === undefined
        ? undefined
        : parseConnectionConfig(name, names.config, config, { allowLoopback }),
    clientSecret: redacted(values.get(names.clientSecret)),
    stagedClientSecret: redacted(values.get(names.stagedClientSecret)),
    escrow: escrowOf(values.get(names.escrow)),
  };
}

/** As {@link decryptParameters}, for a connection that has to have a config. */
export async function decryptConfigured(
  context: Context,
  name: string,
): Promise<DecryptedParameters & { readonly config: ConnectionConfig }> {
  const parameters = await decryptParameters(context, name);
  const { config } = parameters;
  if (config === undefined) throw await unknownConnection(context, name);
  return { ...parameters, config };
}

/** Without the line end that a file or `echo` may have left; an empty one counts as none. */
function redacted(value: string | undefined): Redacted | undefined {
  const trimmed = trimTyped(value ?? '');
  return trimmed ? new Redacted(trimmed) : undefined;
}
