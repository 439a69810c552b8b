import { ParameterStoreModel } from '../../../../local/aws/parameterStore/parameterStore';
import { refusalOf } from '../refusalOf';

function prepare() {
  const clock = { nowMs: Date.UTC(2026, 10, 24, 8) };
  const model = new ParameterStoreModel(() => clock.nowMs);
  return { clock, model };
}

describe('putting parameters', () => {
  it('numbers the versions and keeps type and description if an overwrite leaves them out', () => {
    const { model } = prepare();
    const Name = '/sfmc/acme/client-secret';

    const first = model.putParameter({
      Name,
      Value: 'one',
      Type: 'SecureString',
      Description: 'ours',
    });
    const second = model.putParameter({ Name, Value: 'two', Overwrite: true });

    expect([first.Version, second.Version]).toEqual([1, 2]);
    expect(model.describeParameters({}).Parameters).toMatchObject([
      { Name, Type: 'SecureString', Description: 'ours', Version: 2, KeyId: 'alias/aws/ssm' },
    ]);
  });

  it('refuses to overwrite unless asked to', () => {
    const { model } = prepare();
    model.putParameter({ Name: 'a', Value: '1', Type: 'String' });

    const refusal = refusalOf(() => model.putParameter({ Name: 'a', Value: '2', Type: 'String' }));

    expect(refusal.name).toBe('ParameterAlreadyExists');
    expect(model.getParameter({ Name: 'a' }).Parameter.Value).toBe('1');
  });

  it.each([
    ['a space in the name', { Name: 'a b' }, 'ValidationException'],
    ['a path without its first slash', { Name: 'sfmc/acme' }, 'ValidationException'],
    ['a trailing slash', { Name: '/sfmc/' }, 'ValidationException'],
    ['a reserved name', { Name: 'SSMthing' }, 'ValidationException'],
    ['a reserved path', { Name: '/ssm/acme' }, 'ValidationException'],
    ["AWS's own path", { Name: '/aws/acme' }, 'AccessDeniedException'],
    ['16 levels', { Name: '/a'.repeat(16) }, 'HierarchyLevelLimitExceededException'],
    ['an empty value', { Value: '' }, 'ValidationException'],
    ['no type for a new parameter', { Type: undefined }, 'ValidationException'],
    ['an unknown type', { Type: 'Secret' as 'String' }, 'ValidationException'],
    [
      'tags on an overwrite',
      { Overwrite: true, Tags: [{ Key: 'a', Value: 'b' }] },
      'ValidationException',
    ],
  ])('refuses %s', (_, members, name) => {
    const { model } = prepare();
    const input = { Name: '/sfmc/acme/config', Value: 'x', Type: 'String' as const, ...members };

    const refusal = refusalOf(() => model.putParameter(input));

    expect(refusal.name).toBe(name);
    expect(model.describeParameters({}).Parameters).toEqual([]);
  });

  it('refuses another type for a parameter that exists', () => {
    const { model } = prepare();
    model.putParameter({ Name: 'a', Value: '1', Type: 'String' });

    const refusal = refusalOf(() =>
      model.putParameter({ Name: 'a', Value: '2', Type: 'SecureString', Overwrite: true }),
    );

    expect(refusal.name).toBe('HierarchyTypeMismatchException');
  });

  it.each([
    ['Standard', 4096, 'Standard'],
    ['Standard', 4097, 'Standard tier parameters support a maximum parameter value of 4096'],
    ['Advanced', 8192, 'Advanced'],
    ['Advanced', 8193, 'The specified parameter value is too large'],
    ['Intelligent-Tiering', 4096, 'Standard'],
    ['Intelligent-Tiering', 4097, 'Advanced'],
    ['Intelligent-Tiering', 8193, 'The specified parameter value is too large'],
  ] as const)('in tier %s answers %i bytes with "%s"', (Tier, bytes, expected) => {
    const { model } = prepare();
    const put = () =>
      model.putParameter({ Name: 'a', Value: 'x'.repeat(bytes), Type: 'SecureString', Tier });

    const outcome = expected.includes(' ') ? refusalOf(put).message : put().Tier;

    expect(outcome).toContain(expected);
  });

  it('takes 10,000 standard parameters, and makes advanced ones of more if it may choose', () => {
    const { model } = prepare();
    const put = (Name: string, more: { Tier?: 'Intelligent-Tiering'; Overwrite?: true } = {}) =>
      model.putParameter({ Name, Value: 'x', Type: 'String', ...more }).Tier;
    for (let nth = 0; nth < 10_000; nth += 1) put(`/p/${nth}`);

    expect(refusalOf(() => put('/one/more')).name).toBe('ParameterLimitExceeded');
    expect(put('/one/more', { Tier: 'Intelligent-Tiering' })).toBe('Advanced');
    expect(put('/p/0', { Tier: 'Intelligent-Tiering', Overwrite: true })).toBe('Standard');
    model.deleteParameter({ Name: '/p/0' });
    expect(put('/one/other', { Tier: 'Intelligent-Tiering' })).toBe('Standard');
    expect(refusalOf(() => put('/p/0')).name).toBe('ParameterLimitExceeded');
  });

  it('never makes an advanced parameter standard again', () => {
    const { model } = prepare();
    const put = (Tier?: 'Standard' | 'Advanced' | 'Intelligent-Tiering') =>
      model.putParameter({ Name: 'a', Value: 'x', Type: 'String', Tier, Overwrite: true });
    put('Advanced');

    expect(refusalOf(() => put('Standard')).name).toBe('ValidationException');
    expect(put().Tier).toBe('Advanced');
    expect(put('Intelligent-Tiering').Tier).toBe('Advanced');
  });
});

