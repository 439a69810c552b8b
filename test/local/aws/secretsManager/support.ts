import { SecretsManagerModel } from '../../../../local/aws/secretsManager/secretsManager';

export const hourMs = 60 * 60 * 1000;
export const dayMs = 24 * hourMs;
export const versionId = (n: number) => `version-${String(n).padStart(28, '0')}`;

export function prepare() {
  const clock = { nowMs: Date.UTC(2026, 10, 24, 8) };
  const model = new SecretsManagerModel(() => clock.nowMs);
  const put = (n: number, value = `value-${n}`, VersionStages?: string[]) =>
    model.putSecretValue({
      SecretId: 'sfmc/acme',
      ClientRequestToken: versionId(n),
      SecretString: value,
      VersionStages,
    });
  const stages = () => model.describeSecret({ SecretId: 'sfmc/acme' }).VersionIdsToStages ?? {};
  return { clock, model, put, stages };
}

export function prepareWithSecret() {
  const prepared = prepare();
  const { ARN: arn } = prepared.model.createSecret({
    Name: 'sfmc/acme',
    ClientRequestToken: versionId(1),
    SecretString: 'value-1',
  });
  return { ...prepared, arn };
}
