import { DescribeKeyCommand } from '@aws-sdk/client-kms';
import { type ParameterHistory, paginateGetParameterHistory } from '@aws-sdk/client-ssm';
import { parameterNames } from '../../lambda/core/names';
import type { AwsAccess } from '../awsAccess';
import { isNotFound } from '../failures/awsFailure';

/** A KMS key as far as it matters to who encrypts under it. */
export interface Key {
  /** Its ARN if it exists, else the name by which it was asked for. */
  readonly arn: string;
  readonly isAwsManaged: boolean;
  /** `Enabled`, `Disabled`, `PendingDeletion` and so on; `missing` if there is none. */
  readonly state: string;
}

export const defaultSecretKey = 'alias/aws/secretsmanager';
export const defaultParameterKey = 'alias/aws/ssm';
const awsManaged = /^alias\/aws\//;

export async function readKey({ aws }: AwsAccess, keyId: string): Promise<Key> {
  try {
    const { KeyMetadata } = await aws.kms.send(new DescribeKeyCommand({ KeyId: keyId }));
    return {
      arn: KeyMetadata?.Arn ?? keyId,
      isAwsManaged: KeyMetadata?.KeyManager === 'AWS',
      state: KeyMetadata?.KeyState ?? 'unknown',
    };
  } catch (thrown) {
    if (!isNotFound(thrown)) throw thrown;
    const isAwsManaged = awsManaged.test(keyId);
    // KMS makes its own key in a Region when it is first used.
    return { arn: keyId, isAwsManaged, state: isAwsManaged ? 'Enabled' : 'missing' };
  }
}

/** The key of the client secret; undefined if there is no such parameter. */
export function readClientSecretKeyId(
  access: AwsAccess,
  connection: string,
): Promise<string | undefined> {
  const { clientSecret } = parameterNames(connection, access.settings.parameterPrefix);
  return readParameterKeyId(access, clientSecret);
}

/**
 * The key of a parameter; undefined if there is none, or it is not encrypted. From the
 * history, since IAM can limit that to a path, and the listing of parameters to none (Service
 * Authorization Reference, "Actions, resources, and condition keys for AWS Systems Manager").
 */
export async function readParameterKeyId(
  { aws }: AwsAccess,
  Name: string,
): Promise<string | undefined> {
  const pages = paginateGetParameterHistory(
    { client: aws.ssm, pageSize: 50 },
    { Name, WithDecryption: false },
  );
  let newest: ParameterHistory = {};
  try {
    for await (const { Parameters = [] } of pages) {
      newest = Parameters.reduce(newerOf, newest);
    }
  } catch (thrown) {
    if (!isNotFound(thrown)) throw thrown;
  }
  return newest.KeyId;
}

/** No order is promised. */
const newerOf = (a: ParameterHistory, b: ParameterHistory) =>
  (b.Version ?? 0) > (a.Version ?? 0) ? b : a;
