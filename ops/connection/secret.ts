import { DescribeSecretCommand, type SecretListEntry } from '@aws-sdk/client-secrets-manager';
import type { ListedVersion } from '../../lambda/core/facts';
import { Redacted } from '../../lambda/core/redacted';
import { parseStoredTokens, refreshTokenOf, type StoredVersion } from '../../lambda/core/tokenSet';
import type { SecretText } from '../../lambda/effects/secretStore';
import { StoreFailure } from '../../lambda/effects/storeFailure';
import type { AwsAccess } from '../awsAccess';
import { isNotFound } from '../failures/awsFailure';

/** Secrets Manager's own rotation of a secret. */
export interface RotationConfiguration {
  /** The rotator, which the stack attaches for Secrets Manager's own rotation. */
  readonly functionArn: string | undefined;
  /** Secrets Manager's own rotation has been turned off; the function may still be named. */
  readonly isRotationOff: boolean;
}

/** What is known of a secret without reading its value. */
export interface SecretDescription extends RotationConfiguration {
  readonly arn: string;
  /** Undefined under the AWS managed key `aws/secretsmanager`. */
  readonly kmsKeyId: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
  /** Other Regions that have a copy. */
  readonly replicaRegions: readonly string[];
  /** When anything of it was last changed, a label moved among it. */
  readonly changedAtMs: number | undefined;
  /** When it is marked for deletion: the end of the recovery window. */
  readonly deletionAtMs: number | undefined;
}

/** From what AWS says of a secret, alone or in a listing. */
export const rotationOf = ({
  RotationLambdaARN,
  RotationEnabled,
}: Pick<SecretListEntry, 'RotationLambdaARN' | 'RotationEnabled'>): RotationConfiguration => ({
  functionArn: RotationLambdaARN,
  isRotationOff: RotationEnabled === false,
});

/** Undefined if there is no secret. */
export async function describeSecret(
  access: AwsAccess,
  connection: string,
): Promise<SecretDescription | undefined> {
  try {
    const output = await access.aws.secretsManager.send(
      new DescribeSecretCommand({ SecretId: secretName(access, connection) }),
    );
    return {
      arn: output.ARN ?? '',
      kmsKeyId: output.KmsKeyId,
      ...rotationOf(output),
      tags: Object.fromEntries((output.Tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value])),
      replicaRegions: (output.ReplicationStatus ?? []).flatMap(({ Region }) => Region ?? []),
      changedAtMs: output.LastChangedDate?.getTime(),
      deletionAtMs: output.DeletedDate?.getTime(),
    };
  } catch (thrown) {
    if (isNotFound(thrown)) return undefined;
    throw thrown;
  }
}

/** What the connection's secret holds under AWSCURRENT. */
export type StoredToken =
  | { readonly kind: 'noSecret' }
  /** Scheduled for deletion: it can be neither read nor written, and taken back whole. */
  | { readonly kind: 'deleted' }
  | { readonly kind: 'malformed'; readonly problem: string }
  | { readonly kind: 'stored'; readonly version: StoredVersion };

export const secretName = ({ settings }: AwsAccess, connection: string) =>
  `${settings.secretPrefix}${connection}`;

/** @throws StoreFailure */
export async function readToken(access: AwsAccess, connection: string): Promise<StoredToken> {
  const text = await readText(access, secretName(access, connection));
  return text === 'noSecret' || text === 'deleted' ? { kind: text } : storedToken(text);
}

/** @param text undefined if nothing is stored */
export function storedToken(text: SecretText | undefined): StoredToken {
  // A secret that was made without a value.
  const { versionId = '', stages = [], createdAtMs = 0 } = text ?? {};
  const tokens = parseStoredTokens(text?.text ?? '{}');
  if (tokens.ok) {
    const version = { versionId, stages, createdAtMs, tokens: tokens.value };
    return { kind: 'stored', version: { ...version, text: new Redacted(text?.text ?? '') } };
  }
  const { field, problem } = tokens;
  return {
    kind: 'malformed',
    problem: field ? `has a member ${field} that ${problem}` : problem,
  };
}

async function readText({ secretStore }: AwsAccess, secretId: string) {
  try {
    return await secretStore.readCurrent(secretId);
  } catch (thrown) {
    if (thrown instanceof StoreFailure && thrown.kind === 'missing') return 'noSecret';
    if (thrown instanceof StoreFailure && thrown.kind === 'deleted') return 'deleted';
    throw thrown;
  }
}

/**
 * The refresh tokens in the versions that have a label, the one before the present one among them:
 * of two connections that one login was seeded into, the one may be a rotation ahead.
 */
export async function readFingerprints(
  access: AwsAccess,
  name: string,
  versions: readonly ListedVersion[],
): Promise<ReadonlySet<string>> {
  const secretId = secretName(access, name);
  const found = new Set<string>();
  for (const { versionId, stages } of versions) {
    if (stages.length === 0) continue;
    try {
      const { text } = await access.secretStore.readVersion(secretId, versionId);
      const tokens = parseStoredTokens(text);
      const token = tokens.ok ? refreshTokenOf(tokens.value) : undefined;
      if (token) found.add(token.fingerprint);
    } catch (thrown) {
      // A pending version may have no value yet.
      if (!(thrown instanceof StoreFailure && thrown.kind === 'missing')) throw thrown;
    }
  }
  return found;
}

/** What stands for an AWSCURRENT that holds no token set. */
export const nothingStored: StoredVersion = {
  versionId: '',
  stages: [],
  createdAtMs: 0,
  tokens: { kind: 'notSeeded' },
  text: new Redacted(''),
};
