import { GetParametersCommand } from '@aws-sdk/client-ssm';
import { type HeldTokenSet, parseEscrow } from '../../lambda/core/held';
import { type ParameterNames, parameterNames } from '../../lambda/core/names';
import type { Context } from '../context';

/** `unreadable` where it holds anything but token sets; undefined where there is none. */
export type Escrow = readonly HeldTokenSet[] | 'unreadable' | undefined;

export function escrowOf(text: string | undefined): Escrow {
  return text === undefined ? undefined : (parseEscrow(text) ?? 'unreadable');
}

/** @throws StoreFailure */
export async function readEscrow(
  { parameterStore }: Pick<Context, 'parameterStore'>,
  { escrow }: Pick<ParameterNames, 'escrow'>,
): Promise<Escrow> {
  return escrowOf((await parameterStore.read([escrow])).get(escrow)?.value);
}

/** The token sets in it; none where it cannot be read. */
export const heldIn = (escrow: Escrow): readonly HeldTokenSet[] =>
  escrow === undefined || escrow === 'unreadable' ? [] : escrow;

/** What Parameter Store holds of a connection. Of SecureStrings the type alone is known. */
export interface StoredParameters {
  /** The config's text. */
  readonly config: string | undefined;
  readonly clientSecretType: string | undefined;
  readonly stagedSecretType: string | undefined;
  readonly hasEscrow: boolean;
}

/** Reads them in one call. Nothing is decrypted. */
export async function readParameters(
  { aws, settings }: Context,
  connection: string,
): Promise<StoredParameters> {
  const names = parameterNames(connection, settings.parameterPrefix);
  const { Parameters = [] } = await aws.ssm.send(
    new GetParametersCommand({ Names: Object.values(names), WithDecryption: false }),
  );
  const find = (name: string) => Parameters.find((parameter) => parameter.Name === name);
  return {
    config: find(names.config)?.Value,
    clientSecretType: find(names.clientSecret)?.Type,
    stagedSecretType: find(names.stagedClientSecret)?.Type,
    hasEscrow: find(names.escrow) !== undefined,
  };
}
