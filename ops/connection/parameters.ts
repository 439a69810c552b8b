import { GetParametersCommand } from '@aws-sdk/client-ssm';
import { type ConnectionConfig, parseConnectionConfig } from '../../lambda/core/connection';
import { type HeldTokenSet, parseEscrow } from '../../lambda/core/held';
import { type ParameterNames, parameterNames } from '../../lambda/core/names';
import { Redacted } from '../../lambda/core/redacted';
import { trimTyped } from '../../lambda/core/validate';
import type { AwsAccess } from '../awsAccess';

/** `unreadable` if it holds anything but token sets; undefined if there is none. */
export type Escrow = readonly HeldTokenSet[] | 'unreadable' | undefined;

function escrowOf(text: string | undefined): Escrow {
  return text === undefined ? undefined : (parseEscrow(text) ?? 'unreadable');
}

/** @throws StoreFailure */
export async function readEscrow(
  { parameterStore }: Pick<AwsAccess, 'parameterStore'>,
  { escrow }: Pick<ParameterNames, 'escrow'>,
): Promise<Escrow> {
  return escrowOf((await parameterStore.read([escrow])).get(escrow)?.value);
}

/** The token sets in it; none if it cannot be read. */
export const heldIn = (escrow: Escrow): readonly HeldTokenSet[] =>
  escrow === undefined || escrow === 'unreadable' ? [] : escrow;

/** Which parameters of a connection there are. */
export interface PresentParameters {
  readonly hasConfig: boolean;
  readonly clientSecretType: string | undefined;
  readonly stagedSecretType: string | undefined;
  readonly hasEscrow: boolean;
}

/** What Parameter Store holds of a connection. Of SecureStrings the type alone is known. */
export interface StoredParameters extends PresentParameters {
  /** The config's text. */
  readonly config: string | undefined;
}

/** Reads them in one call. Nothing is decrypted. */
export async function readConnectionParameters(
  { aws, settings }: AwsAccess,
  connection: string,
): Promise<StoredParameters> {
  const names = parameterNames(connection, settings.parameterPrefix);
  const { Parameters = [] } = await aws.ssm.send(
    new GetParametersCommand({ Names: Object.values(names), WithDecryption: false }),
  );
  const find = (name: string) => Parameters.find((parameter) => parameter.Name === name);
  const config = find(names.config);
  return {
    config: config?.Value,
    hasConfig: config !== undefined,
    clientSecretType: find(names.clientSecret)?.Type,
    stagedSecretType: find(names.stagedClientSecret)?.Type,
    hasEscrow: find(names.escrow) !== undefined,
  };
}

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
  { parameterStore, settings }: AwsAccess,
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

/** Without the line end that a file or `echo` may have left; an empty one counts as none. */
function redacted(value: string | undefined): Redacted | undefined {
  const trimmed = trimTyped(value ?? '');
  return trimmed ? new Redacted(trimmed) : undefined;
}
