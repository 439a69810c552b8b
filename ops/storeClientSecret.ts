import type { Redacted } from '../lambda/core/redacted';
import { isDenied } from './awsFailure';
import type { Context } from './context';
import { readClientSecretKeyId } from './doctor/keys';

/**
 * Writes a client secret, staged or in use, under the key that the one in use has: PutParameter
 * takes the account's own `aws/ssm` where none is named (AWS Systems Manager API Reference). So it
 * does for those who may not look.
 *
 * @throws StoreFailure; what AWS answers to the question for the key.
 */
export async function storeClientSecret(
  context: Context,
  connection: string,
  parameterName: string,
  clientSecret: Redacted,
): Promise<void> {
  const keyId = await keyInUse(context, connection);
  await context.parameterStore.writeSecure(parameterName, clientSecret.reveal(), keyId);
}

async function keyInUse(context: Context, connection: string): Promise<string | undefined> {
  try {
    return await readClientSecretKeyId(context, connection);
  } catch (thrown) {
    if (isDenied(thrown)) return undefined;
    throw thrown;
  }
}
