import {
  GetSecretValueCommand,
  ListSecretVersionIdsCommand,
  PutSecretValueCommand,
  type SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import type { ListedVersion } from '../core/facts';
import { storeAttemptMs } from '../core/limits';
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

const store = 'Secrets Manager';

export function createSecretStore(client: SecretsManagerClient): SecretStore {
  const abort = () => ({ abortSignal: AbortSignal.timeout(storeAttemptMs) });

  async function read(secretId: string, version: { VersionId: string } | { VersionStage: string }) {
    const output = await client.send(
      new GetSecretValueCommand({ SecretId: secretId, ...version }),
      abort(),
    );
    return {
      versionId: output.VersionId ?? '',
      stages: output.VersionStages ?? [],
      createdAtMs: output.CreatedDate?.getTime() ?? 0,
      text: output.SecretString ?? '',
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
          const output = await client.send(
            new ListSecretVersionIdsCommand({
              SecretId: secretId,
              IncludeDeprecated: true,
              MaxResults: 100,
              ...(next === undefined ? {} : { NextToken: next }),
            }),
            abort(),
          );
          for (const version of output.Versions ?? []) {
            if (version.VersionId === undefined) continue;
            versions.push({
              versionId: version.VersionId,
              stages: version.VersionStages ?? [],
              createdAtMs: version.CreatedDate?.getTime() ?? 0,
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
        await client.send(
          new PutSecretValueCommand({
            SecretId: secretId,
            ClientRequestToken: versionId,
            SecretString: text,
            ...(stages === undefined ? {} : { VersionStages: [...stages] }),
          }),
          abort(),
        );
      } catch (thrown) {
        throw storeFailure(store, 'PutSecretValue', secretId, thrown);
      }
    },

    async moveStage(secretId, stage, from, to) {
      try {
        await client.send(
          new UpdateSecretVersionStageCommand({
            SecretId: secretId,
            VersionStage: stage,
            ...(from === undefined ? {} : { RemoveFromVersionId: from }),
            ...(to === undefined ? {} : { MoveToVersionId: to }),
          }),
          abort(),
        );
      } catch (thrown) {
        throw storeFailure(store, 'UpdateSecretVersionStage', secretId, thrown);
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
