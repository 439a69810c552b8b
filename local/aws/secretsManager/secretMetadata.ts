import type { Secret, SecretRotation } from './secrets';

/**
 * The function that a stack has attached to a secret, by the secret and its Region; undefined if
 * there is none. One that RotateSecret names takes its place.
 */
export type AttachedRotation = (secret: Secret, region: string) => SecretRotation | undefined;

export function rotationOf(secret: Secret, attached: AttachedRotation): SecretRotation | undefined {
  return secret.rotation ?? attached(secret, secret.arn.split(':')[3] ?? '');
}

export const seconds = (ms: number | undefined) => (ms === undefined ? undefined : ms / 1000);

export const identity = ({ arn, name }: Secret) => ({ ARN: arn, Name: name });

/** What DescribeSecret and ListSecrets both show. */
export function metadata(secret: Secret, attached: AttachedRotation) {
  const rotation = rotationOf(secret, attached);
  return {
    ...identity(secret),
    Description: secret.description,
    KmsKeyId: secret.kmsKeyId,
    ...(rotation && {
      RotationEnabled: true,
      RotationLambdaARN: rotation.lambdaArn,
      RotationRules: rotation.rules,
    }),
    LastRotatedDate: seconds(secret.lastRotatedAtMs),
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
