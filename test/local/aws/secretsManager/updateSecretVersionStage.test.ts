import type { SecretsManagerModel } from '../../../../local/aws/secretsManager/secretsManager';
import { refusalOf } from '../refusalOf';
import { prepareWithSecret, versionId } from './support';

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

  it('refuses a 21st label on all versions together', () => {
    const { model, put } = prepareWithSecret();
    put(2, 'value-2', ['AWSPENDING']);
    for (let n = 3; n <= 20; n++) move(model, `label-${n}`, (n % 2) + 1);

    const refusals = [() => move(model, 'label-21', 1), () => put(3, 'value-3', ['label-21'])].map(
      refusalOf,
    );

    expect(refusals.map(({ name }) => name)).toEqual([
      'LimitExceededException',
      'LimitExceededException',
    ]);
  });
});
