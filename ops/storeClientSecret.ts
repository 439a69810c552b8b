import type { Redacted } from '../lambda/core/redacted';
import type { Context } from './context';
import type { DecryptedParameters } from './decryptedParameters';
import { readClientSecretKeyId } from './doctor/keys';
import { isDenied } from './failures/awsFailure';
import { OpsError } from './failures/opsError';

/**
 * Writes a client secret, staged or in use, under the key that the one in use has: PutParameter
 * takes the account's own `aws/ssm` where none is named (AWS Systems Manager API Reference).
 *
 * @param parameters what was there before
 * @throws StoreFailure; OpsError `unavailable` where that key may not be looked up; what else AWS
 * answers to the question for it
 */
export async function storeClientSecret(
  context: Context,
  connection: string,
  parameters: DecryptedParameters,
  parameterName: string,
  clientSecret: Redacted,
): Promise<void> {
  const keyId = await keyInUse(context, connection, parameters);
  await context.parameterStore.writeSecure(parameterName, clientSecret.reveal(), {
    overwrite: true,
    ...(keyId === undefined ? {} : { keyId }),
  });
}

async function keyInUse(
  context: Context,
  connection: string,
  { clientSecret, names }: DecryptedParameters,
): Promise<string | undefined> {
  try {
    return await readClientSecretKeyId(context, connection);
  } catch (thrown) {
    if (!isDenied(thrown)) throw thrown;
    if (clientSecret === undefined) return undefined;
    throw new OpsError(
      'unavailable',
      `The key of ${names.clientSecret} may not be looked up, so the client secret was not written: ` +
        'it could come under another key. Have ssm:GetParameterHistory on this parameter allowed ' +
        `to you. ${(thrown as Error).message}`,
      { cause: thrown },
    );
  }
}
