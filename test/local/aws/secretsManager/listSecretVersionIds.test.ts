import { refusalOf } from '../refusalOf';
import { prepareWithSecret, versionId } from './support';

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
