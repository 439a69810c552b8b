import { ParameterStoreModel } from '../../../../local/aws/parameterStore/parameterStore';
import { refusalOf } from '../refusalOf';

function prepare() {
  const clock = { nowMs: Date.UTC(2026, 10, 24, 8) };
  const model = new ParameterStoreModel(() => clock.nowMs);
  return { clock, model };
}

describe('a hierarchy', () => {
  function prepareHierarchy() {
    const { model } = prepare();
    for (const Name of ['/sfmc/a/config', '/sfmc/a/escrow', '/sfmc/b', '/sfmcother/c']) {
      model.putParameter({ Name, Value: Name, Type: 'String' });
    }
    return model;
  }

  it.each([
    ['/sfmc', false, ['/sfmc/b']],
    ['/sfmc', true, ['/sfmc/a/config', '/sfmc/a/escrow', '/sfmc/b']],
    ['/sfmc/', true, ['/sfmc/a/config', '/sfmc/a/escrow', '/sfmc/b']],
    ['/', true, ['/sfmc/a/config', '/sfmc/a/escrow', '/sfmc/b', '/sfmcother/c']],
    ['/nowhere', true, []],
  ])('gives by path %s, recursive %s', (Path, Recursive, names) => {
    const model = prepareHierarchy();

    const { Parameters } = model.getParametersByPath({ Path, Recursive });

    expect(Parameters.map(({ Name }) => Name)).toEqual(names);
  });

  it.each([
    ['Type', 'Equals', 'String', ['/sfmc/a/config']],
    ['Type', 'BeginsWith', 'S', ['/sfmc/a/client-secret', '/sfmc/a/config']],
    ['KeyId', undefined, 'alias/aws/ssm', ['/sfmc/a/client-secret']],
  ])('is filtered by %s that %s %s', (Key, Option, value, names) => {
    const { model } = prepare();
    model.putParameter({ Name: '/sfmc/a/config', Value: '{}', Type: 'String' });
    model.putParameter({ Name: '/sfmc/a/client-secret', Value: 'x', Type: 'SecureString' });

    const { Parameters } = model.getParametersByPath({
      Path: '/sfmc',
      Recursive: true,
      ParameterFilters: [{ Key, Option, Values: [value] }],
    });

    expect(Parameters.map(({ Name }) => Name)).toEqual(names);
  });

  it('follows what is put and deleted between two listings', () => {
    const model = prepareHierarchy();
    const names = () =>
      model
        .getParametersByPath({ Path: '/sfmc', Recursive: true })
        .Parameters.map(({ Name }) => Name);
    const before = names();

    model.putParameter({ Name: '/sfmc/a/client-secret', Value: 'x', Type: 'SecureString' });
    model.deleteParameter({ Name: '/sfmc/b' });

    expect(before).toEqual(['/sfmc/a/config', '/sfmc/a/escrow', '/sfmc/b']);
    expect(names()).toEqual(['/sfmc/a/client-secret', '/sfmc/a/config', '/sfmc/a/escrow']);
  });

  it('is given in pages', () => {
    const model = prepareHierarchy();
    const get = (NextToken?: string) =>
      model.getParametersByPath({ Path: '/sfmc', Recursive: true, MaxResults: 2, NextToken });

    const first = get();
    const second = get(first.NextToken);

    expect([first.Parameters.length, second.Parameters.length]).toEqual([2, 1]);
    expect(second.NextToken).toBeUndefined();
    expect(refusalOf(() => get('made up')).name).toBe('InvalidNextToken');
  });

  it.each([
    ['a path without its first slash', { Path: 'sfmc' }, 'ValidationException'],
    ['more than 10 results', { Path: '/sfmc', MaxResults: 11 }, 'ValidationException'],
    [
      'a filter on what the path says',
      { Path: '/', ParameterFilters: [{ Key: 'Name', Values: ['a'] }] },
      'InvalidFilterKey',
    ],
    [
      'a filter by what it contains',
      { Path: '/', ParameterFilters: [{ Key: 'Type', Option: 'Contains', Values: ['S'] }] },
      'InvalidFilterOption',
    ],
  ])('is refused by %s', (_, input, name) => {
    const model = prepareHierarchy();

    expect(refusalOf(() => model.getParametersByPath(input)).name).toBe(name);
  });

  it.each([
    [{ Key: 'Name', Values: ['/sfmc/b'] }, ['/sfmc/b']],
    [
      { Key: 'Name', Option: 'BeginsWith', Values: ['/sfmc/a'] },
      ['/sfmc/a/config', '/sfmc/a/escrow'],
    ],
    [{ Key: 'Name', Option: 'Contains', Values: ['other'] }, ['/sfmcother/c']],
    [{ Key: 'Path', Values: ['/sfmc'] }, ['/sfmc/b']],
    [
      { Key: 'Path', Option: 'Recursive', Values: ['/sfmc/a'] },
      ['/sfmc/a/config', '/sfmc/a/escrow'],
    ],
    [{ Key: 'Type', Values: ['SecureString'] }, []],
  ])('is described under the filter %j', (filter, names) => {
    const model = prepareHierarchy();

    const { Parameters } = model.describeParameters({ ParameterFilters: [filter] });

    expect(Parameters.map(({ Name }) => Name)).toEqual(names);
    expect(JSON.stringify(Parameters)).not.toContain('Value');
  });
});
