import type { AwsRequest } from '../awsRequest';
import type { Models } from '../models';
import { type AccessCheck, aliasesOf, describedSecret } from './accessChecks';

/** A use of a key that a service makes in its caller's name. */
interface KeyUse {
  readonly action: 'kms:Decrypt' | 'kms:Encrypt' | 'kms:GenerateDataKey';
  /** By id, alias or ARN. */
  readonly keyId: string;
}

const standardMaxBytes = 4096;

/**
 * What KMS is asked about a request, once IAM has let it through. Source: Secrets Manager user
 * guide, "Secret encryption and decryption"; Systems Manager user guide, "AWS KMS encryption for
 * Parameter Store SecureString parameters".
 */
export function keyUsesOf(request: AwsRequest, models: Models): readonly AccessCheck[] {
  const { service, region } = request;
  const uses =
    service === 'secretsmanager'
      ? ofSecret(request, models)
      : service === 'ssm'
        ? ofParameters(request, models)
        : [];
  return uses.map(({ action, keyId }) => {
    const resource = models.kms.arnOf(keyId, region) ?? keyId;
    const via = { 'kms:ViaService': `${service}.${region}.amazonaws.com` };
    return { action, resource, context: { ...via, ...aliasesOf(resource, region, models) } };
  });
}

function ofSecret({ operation, input }: AwsRequest, models: Models): readonly KeyUse[] {
  const secret = describedSecret(input.SecretId, models);
  const keyId = String(input.KmsKeyId ?? secret?.KmsKeyId ?? 'alias/aws/secretsmanager');
  const hasValue = input.SecretString !== undefined || input.SecretBinary !== undefined;
  const read: KeyUse = { action: 'kms:Decrypt', keyId };
  const write: KeyUse = { action: 'kms:GenerateDataKey', keyId };
  switch (operation) {
    case 'GetSecretValue':
      return secret ? [read] : [];
    case 'PutSecretValue': {
      if (!secret) return [];
      // A version that is there already is compared with what is sent.
      const versions = models.secretsManager.listSecretVersionIds({
        SecretId: secret.ARN,
        IncludeDeprecated: true,
      }).Versions;
      const isThere = versions.some(({ VersionId }) => VersionId === input.ClientRequestToken);
      return isThere ? [read] : [write];
    }
    case 'UpdateSecret':
      if (input.KmsKeyId === undefined) return hasValue ? [write] : [];
      // Without it AWS changes the key all the same, and leaves older versions as they are: they are
      // refused here, so that a missing grant shows.
      return [write, read, { action: 'kms:Encrypt', keyId }];
    case 'CreateSecret':
      // With a key, Secrets Manager makes sure that its caller may use it.
      if (input.KmsKeyId !== undefined) return [write, read];
      return hasValue ? [write] : [];
    default:
      return [];
  }
}

function ofParameters({ operation, input }: AwsRequest, models: Models): readonly KeyUse[] {
  const described = (Key: 'Name' | 'Path', Option: 'Equals' | 'OneLevel' | 'Recursive') => {
    const names = [input.Names ?? input.Name ?? input.Path].flat().map(String);
    const Values = names.map((name) => name.split(':')[0] ?? '');
    return models.parameterStore.describeParameters({ ParameterFilters: [{ Key, Option, Values }] })
      .Parameters;
  };
  switch (operation) {
    case 'GetParameter':
    case 'GetParameterHistory':
    case 'GetParameters':
    case 'GetParametersByPath': {
      if (input.WithDecryption !== true) return [];
      const found =
        operation === 'GetParametersByPath'
          ? described('Path', input.Recursive === true ? 'Recursive' : 'OneLevel')
          : described('Name', 'Equals');
      const keyIds = new Set(found.flatMap(({ KeyId }) => KeyId ?? []));
      return [...keyIds].map((keyId) => ({ action: 'kms:Decrypt', keyId }));
    }
    case 'PutParameter': {
      const [former] = described('Name', 'Equals');
      if ((input.Type ?? former?.Type) !== 'SecureString') return [];
      // "If you don't specify a key ID, the system uses the default key" (API reference, PutParameter).
      const keyId = String(input.KeyId ?? 'alias/aws/ssm');
      const isAdvanced =
        [input.Tier, former?.Tier].includes('Advanced') ||
        Buffer.byteLength(String(input.Value)) > standardMaxBytes;
      return [{ action: isAdvanced ? 'kms:GenerateDataKey' : 'kms:Encrypt', keyId }];
    }
    default:
      return [];
  }
}
