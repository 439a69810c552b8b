import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { synthesizedTemplates, type Template } from '../../scripts/synthesizedTemplates';
import { lossesOf, unknownTypes } from './upgrade';

const folder = path.join(__dirname, 'released');
const releasedStacks = readdirSync(folder).map((file) => file.replace('.template.json', ''));

function released(stack: string): Template {
  return JSON.parse(readFileSync(path.join(folder, `${stack}.template.json`), 'utf8'));
}

/** The released template of the stack that all have, with one resource otherwise. */
function changed(type: string, change: (resource: Changeable) => Changeable | undefined) {
  const template = released('SfmcTokenRotator');
  const [id = '', resource] =
    Object.entries(template.Resources).find(([, { Type }]) => Type === type) ?? [];
  const copy = structuredClone({ Type: type, Properties: {}, ...resource });
  const { [id]: _, ...others } = template.Resources;
  const after = change(copy);
  return { Resources: after === undefined ? others : { ...others, [id]: after } };
}

interface Changeable {
  Type: string;
  Properties: Record<string, unknown>;
}

const withProperty = (name: string, value: unknown) => (resource: Changeable) => ({
  ...resource,
  Properties: { ...resource.Properties, [name]: value },
});

describe('an upgrade from the last release', () => {
  let current: Map<string, Template>;
  beforeAll(() => {
    current = synthesizedTemplates();
  });

  it.each(releasedStacks)('of %s replaces nothing that holds state, and no secret', (stack) => {
    const template = current.get(stack);

    expect(template && lossesOf(released(stack), template)).toEqual([]);
  });

  it('meets no type of resource of which it is not known whether it holds state', () => {
    expect([...current.values()].flatMap(unknownTypes)).toEqual([]);
  });

  it('would keep every stack that was released', () => {
    expect([...current.keys()]).toEqual(expect.arrayContaining(releasedStacks));
    expect(releasedStacks).toContain('SfmcTokenRotator');
  });
});

describe('the rules above', () => {
  const before = released('SfmcTokenRotator');

  it.each([
    ['AWS::SecretsManager::Secret', 'Name', 'sfmc/other'],
    ['AWS::SSM::Parameter', 'Name', '/sfmc/other/config'],
    ['AWS::SQS::Queue', 'QueueName', 'dead-letters'],
    ['AWS::SQS::Queue', 'FifoQueue', true],
    ['AWS::Logs::LogGroup', 'LogGroupName', '/sfmc/rotator'],
  ])('see that a %s with another %s is replaced', (type, property, value) => {
    const after = changed(type, withProperty(property, value));

    expect(lossesOf(before, after)).toEqual([
      expect.stringMatching(new RegExp(`^TokenRotation\\w+ is replaced: ${property} changed$`)),
    ]);
  });

  it.each([
    ['SecretString', '{"refreshToken":""}'],
    ['GenerateSecretString', {}],
  ])("see that a secret's value is overwritten: %s", (property, value) => {
    const after = changed('AWS::SecretsManager::Secret', withProperty(property, value));

    expect(lossesOf(before, after)).toEqual([
      expect.stringMatching(`is overwritten with the template's value: ${property} changed$`),
    ]);
  });

  it.each([
    'AWS::SecretsManager::Secret',
    'AWS::SSM::Parameter',
    'AWS::SQS::Queue',
    'AWS::Logs::LogGroup',
  ])('see that a %s is gone, or has become something else', (type) => {
    const without = changed(type, () => undefined);
    const other = changed(type, (resource) => ({ ...resource, Type: 'AWS::S3::Bucket' }));

    expect(lossesOf(before, without)).toEqual([expect.stringMatching(`is gone: ${type}$`)]);
    expect(lossesOf(before, other)).toEqual([
      expect.stringMatching(`became AWS::S3::Bucket: was ${type}$`),
    ]);
  });

  it('let pass what is changed in place, and what is made anew without a loss', () => {
    const description = withProperty('Description', 'Another text');
    const secret = changed('AWS::SecretsManager::Secret', description);
    const schedule = changed('AWS::Scheduler::Schedule', withProperty('Name', 'another-name'));

    expect(lossesOf(before, secret)).toEqual([]);
    expect(lossesOf(before, schedule)).toEqual([]);
  });

  it('know of a new type that it is unknown', () => {
    const table = { Type: 'AWS::DynamoDB::Table' };

    expect(unknownTypes({ Resources: { table } })).toEqual(['AWS::DynamoDB::Table']);
  });
});
