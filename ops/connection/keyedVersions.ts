import { paginateListSecretVersionIds } from '@aws-sdk/client-secrets-manager';
import { unlabelledToTry } from '../../lambda/core/candidates';
import type { ListedVersion } from '../../lambda/core/facts';
import type { AwsAccess } from '../awsAccess';
import { defaultSecretKey } from './keys';

/** A version of the secret, with the keys that it is under, as AWS names them. */
export interface KeyedVersion extends ListedVersion {
  readonly keyIds: readonly string[];
}

/** @throws what AWS answers */
export async function listKeyedVersions(
  { aws }: Pick<AwsAccess, 'aws'>,
  SecretId: string,
): Promise<KeyedVersion[]> {
  const pages = paginateListSecretVersionIds(
    { client: aws.secretsManager, pageSize: 100 },
    { SecretId, IncludeDeprecated: true },
  );
  const found: KeyedVersion[] = [];
  for await (const { Versions = [] } of pages) {
    for (const { VersionId = '', VersionStages = [], CreatedDate, KmsKeyIds = [] } of Versions) {
      found.push({
        versionId: VersionId,
        stages: VersionStages,
        createdAtMs: CreatedDate?.getTime() ?? 0,
        // In a list of versions AWS's own key has a name of its own.
        keyIds: KmsKeyIds.map((id) => (id === 'DefaultEncryptionKey' ? defaultSecretKey : id)),
      });
    }
  }
  return found;
}

/** Those that a rotation looks into: with a label, and the newest without one. */
export const versionsInUse = <Version extends ListedVersion>(
  listed: readonly Version[],
): readonly Version[] => [
  ...listed.filter(({ stages }) => stages.length > 0),
  ...unlabelledToTry(listed),
];
