import type * as Sdk from '@aws-sdk/client-secrets-manager';
import { invalidOptions, refuseUnknownOptions } from './options';
import {
  longestReadMs,
  problemOf,
  refuseIfDeleted,
  SourceError,
  type TokenSource,
} from './tokenSource';

/** What is used of a `SecretsManagerClient`: its types are no part of these declarations. */
export interface SecretsManagerLike {
  // biome-ignore lint/suspicious/noExplicitAny: the client's own overloads differ by version
  send(command: any, options?: any): Promise<any>;
}

/** How to reach Secrets Manager. */
export interface SecretsManagerSourceOptions {
  /** @default one of its own, made at the first read, that gives up a hanging request after 3 s */
  readonly client?: SecretsManagerLike | undefined;
  /**
   * The Region of a replica: asked when Secrets Manager fails here, or has not answered after
   * four seconds. A replica may be a rotation behind. @default none is asked
   */
  readonly replicaRegion?: string | undefined;
}

/**
 * Reads with one GetSecretValue. The SDK is loaded at the first read, so that a function which uses
 * another source never loads it.
 *
 * @throws TokenReaderError `InvalidOptions`
 */
export function secretsManagerSource(options: SecretsManagerSourceOptions = {}): TokenSource {
  refuseUnknownOptions(options, 'secretsManagerSource', ['client', 'replicaRegion']);
  const { client, replicaRegion } = options;
  if (replicaRegion !== undefined && !/^[a-z]{2}[a-z-]+-\d+$/.test(replicaRegion)) {
    throw invalidOptions(
      'secretsManagerSource: replicaRegion must be a Region, such as "eu-west-1"',
    );
  }
  const ask = asking(client, {});
  if (replicaRegion === undefined) return { read: (secretId) => ask(secretId, longestReadMs) };
  const askReplica = asking(undefined, { region: replicaRegion });
  return {
    async read(secretId) {
      try {
        return await ask(secretId, longestReadMs * 0.4);
      } catch (thrown) {
        if (!isOutage(thrown)) throw thrown;
        return askReplica(secretId, longestReadMs * 0.4).catch(() => {
          throw thrown;
        });
      }
    },
  };
}

function asking(client: SecretsManagerLike | undefined, settings: { region?: string }) {
  return async (secretId: string, withinMs: number): Promise<string | undefined> => {
    const { SecretsManagerClient, GetSecretValueCommand } = await loadSdk();
    client ??= new SecretsManagerClient({
      ...settings,
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
        new GetSecretValueCommand({ SecretId: secretId, VersionStage: 'AWSCURRENT' }),
        // Whatever the client's own limits are; they do not cover a body that never ends.
        { abortSignal: AbortSignal.timeout(withinMs) },
      );
      return output.SecretString ?? '';
    } catch (thrown) {
      if (lacksValue(thrown)) return undefined;
      refuseIfDeleted(thrown, secretId);
      throw thrown;
    }
  };
}

async function loadSdk(): Promise<typeof Sdk> {
  try {
    // A static import in a module of its own would be moved to the top by a bundler that leaves
    // the SDK outside.
    const sdk: typeof Sdk & { default?: typeof Sdk } = await import(
      '@aws-sdk/client-secrets-manager'
    );
    // A bundler that splits off a CommonJS module leaves it nothing but a default export.
    return 'SecretsManagerClient' in sdk ? sdk : (sdk as { default: typeof Sdk }).default;
  } catch (thrown) {
    throw new SourceError(
      `the AWS SDK cannot be loaded (${problemOf(thrown)})`,
      "Bundle or install @aws-sdk/client-secrets-manager, which Lambda's own Node.js runtimes have.",
    );
  }
}

/** Secrets Manager has not answered, or not about the secret. */
function isOutage(thrown: unknown): boolean {
  if (thrown instanceof SourceError || !(thrown instanceof Error)) return false;
  const { httpStatusCode = 503 } =
    (thrown as { $metadata?: { httpStatusCode?: number } }).$metadata ?? {};
  return httpStatusCode >= 500 || httpStatusCode === 429 || /Throttling/.test(thrown.name);
}

/** Secrets Manager answers a secret without a value as it does a missing one, except for its text. */
function lacksValue(thrown: unknown): boolean {
  return (
    thrown instanceof Error &&
    thrown.name === 'ResourceNotFoundException' &&
    thrown.message.includes('secret value')
  );
}
