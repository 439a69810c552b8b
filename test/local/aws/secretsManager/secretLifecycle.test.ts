import { refusalOf } from '../refusalOf';
import { dayMs, prepare, prepareWithSecret, versionId } from './support';

describe('the life of a secret', () => {
  it('takes a repeated creation with the same token and value, and refuses any other', () => {
    const { model, arn } = prepareWithSecret();
    const create = (n: number, SecretString: string) =>
      model.createSecret({ Name: 'sfmc/acme', ClientRequestToken: versionId(n), SecretString });

    const refusals = [() => create(2, 'value-1'), () => create(1, 'other')].map(refusalOf);

    expect(create(1, 'value-1')).toMatchObject({ ARN: arn, VersionId: versionId(1) });
    expect(refusals.map(({ name }) => name)).toEqual([
      'ResourceExistsException',
      'ResourceExistsException',
    ]);
    expect(refusals[0]?.message).toBe(
      'The operation failed because the secret sfmc/acme already exists.',
    );
  });

  it('refuses a name with characters that AWS does not allow', () => {
    const { model } = prepare();

    const refusal = refusalOf(() =>
      model.createSecret({ Name: 'sfmc acme', ClientRequestToken: versionId(1) }),
    );

    expect(refusal.name).toBe('ValidationException');
    expect(refusal.message).toMatch(/^Invalid name\. Must be a valid name/);
  });

  it('updates value and description', () => {
    const { model, stages } = prepareWithSecret();

    model.updateSecret({
      SecretId: 'sfmc/acme',
      ClientRequestToken: versionId(2),
      SecretString: 'value-2',
      Description: 'ours',
    });

    expect(stages()[versionId(2)]).toEqual(['AWSCURRENT']);
    expect(model.describeSecret({ SecretId: 'sfmc/acme' }).Description).toBe('ours');
  });

  it('refuses a secret marked for deletion, restores it, and forgets it after its window', () => {
    const { clock, model, put } = prepareWithSecret();
    const read = () => model.getSecretValue({ SecretId: 'sfmc/acme' });

    const deleted = model.deleteSecret({ SecretId: 'sfmc/acme', RecoveryWindowInDays: 7 });
    const refusals = [read, () => put(2)].map(refusalOf);
    const recreation = refusalOf(() =>
      model.createSecret({ Name: 'sfmc/acme', ClientRequestToken: versionId(2) }),
    );
    model.restoreSecret({ SecretId: 'sfmc/acme' });
    const restored = read();
    model.deleteSecret({ SecretId: 'sfmc/acme', RecoveryWindowInDays: 7 });
    clock.nowMs += 7 * dayMs;

    expect(deleted.DeletionDate).toBe(clock.nowMs / 1000);
    for (const { name, message } of refusals) {
      expect(name).toBe('InvalidRequestException');
      expect(message).toBe(
        "You can't perform this operation on the secret because it was marked for deletion.",
      );
    }
    expect(recreation.message).toBe(
      "You can't create this secret because a secret with this name is already scheduled for deletion.",
    );
    expect(restored.SecretString).toBe('value-1');
    expect(refusalOf(read).name).toBe('ResourceNotFoundException');
  });

  it('deletes at once when forced, and gives a new secret of that name another ARN', () => {
    const { model, arn } = prepareWithSecret();

    model.deleteSecret({ SecretId: 'sfmc/acme', ForceDeleteWithoutRecovery: true });
    const again = model.createSecret({ Name: 'sfmc/acme', ClientRequestToken: versionId(1) });

    expect(again.ARN).not.toBe(arn);
    expect(() =>
      model.deleteSecret({ SecretId: 'never-was', ForceDeleteWithoutRecovery: true }),
    ).not.toThrow();
  });

  it.each([
    [{ RecoveryWindowInDays: 6 }],
    [{ RecoveryWindowInDays: 31 }],
    [{ RecoveryWindowInDays: 7, ForceDeleteWithoutRecovery: true }],
  ])('refuses a deletion with %j', (members) => {
    const { model } = prepareWithSecret();

    const refusal = refusalOf(() => model.deleteSecret({ SecretId: 'sfmc/acme', ...members }));

    expect(refusal.name).toBe('InvalidParameterException');
  });

  it('lists secrets by the beginning of their names, in pages, with their tags', () => {
    const { model } = prepare();
    for (const Name of ['sfmc/a', 'other', 'sfmc/b', 'sfmc/c']) {
      model.createSecret({ Name, ClientRequestToken: versionId(1), SecretString: 'x' });
    }
    model.tagResource({ SecretId: 'sfmc/b', Tags: [{ Key: 'team', Value: 'mail' }] });
    model.deleteSecret({ SecretId: 'sfmc/a' });
    const list = (NextToken?: string) =>
      model.listSecrets({
        Filters: [{ Key: 'name', Values: ['sfmc/'] }],
        MaxResults: 1,
        NextToken,
      });

    const first = list();
    const second = list(first.NextToken);

    expect(first.SecretList).toMatchObject([
      { Name: 'sfmc/b', Tags: [{ Key: 'team', Value: 'mail' }] },
    ]);
    expect(second.SecretList).toMatchObject([{ Name: 'sfmc/c' }]);
    expect(second.NextToken).toBeUndefined();
  });
});
