import { refusalOf } from '../refusalOf';
import { prepare, prepareWithSecret, versionId } from './support';

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