describe('getting parameters', () => {
  it('decrypts a SecureString only when asked to', () => {
    const { clock, model } = prepare();
    model.putParameter({ Name: '/sfmc/acme/escrow', Value: 'canary', Type: 'SecureString' });
    const get = (WithDecryption?: boolean) =>
      model.getParameter({ Name: '/sfmc/acme/escrow', WithDecryption }).Parameter;

    expect(get(true)).toMatchObject({
      Name: '/sfmc/acme/escrow',
      Type: 'SecureString',
      Value: 'canary',
      Version: 1,
      ARN: 'arn:aws:ssm:us-east-1:123456789012:parameter/sfmc/acme/escrow',
      LastModifiedDate: clock.nowMs / 1000,
      DataType: 'text',
    });
    expect(get().Value).not.toContain('canary');
    expect(get().Value).toBe(get(false).Value);
  });

  it('leaves a String readable without decryption', () => {
    const { model } = prepare();
    model.putParameter({ Name: 'a', Value: 'plain', Type: 'String' });

    expect(model.getParameter({ Name: 'a' }).Parameter.Value).toBe('plain');
  });

  it('gives the history with the key of each version, in pages, and decrypts it only when asked to', () => {
    const { model } = prepare();
    const version = { Name: 'a', Value: 'canary', Type: 'SecureString', Overwrite: true } as const;
    model.putParameter({ ...version, KeyId: 'alias/ours' });
    model.putParameter(version);
    const historyOf = (input: object) => model.getParameterHistory({ Name: 'a', ...input });

    const first = historyOf({ MaxResults: 1 });
    const second = historyOf({ MaxResults: 1, NextToken: first.NextToken, WithDecryption: true });

    expect(first.Parameters).toMatchObject([{ Version: 1, KeyId: 'alias/ours' }]);
    expect(first.Parameters[0]?.Value).not.toContain('canary');
    expect(second).toMatchObject({
      Parameters: [{ Version: 2, KeyId: 'alias/aws/ssm', Value: 'canary' }],
      NextToken: undefined,
    });
    expect(refusalOf(() => historyOf({ Name: 'b' })).name).toBe('ParameterNotFound');
  });

  it('gives an older version by its number, and keeps the newest 100', () => {
    const { model } = prepare();
    for (let n = 1; n <= 101; n++) {
      model.putParameter({ Name: 'a', Value: `v${n}`, Type: 'String', Overwrite: true });
    }
    const get = (Name: string) => model.getParameter({ Name }).Parameter;

    expect(get('a:2')).toMatchObject({ Value: 'v2', Version: 2, Selector: ':2' });
    expect(refusalOf(() => get('a:1'))).toMatchObject({
      name: 'ParameterVersionNotFound',
      message: 'Systems Manager could not find version 1 of a. Verify the version and try again.',
    });
  });

  it('refuses a missing parameter without a message, as AWS does', () => {
    const { model } = prepare();

    const refusal = refusalOf(() => model.getParameter({ Name: '/sfmc/acme/config' }));

    expect(refusal).toMatchObject({ name: 'ParameterNotFound', message: '', status: 400 });
  });

  it('separates missing parameters from found ones, and answers a repeated name once', () => {
    const { model } = prepare();
    model.putParameter({ Name: '/b', Value: '2', Type: 'String' });
    model.putParameter({ Name: '/a', Value: '1', Type: 'String' });

    const answer = model.getParameters({ Names: ['/b', '/c', '/a', '/b', '/a:9'] });

    expect(answer.Parameters.map(({ Name, Value }) => [Name, Value])).toEqual([
      ['/a', '1'],
      ['/b', '2'],
    ]);
    expect(answer.InvalidParameters).toEqual(['/a:9', '/c']);
  });

  it('refuses more than 10 names at once', () => {
    const { model } = prepare();
    const Names = Array.from({ length: 11 }, (_, n) => `/p${n}`);

    const refusal = refusalOf(() => model.getParameters({ Names }));

    expect(refusal.name).toBe('ValidationException');
    expect(refusal.message).toContain(
      "at 'names' failed to satisfy constraint: Member must have length less than or equal to 10",
    );
  });
});

describe('deleting parameters', () => {
  it('forgets the parameter, and numbers a new one from 1', () => {
    const { model } = prepare();
    const put = () =>
      model.putParameter({ Name: 'a', Value: '1', Type: 'String', Overwrite: true }).Version;
    put();
    put();

    model.deleteParameter({ Name: 'a' });

    expect(refusalOf(() => model.deleteParameter({ Name: 'a' })).name).toBe('ParameterNotFound');
    expect(put()).toBe(1);
  });

  it('says which of several did not exist', () => {
    const { model } = prepare();
    model.putParameter({ Name: 'a', Value: '1', Type: 'String' });

    const answer = model.deleteParameters({ Names: ['a', 'b', 'a'] });

    expect(answer).toEqual({ DeletedParameters: ['a'], InvalidParameters: ['b'] });
  });
});

describe('clones', () => {
  it('go their own way from the moment of cloning', () => {
    const { model } = prepare();
    model.putParameter({ Name: 'a', Value: '1', Type: 'String' });

    const copy = model.clone();
    copy.putParameter({ Name: 'a', Value: '2', Overwrite: true });
    copy.deleteParameter({ Name: 'a' });

    expect(model.getParameter({ Name: 'a' }).Parameter).toMatchObject({ Value: '1', Version: 1 });
  });
});
