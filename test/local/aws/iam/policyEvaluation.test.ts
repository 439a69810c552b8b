import {
  type AccessRequest,
  evaluateAccess,
  permissionsIn,
} from '../../../../local/aws/iam/policyEvaluation';

const secret = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:sfmc/acme-AbCdEf';
const read = { action: 'secretsmanager:GetSecretValue', resource: secret };
const statement = (members: object = {}) => ({
  Effect: 'Allow',
  Action: read.action,
  Resource: '*',
  ...members,
});
const variable = (name: string) => `\${${name}}`;
const allows = (statements: object | object[], request: AccessRequest) =>
  evaluateAccess(permissionsIn({ Version: '2012-10-17', Statement: statements }), request).allowed;

it('denies what nothing allows, and what anything denies', () => {
  const deny = statement({ Effect: 'Deny', Action: 'secretsmanager:*' });

  expect(allows([], read)).toBe(false);
  expect(allows(statement(), read)).toBe(true);
  expect(allows([statement(), deny], read)).toBe(false);
  expect(allows([deny, statement()], read)).toBe(false);
});

it.each([
  ['secretsmanager:getsecretvalue', true],
  ['SecretsManager:Get*', true],
  ['secretsmanager:GetSecretValu?', true],
  ['*', true],
  ['secretsmanager:GetSecret', false],
  ['secretsmanager:GetSecretValue?', false],
  ['ssm:*', false],
])('takes %s for an action by wildcards, in whatever case: %p', (Action, expected) => {
  expect(allows(statement({ Action: ['ssm:Other', Action] }), read)).toBe(expected);
});

it.each([
  [secret, true],
  ['arn:aws:secretsmanager:eu-west-1:123456789012:secret:sfmc/acme-??????', true],
  ['arn:aws:secretsmanager:eu-west-1:123456789012:secret:sfmc/*', true],
  ['arn:*:secretsmanager:*:*:secret:*', true],
  ['arn:aws:secretsmanager:eu-west-1:123456789012:secret:sfmc/acme-?????', false],
  ['arn:aws:secretsmanager:eu-west-1:123456789012:secret:SFMC/*', false],
  ['arn:aws:secretsmanager:eu-west-1:123456789012:secret:sfmc/acme', false],
  // A wildcard ends at the next colon, except for the last part.
  ['arn:aws:secretsmanager:*:secret:sfmc:acme-AbCdEf', false],
  ['arn:aws:secretsmanager:eu-west-1:123456789012:secret.sfmc/acme-AbCdEf', false],
])('takes %s for a resource: %p', (Resource, expected) => {
  expect(allows(statement({ Resource }), read)).toBe(expected);
});

it.each([
  ['StringEquals', ['x', 'a*'], 'a*', true],
  ['StringEquals', 'a*', 'ab', false],
  ['StringLike', 'a*', 'ab', true],
  ['StringLike', 'a*', 'ba', false],
  ['StringLike', 'a*', undefined, false],
  ['ArnLike', 'arn:aws:sns:*:*:topic', 'arn:aws:sns:eu-west-1:1:topic', true],
  ['ArnEquals', 'arn:aws:sns:*:2:topic', 'arn:aws:sns:eu-west-1:1:topic', false],
  ['ForAnyValue:StringEquals', ['a', 'b'], ['c', 'b'], true],
  ['ForAnyValue:StringEquals', ['a', 'b'], ['c'], false],
  ['ForAnyValue:StringEquals', ['a', 'b'], undefined, false],
] as const)('holds %s %j against %j: %p', (operator, wanted, value, expected) => {
  const Condition = { [operator]: { 'aws:Key': wanted } };
  const context = value === undefined ? {} : { 'AWS:key': value };

  expect(allows(statement({ Condition }), { ...read, context })).toBe(expected);
});

