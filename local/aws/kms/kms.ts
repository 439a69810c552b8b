import { createHash } from 'node:crypto';
import { accountId } from '../account';
import { AwsError } from '../awsError';
import { check, type Input, required, string } from '../shapes';

const DescribeKey = { KeyId: required(string(1, 2048)) };

const awsManagedDescriptions = new Map([
  ['alias/aws/secretsmanager', 'Default key that protects my Secrets Manager data'],
  ['alias/aws/ssm', 'Default key that protects my SSM parameters'],
]);

const arnPrefix = /^arn:aws:kms:[a-z0-9-]+:\d{12}:(?:key\/(?=\w)|(?=alias\/))/;

/** A key id or an alias, out of the ARN of either. */
const nameIn = (keyId: string) => keyId.replace(arnPrefix, '');

/** A key known by its alias alone has an id all the same, and always the same one. */
function idOf(name: string): string {
  if (!name.startsWith('alias/')) return name;
  const hash = createHash('sha256').update(name).digest('hex');
  return hash.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-4$3-8$4-$5');
}

const keyArn = (region: string, id: string) => `arn:aws:kms:${region}:${accountId}:key/${id}`;

/**
 * KMS, which knows the keys that AWS keeps for Secrets Manager and Parameter Store, and those that
 * secrets and parameters name; all are enabled, and encrypt nothing. Source: AWS KMS API reference.
 */
export class KmsModel {
  /** `namedKeys`: the keys that secrets and parameters name, each by id, alias or ARN. */
  constructor(
    private readonly namedKeys: () => readonly string[],
    private readonly startedAtMs: number,
  ) {}

  describeKey(input: Input<typeof DescribeKey>, region: string) {
    check(DescribeKey, input);
    const name = this.#find(input.KeyId);
    if (name === undefined) throw notFound(input.KeyId, region);
    const description = awsManagedDescriptions.get(name);
    const id = idOf(name);
    return {
      KeyMetadata: {
        AWSAccountId: accountId,
        KeyId: id,
        Arn: keyArn(region, id),
        CreationDate: this.startedAtMs / 1000,
        Enabled: true,
        Description: description ?? '',
        KeyUsage: 'ENCRYPT_DECRYPT',
        KeyState: 'Enabled',
        Origin: 'AWS_KMS',
        KeyManager: description === undefined ? 'CUSTOMER' : 'AWS',
        CustomerMasterKeySpec: 'SYMMETRIC_DEFAULT',
        KeySpec: 'SYMMETRIC_DEFAULT',
        EncryptionAlgorithms: ['SYMMETRIC_DEFAULT'],
        MultiRegion: false,
      },
    };
  }

  /** The ARN of a known key, by id, alias or ARN. */
  arnOf(keyId: string, region: string): string | undefined {
    const name = this.#find(keyId);
    return name && keyArn(region, idOf(name));
  }

  #find(keyId: string): string | undefined {
    const wanted = nameIn(keyId);
    const isWanted = (name: string) => name === wanted || idOf(name) === wanted;
    const managed = [...awsManagedDescriptions.keys()].find(isWanted);
    return managed ?? this.namedKeys().map(nameIn).find(isWanted);
  }
}

function notFound(keyId: string, region: string): AwsError {
  const name = nameIn(keyId);
  return new AwsError(
    'NotFoundException',
    name.startsWith('alias/')
      ? `Alias arn:aws:kms:${region}:${accountId}:${name} is not found.`
      : `Key '${keyArn(region, name)}' does not exist`,
  );
}
