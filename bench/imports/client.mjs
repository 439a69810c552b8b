/** The AWS SDK's client alone: what each of the libraries beside this cannot do without. */
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

export async function handler({ connection }) {
  const client = new SecretsManagerClient({});
  const output = await client.send(new GetSecretValueCommand({ SecretId: `sfmc/${connection}` }));
  return JSON.parse(output.SecretString);
}