it('needs every key of every operator', () => {
  const Condition = { StringEquals: { 'a:a': '1', 'a:b': '2' }, StringLike: { 'a:c': '3*' } };
  const all = { 'a:a': '1', 'a:b': '2', 'a:c': '33' };

  expect(allows(statement({ Condition }), { ...read, context: all })).toBe(true);
  for (const key of Object.keys(all)) {
    const context = { ...all, [key]: 'other' };
    expect(allows(statement({ Condition }), { ...read, context })).toBe(false);
  }
});

describe('a variable', () => {
  const byTag = statement({
    Condition: { StringLike: { 'aws:ResourceTag/team': variable('aws:PrincipalTag/team') } },
  });
  const context = (principal: string | undefined, resource: string) => ({
    'aws:ResourceTag/team': resource,
    ...(principal !== undefined && { 'aws:PrincipalTag/team': principal }),
  });

  it.each([
    ['red', 'red', true],
    ['red', 'blue', false],
    [undefined, 'red', false],
    // What it stands for has no wildcards.
    ['*', 'red', false],
    ['*', '*', true],
  ])('stands for what the request says: %j, %j', (principal, resource, expected) => {
    expect(allows(byTag, { ...read, context: context(principal, resource) })).toBe(expected);
  });

  it('may be part of a resource', () => {
    const Resource = `arn:aws:secretsmanager:*:*:secret:sfmc/${variable('aws:PrincipalTag/name')}-??????`;
    const of = (name: string) => ({ ...read, context: { 'aws:PrincipalTag/name': name } });

    expect(allows(statement({ Resource }), of('acme'))).toBe(true);
    expect(allows(statement({ Resource }), of('globex'))).toBe(false);
    expect(allows(statement({ Resource }), read)).toBe(false);
  });
});

it.each([
  [{ NotAction: 's3:*' }, 'NotAction'],
  [{ NotResource: '*' }, 'NotResource'],
  [{ Principal: '*' }, 'Principal'],
  [{ Effect: 'allow' }, 'allow is no effect'],
  [{ Action: undefined }, 'as Action'],
  [{ Resource: { 'Fn::GetAtt': ['Queue', 'Arn'] } }, 'Fn::GetAtt'],
  [{ Condition: { StringNotEquals: { 'a:b': 'c' } } }, 'StringNotEquals'],
  [{ Condition: { 'ForAllValues:StringEquals': { 'a:b': 'c' } } }, 'ForAllValues:StringEquals'],
  [{ Condition: { DateLessThanIfExists: { 'a:b': 'c' } } }, 'DateLessThanIfExists'],
  [{ Condition: { Null: { 'a:b': 'true' } } }, 'Null'],
])('refuses to judge %j', (members, message) => {
  expect(() => permissionsIn({ Statement: statement(members) })).toThrow(message);
});

it.each([
  [{ Condition: { StringEquals: { 'a:b': variable("aws:username, 'x'") } } }, 'policy variable'],
  [{ Condition: { StringEquals: { 'a:b': variable('*') } } }, 'policy variable'],
  [{ Condition: { StringEquals: { 'a:c': 'x' } } }, 'is for one value'],
  [{ Resource: 'sfmc/acme' }, 'is no ARN'],
])('refuses to judge a request by %j', (members, message) => {
  const context = { 'a:b': 'x', 'a:c': ['x', 'y'] };

  expect(() => allows(statement(members), { ...read, context })).toThrow(message);
});

it.each([
  ['is absent', {}, true],
  ['is as wanted', { 'a:b': 'c' }, true],
  ['is another', { 'a:b': 'd' }, false],
])('judges IfExists if the key %s', (_how, context, allowed) => {
  const Statement = {
    Effect: 'Allow',
    Action: 's3:GetObject',
    Resource: '*',
    Condition: { StringEqualsIfExists: { 'a:b': 'c' } },
  };
  const request = { action: 's3:GetObject', resource: 'arn:aws:s3:::bucket/key', context };

  expect(evaluateAccess(permissionsIn({ Statement }), request).allowed).toBe(allowed);
});
