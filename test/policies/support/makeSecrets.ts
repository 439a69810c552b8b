import { randomUUID } from 'node:crypto';
import { connectionTag } from '../../../lambda/core/names';
import type { AwsLocal } from '../../../local/aws/server';

/** Makes the secrets that no stack has made: those of a fleet, as `ops seed` makes them. */
export function makeSecrets(
  { secretsManager }: AwsLocal,
  connections: readonly string[],
  kmsKeyArn?: string,
): void {
  for (const connection of connections) {
    if (secretsManager.arnOf(`sfmc/${connection}`) !== undefined) continue;
    secretsManager.createSecret({
      Name: `sfmc/${connection}`,
      ClientRequestToken: randomUUID(),
      SecretString: '{}',
      KmsKeyId: kmsKeyArn,
      Tags: [{ Key: connectionTag, Value: connection }],
    });
  }
}
