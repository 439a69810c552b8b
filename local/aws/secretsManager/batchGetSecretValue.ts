import { AwsError } from '../awsError';
import { check } from '../shapes';
import { type SecretsManagerInput as Input, shapes } from './secretsManagerShapes';

/**
 * "If Secrets Manager encounters errors such as AccessDeniedException while attempting to retrieve any
 * of the secrets, you can see the errors in Errors in the response" (API reference,
 * BatchGetSecretValue).
 *
 * @param getSecretValue answers GetSecretValue with all that is checked for it
 */
export async function batchGetSecretValue(
  input: Input<'BatchGetSecretValue'>,
  getSecretValue: (secretId: string) => object | Promise<object>,
): Promise<object> {
  check(shapes.BatchGetSecretValue, input);
  const SecretValues: object[] = [];
  const Errors: object[] = [];
  for (const SecretId of new Set(input.SecretIdList)) {
    try {
      SecretValues.push(await getSecretValue(SecretId));
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      Errors.push({ SecretId, ErrorCode: error.name, Message: error.message });
    }
  }
  return { SecretValues, Errors };
}
