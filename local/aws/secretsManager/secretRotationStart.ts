import { type AttachedRotation, rotationOf } from './secretMetadata';
import type { Secret } from './secrets';
import { noRotationFunction, tokenMissing } from './secretsManagerErrors';
import type { SecretsManagerInput } from './secretsManagerShapes';
import { currentLabel, hasValue, pendingLabel } from './secretVersions';

/**
 * How a rotation begins: `test` for one that is to come later, `unfinished` if the one before is
 * not done, which is tried again, and `repeated` if there is nothing to do.
 */
export interface SecretRotationStart {
  readonly kind: 'rotation' | 'test' | 'unfinished' | 'repeated';
  readonly arn: string;
  readonly name: string;
  readonly lambdaArn: string;
  readonly versionId: string;
}

/**
 * Keeps the configuration that RotateSecret brings, and makes the new version, which has AWSPENDING and
 * no value. Source: Secrets Manager API reference, "RotateSecret".
 */
export function startRotation(
  secret: Secret,
  input: SecretsManagerInput<'RotateSecret'>,
  { attached, nowMs }: { readonly attached: AttachedRotation; readonly nowMs: number },
): SecretRotationStart {
  const { versions } = secret;
  const { ClientRequestToken: id, RotationLambdaARN: lambdaArn, RotationRules: rules } = input;
  if (id === undefined) throw tokenMissing();
  const former = rotationOf(secret, attached);
  const arn = lambdaArn || former?.lambdaArn;
  if (arn === undefined) throw noRotationFunction();
  if (lambdaArn || rules) {
    secret.rotation = { lambdaArn: arn, rules: rules ?? former?.rules ?? {} };
    secret.changedAtMs = nowMs;
  }

  const start = { arn: secret.arn, name: secret.name, lambdaArn: arn };
  const pending = versions.holderOf(pendingLabel);
  if (pending !== undefined && pending !== id && pending !== versions.holderOf(currentLabel)) {
    return { ...start, kind: 'unfinished', versionId: pending };
  }
  const known = versions.get(id);
  if (known && (hasValue(known) || pending !== id)) {
    return { ...start, kind: 'repeated', versionId: id };
  }
  if (!known) {
    const version = { id, createdAtMs: nowMs, lastAccessedDayMs: undefined, keyIds: [] };
    versions.add({ ...version, secretString: undefined, secretBinary: undefined }, [pendingLabel]);
  }
  const kind = input.RotateImmediately === false ? 'test' : 'rotation';
  return { ...start, kind, versionId: id };
}
