import { prepareWithSecret, versionId } from './support';

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
