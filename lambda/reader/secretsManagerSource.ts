import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { refuseUnknownOptions } from './options';
import { longestReadMs, refuseIfDeleted, type TokenSource } from './tokenSource';

export interface SecretsManagerSourceOptions {
  /** @default one of its own, made at the first read, that gives up a hanging request after 3 s */
  readonly client?: SecretsManagerClient | undefined;
}

/**
 * Reads with one GetSecretValue. The SDK is loaded at the first read, so that a function which uses
 * another source never loads it.
 *
 * @throws TokenReaderError `InvalidOptions`
 */
export function secretsManagerSource(options: SecretsManagerSourceOptions = {}): TokenSource {
  refuseUnknownOptions(options, 'secretsManagerSource', ['client']);
  let { client } = options;
  return {
    async read(secretId) {
      // A static import in a module of its own would be moved to the top by a bundler that leaves
      // the SDK outside.
      const sdk = await import('@aws-sdk/client-secrets-manager');
      client ??= new sdk.SecretsManagerClient({
        maxAttempts: 3,
        // Without the last member a request that takes too long is only warned of.
        requestHandler: {
          connectionTimeout: 1_000,
          requestTimeout: 3_000,
          throwOnRequestTimeout: true,
        },
      });
      try {
        const output = await client.send(
          new sdk.GetSecretValueCommand({ SecretId: secretId, VersionStage: 'AWSCURRENT' }),
          // Whatever the client's own limits are; they do not cover a body that never ends.
          { abortSignal: AbortSignal.timeout(longestReadMs) },
        );
        return output.SecretString ?? '';
      } catch (thrown) {
        if (lacksValue(thrown)) return undefined;
        refuseIfDeleted(thrown, secretId);
        throw thrown;
      }
    },
  };
}

/** Secrets Manager answers a secret without a value as it does a missing one, but for its text. */
function lacksValue(thrown: unknown): boolean {
  return (
    thrown instanceof Error &&
    thrown.name === 'ResourceNotFoundException' &&
    thrown.message.includes('secret value')
  );
}
