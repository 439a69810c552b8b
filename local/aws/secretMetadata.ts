import type { Secret } from './secrets';

/** The function that rotates a secret, by the secret and its Region; undefined where there is none. */
export type RotationOf = (secret: Secret, region: string) => SecretRotation | undefined;

export interface SecretRotation {
  readonly lambdaArn: string;
  readonly afterDays: number;
}

export const seconds = (ms: number | undefined) => (ms === undefined ? undefined : ms / 1000);

export const identity = ({ arn, name }: Secret) => ({ ARN: arn, Name: name });

/** What DescribeSecret and ListSecrets both tell. */
export function metadata(secret: Secret, rotationOf: RotationOf) {
  const rotation = secret.rotatedBy
    ? { lambdaArn: secret.rotatedBy, afterDays: 1000 }
    : rotationOf(secret, secret.arn.split(':')[3] ?? '');
  return {
    ...identity(secret),
    Description: secret.description,
    KmsKeyId: secret.kmsKeyId,
    ...(rotation && {
      RotationEnabled: true,
      RotationLambdaARN: rotation.lambdaArn,
      RotationRules: { AutomaticallyAfterDays: rotation.afterDays },
    }),
    CreatedDate: seconds(secret.createdAtMs),
    LastChangedDate: seconds(secret.changedAtMs),
    LastAccessedDate: seconds(secret.lastAccessedDayMs),
    DeletedDate: seconds(secret.deletionAtMs),
    Tags:
      secret.tags.size > 0 ? [...secret.tags].map(([Key, Value]) => ({ Key, Value })) : undefined,
  };
}

/** Undefined for a secret without versions, as AWS leaves it out. */
export function stages({ versions }: Secret): Record<string, readonly string[]> | undefined {
  const found: Record<string, readonly string[]> = {};
  for (const { id } of versions.all()) {
    const labels = versions.stagesOf(id);
    if (labels) found[id] = labels;
  }
  return Object.keys(found).length > 0 ? found : undefined;
}
