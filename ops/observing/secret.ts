import { DescribeSecretCommand } from '@aws-sdk/client-secrets-manager';
import type { Context } from '../context';
import { isMissing } from '../failures/awsFailure';
import { secretName } from './token';

/** What is known of a secret without reading its value. */
export interface SecretDescription {
  readonly arn: string;
  /** Undefined under the AWS managed key `aws/secretsmanager`. */
  readonly kmsKeyId: string | undefined;
  /** The rotator, which the stack attaches for Secrets Manager's own rotation. */
  readonly functionArn: string | undefined;
  /** Secrets Manager's own rotation has been turned off; the function may still be named. */
  readonly isRotationOff: boolean;
  readonly tags: Readonly<Record<string, string>>;
  /** Other Regions that have a copy. */
  readonly replicaRegions: readonly string[];
  /** When anything of it was last changed, a label moved among it. */
  readonly changedAtMs: number | undefined;
  /** When it is marked for deletion: the end of the recovery window. */
  readonly deletionAtMs: number | undefined;
}

/** Undefined where there is no secret. */
export async function describeSecret(
  context: Context,
  connection: string,
): Promise<SecretDescription | undefined> {
  try {
    const output = await context.aws.secretsManager.send(
      new DescribeSecretCommand({ SecretId: secretName(context, connection) }),
    );
    return {
      arn: output.ARN ?? '',
      kmsKeyId: output.KmsKeyId,
      functionArn: output.RotationLambdaARN,
      isRotationOff: output.RotationEnabled === false,
      tags: Object.fromEntries((output.Tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value])),
      replicaRegions: (output.ReplicationStatus ?? []).flatMap(({ Region }) => Region ?? []),
      changedAtMs: output.LastChangedDate?.getTime(),
      deletionAtMs: output.DeletedDate?.getTime(),
    };
  } catch (thrown) {
    if (isMissing(thrown)) return undefined;
    throw thrown;
  }
}
