import { refusalOf } from '../refusalOf';
import { prepare, prepareWithSecret, versionId } from './support';

describe('reading values', () => {
  it('gives AWSCURRENT by default', () => {
    const { clock, model, arn, put } = prepareWithSecret();
    clock.nowMs += 1500;
    put(2);

    const value = model.getSecretValue({ SecretId: 'sfmc/acme' });

    expect(value).toEqual({
      ARN: arn,
      Name: 'sfmc/acme',
      VersionId: versionId(2),
      SecretString: 'value-2',
      SecretBinary: undefined,
      VersionStages: ['AWSCURRENT'],
      CreatedDate: clock.nowMs / 1000,
    });
  });

  it('gives a version by its label, its id, or both', () => {
    const { model, put } = prepareWithSecret();
    put(2);
    const read = (selector: object) =>
      model.getSecretValue({ SecretId: 'sfmc/acme', ...selector }).SecretString;

    expect(read({ VersionStage: 'AWSPREVIOUS' })).toBe('value-1');
    expect(read({ VersionId: versionId(1) })).toBe('value-1');
    expect(read({ VersionId: versionId(1), VersionStage: 'AWSPREVIOUS' })).toBe('value-1');
  });

  it('gives a deprecated version by its id, without labels', () => {
    const { model, put } = prepareWithSecret();
    put(2);
    put(3);

    const value = model.getSecretValue({ SecretId: 'sfmc/acme', VersionId: versionId(1) });

    expect(value.SecretString).toBe('value-1');
    expect(value.VersionStages).toBeUndefined();
  });

  it('distinguishes a missing secret from a missing value and from a mismatch', () => {
    const { model } = prepareWithSecret();
    const refusal = (input: { SecretId: string; VersionId?: string; VersionStage?: string }) => {
      const { name, message } = refusalOf(() => model.getSecretValue(input));
      return `${name}: ${message}`;
    };
    const SecretId = 'sfmc/acme';

    expect(refusal({ SecretId: 'sfmc/other' })).toBe(
      "ResourceNotFoundException: Secrets Manager can't find the specified secret.",
    );
    expect(refusal({ SecretId, VersionStage: 'AWSPENDING' })).toBe(
      "ResourceNotFoundException: Secrets Manager can't find the specified secret value for staging label: AWSPENDING",
    );
    expect(refusal({ SecretId, VersionId: versionId(7) })).toBe(
      `ResourceNotFoundException: Secrets Manager can't find the specified secret value for VersionId: ${versionId(7)}`,
    );
    expect(refusal({ SecretId, VersionId: versionId(1), VersionStage: 'AWSPENDING' })).toBe(
      'InvalidRequestException: You provided a VersionStage that is not associated to the provided VersionId.',
    );
  });

  it('finds no value in a secret that was created without one', () => {
    const { model } = prepare();
    model.createSecret({ Name: 'sfmc/acme', ClientRequestToken: versionId(1) });

    const refusal = refusalOf(() => model.getSecretValue({ SecretId: 'sfmc/acme' }));

    expect(refusal.message).toBe(
      "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT",
    );
  });

  it('finds a secret by its name, its ARN, and its ARN without the random suffix', () => {
    const { model, arn } = prepareWithSecret();
    const found = (SecretId: string) => model.getSecretValue({ SecretId }).Name;

    expect(arn).toMatch(/^arn:aws:secretsmanager:us-east-1:123456789012:secret:sfmc\/acme-\w{6}$/);
    expect(found(arn)).toBe('sfmc/acme');
    expect(found(arn.slice(0, -7))).toBe('sfmc/acme');
    expect(refusalOf(() => found(`${arn.slice(0, -6)}aaaaaa`)).name).toBe(
      'ResourceNotFoundException',
    );
    for (const elsewhere of [arn, arn.slice(0, -7)].map((id) => id.replace('east-1', 'east-2'))) {
      expect(refusalOf(() => found(elsewhere)).name).toBe('ResourceNotFoundException');
    }
  });

  it('notes the day of the last reading', () => {
    const { model } = prepareWithSecret();

    model.getSecretValue({ SecretId: 'sfmc/acme' });

    const day = Date.UTC(2026, 10, 24) / 1000;
    const [version] = model.listSecretVersionIds({ SecretId: 'sfmc/acme' }).Versions;
    expect(version?.LastAccessedDate).toBe(day);
    expect(model.describeSecret({ SecretId: 'sfmc/acme' }).LastAccessedDate).toBe(day);
  });
});
