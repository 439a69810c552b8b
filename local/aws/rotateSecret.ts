import { randomUUID } from 'node:crypto';
import type { Models } from './models';
import type { SecretsManagerInput } from './secretsManagerShapes';

const steps = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'] as const;

/**
 * Has the attached function perform the four steps, one after the other, as Secrets Manager does
 * (AWS Secrets Manager User Guide, "Lambda rotation functions"). It answers before they have begun. A
 * step that fails ends them: they are not repeated here.
 */
export function rotateSecret(
  { secretsManager, localFunction }: Models,
  input: SecretsManagerInput<'RotateSecret'>,
  region: string,
) {
  const { functionArn: _, ...identity } = secretsManager.rotateSecret(input, region);
  const versionId = input.ClientRequestToken ?? randomUUID();
  const perform = async () => {
    for (const Step of steps) {
      const event = { Step, SecretId: identity.ARN, ClientRequestToken: versionId };
      const outcome = await localFunction?.invoke({ requestId: randomUUID(), region, event });
      if (outcome?.failed !== false) return;
    }
  };
  if (input.RotateImmediately !== false) void perform();
  return { ...identity, VersionId: versionId };
}
