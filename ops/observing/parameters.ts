import { GetParametersCommand } from '@aws-sdk/client-ssm';
import { parameterNames } from '../../lambda/core/names';
import type { Context } from '../context';

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
