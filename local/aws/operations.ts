import { AwsError } from './awsError';
import type { AwsRequest } from './awsRequest';
import type { ParameterStoreModel } from './parameterStore';
import type { SecretsManagerModel } from './secretsManager';
import { CURRENT, PREVIOUS } from './secretVersions';

/** An operation of a model. Its request is checked by the model itself, hence `never`. */
type Operation = (input: never, region: string) => object;

/** Every operation served, by `service:operation` as IAM writes it. */
export function operationsOf(
  secrets: SecretsManagerModel,
  parameters: ParameterStoreModel,
): ReadonlyMap<string, Operation> {
  return new Map<string, Operation>([
    ['secretsmanager:CreateSecret', (input, region) => secrets.createSecret(input, region)],
    ['secretsmanager:DeleteSecret', (input, region) => secrets.deleteSecret(input, region)],
    ['secretsmanager:DescribeSecret', (input) => secrets.describeSecret(input)],
    ['secretsmanager:GetSecretValue', (input) => secrets.getSecretValue(input)],
    ['secretsmanager:ListSecretVersionIds', (input) => secrets.listSecretVersionIds(input)],
    ['secretsmanager:ListSecrets', (input) => secrets.listSecrets(input)],
    ['secretsmanager:PutSecretValue', (input) => secrets.putSecretValue(input)],
    ['secretsmanager:RestoreSecret', (input) => secrets.restoreSecret(input)],
    ['secretsmanager:TagResource', (input) => secrets.tagResource(input)],
    ['secretsmanager:UpdateSecret', (input) => secrets.updateSecret(input)],
    ['secretsmanager:UpdateSecretVersionStage', (input) => secrets.updateSecretVersionStage(input)],
    ['ssm:DeleteParameter', (input) => parameters.deleteParameter(input)],
    ['ssm:DeleteParameters', (input) => parameters.deleteParameters(input)],
    ['ssm:DescribeParameters', (input) => parameters.describeParameters(input)],
    ['ssm:GetParameter', (input) => parameters.getParameter(input)],
    ['ssm:GetParameters', (input) => parameters.getParameters(input)],
    ['ssm:GetParametersByPath', (input) => parameters.getParametersByPath(input)],
    ['ssm:PutParameter', (input, region) => parameters.putParameter(input, region)],
  ]);
}

/**
 * GetSecretValue as an eventually consistent read may still answer it: with the version that was
 * AWSCURRENT before. Undefined where the request names another version or there was none before.
 */
export function staleSecretValue(secrets: SecretsManagerModel, { input }: AwsRequest) {
  const { SecretId, VersionId, VersionStage = CURRENT } = input;
  if (VersionId !== undefined || VersionStage !== CURRENT) return undefined;
  try {
    const value = secrets.getSecretValue({ SecretId: String(SecretId), VersionStage: PREVIOUS });
    return { ...value, VersionStages: [CURRENT] };
  } catch (error) {
    if (error instanceof AwsError) return undefined;
    throw error;
  }
}
