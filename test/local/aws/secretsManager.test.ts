import { SecretsManagerModel } from '../../../local/aws/secretsManager';
import { refusalOf } from './refusalOf';

const HOUR_MS = 60 * 60 * 1000;
const DAY_MS = 24 * HOUR_MS;
const versionId = (n: number) => `version-${String(n).padStart(28, '0')}`;

function prepare() {
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

function prepareWithSecret() {
  const prepared = prepare();
  const { ARN: arn } = prepared.model.createSecret({
    Name: 'sfmc/acme',
    ClientRequestToken: versionId(1),
    SecretString: 'value-1',
  });
  return { ...prepared, arn };
}

describe('putting values', () => {
  it('moves AWSCURRENT to the new version and AWSPREVIOUS to the one that lost it', () => {
    const { put, stages } = prepareWithSecret();

    const answer = put(2);
    put(3);

    expect(answer.VersionStages).toEqual(['AWSCURRENT']);
    expect(stages()).toEqual({
      [versionId(2)]: ['AWSPREVIOUS'],
      [versionId(3)]: ['AWSCURRENT'],
    });
  });

  it('attaches just the given labels, moving them from whichever version has them', () => {
    const { put, stages } = prepareWithSecret();

    put(2, 'value-2', ['AWSPENDING', 'blue']);
    put(3, 'value-3', ['AWSPENDING']);

    expect(stages()).toEqual({
      [versionId(1)]: ['AWSCURRENT'],
      [versionId(2)]: ['blue'],
      [versionId(3)]: ['AWSPENDING'],
    });
  });

  it('moves AWSPREVIOUS too when AWSCURRENT is among the given labels', () => {
    const { put, stages } = prepareWithSecret();

    put(2, 'value-2', ['blue', 'AWSCURRENT']);

    expect(stages()).toEqual({
      [versionId(1)]: ['AWSPREVIOUS'],
      [versionId(2)]: ['AWSCURRENT', 'blue'],
    });
  });

  it('gives AWSCURRENT to the first version of a secret whatever labels it asks for', () => {
    const { model, put, stages } = prepare();
    model.createSecret({ Name: 'sfmc/acme', ClientRequestToken: versionId(9) });

    put(1, 'value-1', ['AWSPENDING']);

    expect(stages()).toEqual({ [versionId(1)]: ['AWSCURRENT', 'AWSPENDING'] });
  });

  it('ends an AWSPENDING that the version losing AWSCURRENT still had', () => {
    const { put, stages } = prepareWithSecret();
    put(2, 'value-2', ['AWSCURRENT', 'AWSPENDING']);

    put(3);

    expect(stages()).toEqual({ [versionId(2)]: ['AWSPREVIOUS'], [versionId(3)]: ['AWSCURRENT'] });
  });

  it('answers a repeated ClientRequestToken with the same value without moving labels back', () => {
    const { put, stages } = prepareWithSecret();
    put(2);
    put(3);

    const repeated = put(2);

    expect(repeated).toMatchObject({ VersionId: versionId(2), VersionStages: ['AWSPREVIOUS'] });
    expect(stages()).toEqual({ [versionId(2)]: ['AWSPREVIOUS'], [versionId(3)]: ['AWSCURRENT'] });
  });

  it('refuses a PutSecretValue that reuses a ClientRequestToken with another value', () => {
    const { arn, put } = prepareWithSecret();

    const refusal = refusalOf(() => put(1, 'another value'));

    expect(refusal.name).toBe('ResourceExistsException');
    expect(refusal.message).toBe(
      `You can't use ClientRequestToken ${versionId(1)} because that value is already in use for a version of secret ${arn}.`,
    );
  });

  it.each([
    ['no value', {}, 'InvalidRequestException'],
    ['two values', { SecretString: 'a', SecretBinary: 'YQ==' }, 'InvalidParameterException'],
    ['an empty value', { SecretString: '' }, 'ValidationException'],
    ['a value over 65536 bytes', { SecretString: 'é'.repeat(32769) }, 'ValidationException'],
    ['a short token', { SecretString: 'a', ClientRequestToken: 'x' }, 'ValidationException'],
    ['no label', { SecretString: 'a', VersionStages: [] }, 'ValidationException'],
  ])('refuses %s', (_, members, name) => {
    const { model, stages } = prepareWithSecret();
    const input = { SecretId: 'sfmc/acme', ClientRequestToken: versionId(2), ...members };

    const refusal = refusalOf(() => model.putSecretValue(input));

    expect(refusal.name).toBe(name);
    expect(stages()).toEqual({ [versionId(1)]: ['AWSCURRENT'] });
  });

  it('makes up no ClientRequestToken, as SDK clients do for their users', () => {
    const { model } = prepareWithSecret();

    const refusal = refusalOf(() =>
      model.putSecretValue({ SecretId: 'sfmc/acme', SecretString: 'value-2' }),
    );

    expect(refusal.name).toBe('InvalidRequestException');
    expect(refusal.message).toBe(
      'You must provide a ClientRequestToken value. We recommend a UUID-type value.',
    );
  });

  it('takes a value of exactly 65536 bytes', () => {
    const { model, put } = prepareWithSecret();

    put(2, 'é'.repeat(32768));

    expect(model.getSecretValue({ SecretId: 'sfmc/acme' }).SecretString).toHaveLength(32768);
  });

  it('never repeats a value in an error', () => {
    const { put } = prepareWithSecret();

    const refusal = refusalOf(() => put(2, 'canary'.repeat(20000)));

    expect(refusal.message).toBe(
      "1 validation error detected: Value at 'secretString' failed to satisfy constraint: Member must have length less than or equal to 65536",
    );
  });
});

describe('the limit of 100 versions', () => {
  it('refuses the 101st version within 24 hours, and still answers a repeated one', () => {
    const { put, stages } = prepareWithSecret();
    for (let n = 2; n <= 100; n++) put(n);

    const refusal = refusalOf(() => put(101));

    expect(refusal.name).toBe('LimitExceededException');
    expect(put(100).VersionId).toBe(versionId(100));
    expect(stages()[versionId(100)]).toEqual(['AWSCURRENT']);
  });

  it('removes deprecated versions older than 24 hours to make room, oldest first', () => {
    const { clock, model, put } = prepareWithSecret();
    for (let n = 2; n <= 100; n++) put(n);
    clock.nowMs += DAY_MS + 1;

    put(101);
    put(102);

    const listed = model.listSecretVersionIds({ SecretId: 'sfmc/acme', IncludeDeprecated: true });
    const ids = listed.Versions.map((version) => version.VersionId);
    expect(ids).toHaveLength(100);
    expect(ids[0]).toBe(versionId(3));
    expect(ids).toContain(versionId(102));
  });

  it('never removes a labelled version, however old', () => {
    const { clock, model, put } = prepareWithSecret();
    model.updateSecretVersionStage({
      SecretId: 'sfmc/acme',
      VersionStage: 'first',
      MoveToVersionId: versionId(1),
    });

    for (let n = 2; n <= 300; n++) {
      clock.nowMs += HOUR_MS;
      put(n);
    }

    const first = model.getSecretValue({ SecretId: 'sfmc/acme', VersionId: versionId(1) });
    expect(first.SecretString).toBe('value-1');
  });

  it('lasts for ever at one version every 15 minutes, and runs out at one every 14', () => {
    const everyMinutes = (minutes: number) => {
      const { clock, put } = prepareWithSecret();
      for (let n = 2; n <= 1000; n++) {
        clock.nowMs += minutes * 60_000;
        put(n);
      }
    };

    const refusal = refusalOf(() => everyMinutes(14));

    expect(refusal.name).toBe('LimitExceededException');
    expect(() => everyMinutes(15)).not.toThrow();
  });
});

describe('reading values', () => {
  it('gives AWSCURRENT unless told otherwise', () => {
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

  it('tells a missing secret from a missing value and from a mismatch', () => {
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

describe('moving staging labels', () => {
  const move = (model: SecretsManagerModel, label: string, to?: number, from?: number) =>
    model.updateSecretVersionStage({
      SecretId: 'sfmc/acme',
      VersionStage: label,
      MoveToVersionId: to === undefined ? undefined : versionId(to),
      RemoveFromVersionId: from === undefined ? undefined : versionId(from),
    });

  it('moves AWSCURRENT, and AWSPREVIOUS to the version that lost it', () => {
    const { model, put, stages } = prepareWithSecret();
    put(2, 'value-2', ['AWSPENDING']);

    move(model, 'AWSCURRENT', 2, 1);

    expect(stages()).toEqual({
      [versionId(1)]: ['AWSPREVIOUS'],
      [versionId(2)]: ['AWSCURRENT', 'AWSPENDING'],
    });
  });

  it('swaps AWSCURRENT and AWSPREVIOUS when rolling back', () => {
    const { model, put, stages } = prepareWithSecret();
    put(2);

    move(model, 'AWSCURRENT', 1, 2);

    expect(stages()).toEqual({ [versionId(1)]: ['AWSCURRENT'], [versionId(2)]: ['AWSPREVIOUS'] });
  });

  it('attaches a new label and removes it again, which deprecates a version', () => {
    const { model, put, stages } = prepareWithSecret();
    put(2, 'value-2', ['AWSPENDING']);

    move(model, 'blue', 1);
    move(model, 'AWSPENDING', undefined, 2);

    expect(stages()).toEqual({ [versionId(1)]: ['AWSCURRENT', 'blue'] });
  });

  it.each([
    [
      'RemoveFromVersionId left out',
      ['AWSCURRENT', 2, undefined],
      `The parameter RemoveFromVersionId can't be empty. Staging label AWSCURRENT is currently attached to version ${versionId(1)}, so you must explicitly reference that version in RemoveFromVersionId.`,
    ],
    [
      'RemoveFromVersionId of another version',
      ['AWSCURRENT', 2, 2],
      `Staging label AWSCURRENT isn't attached to version ${versionId(2)}, which you specified in RemoveFromVersionId.`,
    ],
    [
      'AWSCURRENT removed outright',
      ['AWSCURRENT', undefined, 1],
      "You can only move staging label AWSCURRENT to a different secret version. It can't be completely removed.",
    ],
    [
      'no version at all',
      ['blue', undefined, undefined],
      'You must provide MoveToVersionId, RemoveFromVersionId, or both.',
    ],
  ] as const)('refuses %s', (_, [label, to, from], message) => {
    const { model, put, stages } = prepareWithSecret();
    put(2, 'value-2', ['AWSPENDING']);

    const refusal = refusalOf(() => move(model, label, to, from));

    expect(refusal.name).toBe('InvalidParameterException');
    expect(refusal.message).toBe(message);
    expect(stages()[versionId(1)]).toEqual(['AWSCURRENT']);
  });

  it('refuses a version that does not exist', () => {
    const { model } = prepareWithSecret();

    const refusal = refusalOf(() => move(model, 'AWSCURRENT', 9, 1));

    expect(refusal.name).toBe('ResourceNotFoundException');
  });

  it('refuses a 21st label on a version', () => {
    const { model } = prepareWithSecret();
    for (let n = 2; n <= 20; n++) move(model, `label-${n}`, 1);

    const refusal = refusalOf(() => move(model, 'label-21', 1));

    expect(refusal.name).toBe('LimitExceededException');
  });
});

describe('listing versions', () => {
  it('leaves deprecated versions out unless asked for them', () => {
    const { model, put } = prepareWithSecret();
    put(2);
    put(3);
    const ids = (IncludeDeprecated: boolean) =>
      model
        .listSecretVersionIds({ SecretId: 'sfmc/acme', IncludeDeprecated })
        .Versions.map((version) => version.VersionId);

    expect(ids(false)).toEqual([2, 3].map(versionId));
    expect(ids(true)).toEqual([1, 2, 3].map(versionId));
  });

  it('pages', () => {
    const { model, put } = prepareWithSecret();
    for (let n = 2; n <= 5; n++) put(n);
    const list = (NextToken?: string) =>
      model.listSecretVersionIds({
        SecretId: 'sfmc/acme',
        IncludeDeprecated: true,
        MaxResults: 2,
        NextToken,
      });

    const first = list();
    const second = list(first.NextToken);
    const third = list(second.NextToken);

    expect([first, second, third].map((page) => page.Versions.length)).toEqual([2, 2, 1]);
    expect(third.Versions[0]?.VersionId).toBe(versionId(5));
    expect(third.NextToken).toBeUndefined();
    expect(refusalOf(() => list('made up')).name).toBe('InvalidNextTokenException');
  });
});

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
    clock.nowMs += 7 * DAY_MS;

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

describe('clones', () => {
  it('go their own way from the moment of cloning', () => {
    const { model, put, stages } = prepareWithSecret();

    const copy = model.clone(() => Date.UTC(2027, 0, 1));
    copy.putSecretValue({
      SecretId: 'sfmc/acme',
      ClientRequestToken: versionId(2),
      SecretString: 'in the copy',
    });
    put(3);

    expect(stages()).toEqual({ [versionId(1)]: ['AWSPREVIOUS'], [versionId(3)]: ['AWSCURRENT'] });
    expect(copy.getSecretValue({ SecretId: 'sfmc/acme' })).toMatchObject({
      SecretString: 'in the copy',
      CreatedDate: Date.UTC(2027, 0, 1) / 1000,
    });
  });
});
