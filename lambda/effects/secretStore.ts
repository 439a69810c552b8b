import type {
  GetSecretValueRequest,
  ListSecretVersionIdsRequest,
  PutSecretValueRequest,
  UpdateSecretVersionStageRequest,
} from '@aws-sdk/client-secrets-manager';
import type { ListedVersion } from '../core/facts';
import { storeAttemptMs } from '../core/limits';
import { decodeText } from '../core/validate';
import { type CallOptions, connectAws } from './awsCalls';
import type { EnvironmentVariables } from './awsEndpoint';
import { storeFailure } from './storeFailure';

/** A version of a secret as stored, its text not yet looked at. */
export interface SecretText {
  readonly versionId: string;
  readonly stages: readonly string[];
  readonly createdAtMs: number;
  readonly text: string;
}

/**
 * The calls that a rotation makes to Secrets Manager, each tried once. All throw StoreFailure.
 * `secretId` is a name or an ARN.
 */
export interface SecretStore {
  /** Undefined if the secret exists and has no AWSCURRENT version. */
  readCurrent(secretId: string): Promise<SecretText | undefined>;
  readVersion(secretId: string, versionId: string): Promise<SecretText>;
  /** All versions that are still kept, those without a label too, in no particular order. */
  listVersions(secretId: string): Promise<ListedVersion[]>;
  /**
   * Writes a version and moves `stages` to it, AWSCURRENT by default. May be repeated with the
   * same `versionId` and text (PutSecretValue is idempotent on ClientRequestToken).
   */
  put(secretId: string, versionId: string, text: string, stages?: readonly string[]): Promise<void>;
  /** Moves a staging label between two versions; without `to` it is taken away. */
  moveStage(secretId: string, stage: string, from?: string, to?: string): Promise<void>;
}

/** What is called of Secrets Manager, by the function's own calls or by the SDK's `SecretsManager`. */
export interface SecretsManagerCalls {
  getSecretValue(
    input: GetSecretValueRequest,
    options: CallOptions,
  ): Promise<
    VersionOutput & {
      SecretString?: string | undefined;
      /** In base64, which the SDK makes bytes of. */
      SecretBinary?: string | Uint8Array | undefined;
    }
  >;
  listSecretVersionIds(
    input: ListSecretVersionIdsRequest,
    options: CallOptions,
  ): Promise<{ Versions?: VersionOutput[] | undefined; NextToken?: string | undefined }>;
  putSecretValue(input: PutSecretValueRequest, options: CallOptions): Promise<unknown>;
  updateSecretVersionStage(
    input: UpdateSecretVersionStageRequest,
    options: CallOptions,
  ): Promise<unknown>;
}

interface VersionOutput {
  readonly VersionId?: string | undefined;
  readonly VersionStages?: string[] | undefined;
  /** Seconds since the epoch, which the SDK makes a Date of. */
  readonly CreatedDate?: number | Date | undefined;
}

const store = 'Secrets Manager';

/** A store on calls that are tried once: the rotation has its own budget. */
export function connectSecretStore(env: EnvironmentVariables): SecretStore {
  const call = connectAws(
    {
      name: 'secretsmanager',
      target: 'secretsmanager',
      version: '1.1',
      variable: 'SECRETS_MANAGER',
    },
    env,
  );
  return createSecretStore({
    getSecretValue: (input, options) => call('GetSecretValue', input, options),
    listSecretVersionIds: (input, options) => call('ListSecretVersionIds', input, options),
    putSecretValue: (input, options) => call('PutSecretValue', input, options),
    updateSecretVersionStage: (input, options) => call('UpdateSecretVersionStage', input, options),
  });
}

/** By any client; each call gets the time of one attempt. */
export function createSecretStore(client: SecretsManagerCalls): SecretStore {
  const abort = () => ({ abortSignal: AbortSignal.timeout(storeAttemptMs) });

  async function read(secretId: string, version: { VersionId: string } | { VersionStage: string }) {
    const output = await client.getSecretValue({ SecretId: secretId, ...version }, abort());
    return {
      versionId: output.VersionId ?? '',
      stages: output.VersionStages ?? [],
      createdAtMs: createdAtMs(output),
      text: output.SecretString ?? textOfBinary(output.SecretBinary),
    };
  }

  return {
    async readCurrent(secretId) {
      try {
        return await read(secretId, { VersionStage: 'AWSCURRENT' });
      } catch (thrown) {
        if (lacksValue(thrown)) return undefined;
        throw storeFailure(store, 'GetSecretValue', secretId, thrown);
      }
    },

    async readVersion(secretId, versionId) {
      try {
        return await read(secretId, { VersionId: versionId });
      } catch (thrown) {
        throw storeFailure(store, 'GetSecretValue', secretId, thrown);
      }
    },

    async listVersions(secretId) {
      try {
        const versions: ListedVersion[] = [];
        let next: string | undefined;
        // Secrets Manager keeps about 100 versions and gives up to 100 a page.
        for (let page = 0; page < 5; page++) {
          const output = await client.listSecretVersionIds(
            {
              SecretId: secretId,
              IncludeDeprecated: true,
              MaxResults: 100,
              ...(next === undefined ? {} : { NextToken: next }),
            },
            abort(),
          );
          for (const version of output.Versions ?? []) {
            if (version.VersionId === undefined) continue;
            versions.push({
              versionId: version.VersionId,
              stages: version.VersionStages ?? [],
              createdAtMs: createdAtMs(version),
            });
          }
          next = output.NextToken;
          if (!next) break;
        }
        return versions;
      } catch (thrown) {
        throw storeFailure(store, 'ListSecretVersionIds', secretId, thrown);
      }
    },

    async put(secretId, versionId, text, stages) {
      try {
        await client.putSecretValue(
          {
            SecretId: secretId,
            ClientRequestToken: versionId,
            SecretString: text,
            ...(stages === undefined ? {} : { VersionStages: [...stages] }),
          },
          abort(),
        );
      } catch (thrown) {
        throw storeFailure(store, 'PutSecretValue', secretId, thrown);
      }
    },

    async moveStage(secretId, stage, from, to) {
      try {
        await client.updateSecretVersionStage(
          {
            SecretId: secretId,
            VersionStage: stage,
            ...(from === undefined ? {} : { RemoveFromVersionId: from }),
            ...(to === undefined ? {} : { MoveToVersionId: to }),
          },
          abort(),
        );
      } catch (thrown) {
        throw storeFailure(store, 'UpdateSecretVersionStage', secretId, thrown);
      }
    },
  };
}

/** A value that was stored as bytes, by a console or a command of its own. */
const textOfBinary = (binary: string | Uint8Array = '') =>
  decodeText(typeof binary === 'string' ? Buffer.from(binary, 'base64') : binary);

function createdAtMs({ CreatedDate = 0 }: VersionOutput): number {
  return typeof CreatedDate === 'number' ? Math.round(CreatedDate * 1_000) : CreatedDate.getTime();
}

/** Secrets Manager answers a secret without a value as it does a missing one, except for its text. */
function lacksValue(thrown: unknown): boolean {
  return (
    thrown instanceof Error &&
    thrown.name === 'ResourceNotFoundException' &&
    thrown.message.includes('secret value')
  );
}
