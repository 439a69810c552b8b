import { DescribeKeyCommand } from '@aws-sdk/client-kms';
import { DescribeParametersCommand } from '@aws-sdk/client-ssm';
import { parameterNames } from '../../lambda/core/names';
import { isMissing } from '../awsFailure';
import type { Context } from '../context';
import type { Reading } from '../observing/reading';
import { type Check, type Finding, fail, notRead, ok, skip } from './check';
import type { Observed } from './observe';

/** A KMS key as far as it matters to who encrypts under it. */
export interface Key {
  /** Its ARN where it exists, else the name by which it was asked for. */
  readonly arn: string;
  readonly isAwsManaged: boolean;
  /** `Enabled`, `Disabled`, `PendingDeletion` and so on; `missing` where there is none. */
  readonly state: string;
}

export const defaultSecretKey = 'alias/aws/secretsmanager';
const awsManaged = /^alias\/aws\//;

export async function readKey({ aws }: Context, keyId: string): Promise<Key> {
  try {
    const { KeyMetadata } = await aws.kms.send(new DescribeKeyCommand({ KeyId: keyId }));
    return {
      arn: KeyMetadata?.Arn ?? keyId,
      isAwsManaged: KeyMetadata?.KeyManager === 'AWS',
      state: KeyMetadata?.KeyState ?? 'unknown',
    };
  } catch (thrown) {
    if (!isMissing(thrown)) throw thrown;
    const isAwsManaged = awsManaged.test(keyId);
    // KMS makes its own key in a Region when it is first used.
    return { arn: keyId, isAwsManaged, state: isAwsManaged ? 'Enabled' : 'missing' };
  }
}

/** The key of the client secret; undefined where there is no such parameter. */
export async function readClientSecretKeyId(
  { aws, settings }: Context,
  connection: string,
): Promise<string | undefined> {
  const { clientSecret } = parameterNames(connection, settings.parameterPrefix);
  const { Parameters = [] } = await aws.ssm.send(
    new DescribeParametersCommand({
      ParameterFilters: [{ Key: 'Name', Option: 'Equals', Values: [clientSecret] }],
    }),
  );
  return Parameters[0]?.KeyId;
}

export function keyChecks({ secretKey, clientSecretKey, isFleet }: Observed): Check[] {
  // DescribeParameters knows no resources: those who look after some connections of a fleet have not
  // got it.
  const isWithheld = isFleet && clientSecretKey?.known === false && clientSecretKey.denied;
  return [
    { id: 'secret-key', title: 'key of secret', ...keyFinding(secretKey) },
    {
      id: 'client-secret-key',
      title: 'key of parameter',
      ...(isWithheld ? skip(clientSecretKey.why) : keyFinding(clientSecretKey)),
    },
  ];
}

export function keyFinding(key: Reading<Key> | undefined): Finding {
  if (key === undefined) return skip('There is nothing encrypted, or it could not be looked at.');
  if (!key.known) return notRead(key);
  const { arn, state, isAwsManaged } = key.value;
  if (state === 'Enabled') return ok(isAwsManaged ? 'AWS managed' : `customer managed, ${arn}`);
  const what = `The key ${arn} is ${state}: nothing can be read or written under it.`;
  if (/^Pending.*Deletion$/.test(state)) {
    return fail(
      what,
      'At once: aws kms cancel-key-deletion, then aws kms enable-key. A deleted key takes the ' +
        'tokens with it.',
    );
  }
  return fail(
    what,
    state === 'Disabled'
      ? 'Enable it: aws kms enable-key.'
      : 'Have the owner of the key make it usable, or deploy the stack with another kmsKeyArn.',
  );
}
