import type { ConnectionConfig } from '../../lambda/core/connection';
import { type ParameterNames, parameterNames } from '../../lambda/core/names';
import type { Context } from '../context';
import { readConfig } from '../findConnections';
import { type Escrow, readEscrow } from '../observing/escrow';
import { readParameters, type StoredParameters } from '../observing/parameters';
import { readSchedule } from '../observing/schedule';
import { describeSecret, type SecretDescription } from '../observing/secret';
import { secretName } from '../observing/token';

/** What is there of a connection that is to be removed. */
export interface Remains {
  readonly connection: string;
  readonly secretId: string;
  readonly names: ParameterNames;
  readonly hasSchedule: boolean;
  readonly parameters: StoredParameters;
  /** The config understood. */
  readonly config: ConnectionConfig | undefined;
  readonly escrow: Escrow;
  /** Undefined where there is none. */
  readonly secret: SecretDescription | undefined;
}

/** Reads no client secret. */
export async function readRemains(context: Context, connection: string): Promise<Remains> {
  const names = parameterNames(connection, context.settings.parameterPrefix);
  const [schedule, parameters, escrow, secret] = await Promise.all([
    readSchedule(context, connection),
    readParameters(context, connection),
    readEscrow(context, names),
    describeSecret(context, connection),
  ]);
  const text = parameters.config;
  return {
    connection,
    secretId: secretName(context, connection),
    names,
    hasSchedule: schedule !== undefined,
    parameters,
    config: text === undefined ? undefined : readConfig(context.settings, connection, text).config,
    escrow,
    secret,
  };
}
