import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import {
  type Resource,
  synthesizedTemplates,
  type Template,
} from '../../scripts/synthesizedTemplates';
import { lossesOf, unknownTypes } from './upgrade';

const folder = path.join(__dirname, 'released');
const releasedStacks = readdirSync(folder).map((file) => file.replace('.template.json', ''));

function released(stack: string): Template {
  return JSON.parse(readFileSync(path.join(folder, `${stack}.template.json`), 'utf8'));
}

let current: ReadonlyMap<string, Template>;
beforeAll(() => {
  current = synthesizedTemplates();
});

/** What is lost by a change to each resource of a type in the stacks; there is at least one. */
function lossesBy(type: string, change: (resource: Resource) => Resource | undefined) {
  const losses = [...current.values()].flatMap((template) =>
    Object.entries(template.Resources)
      .filter(([, { Type }]) => Type === type)
      .map(([id, resource]) => {
        const { [id]: _, ...others } = template.Resources;
        const after = change(resource);
        const changed = { Resources: after === undefined ? others : { ...others, [id]: after } };
        return lossesOf(template, changed).map((loss) => loss.replace(id, 'It'));
      }),
  );
  expect(losses).not.toEqual([]);
  return losses;
}

const withProperty = (name: string, value: unknown) => (resource: Resource) => ({
  ...resource,
  Properties: { ...resource.Properties, [name]: value },
});

describe('an upgrade from the last release', () => {
  it.each(releasedStacks)('of %s replaces nothing that holds state, and no secret', (stack) => {
    const template = current.get(stack);

    expect(template && lossesOf(released(stack), template)).toEqual([]);
  });

  it('knows of each type of resource whether it holds state', () => {
    expect([...current.values()].flatMap(unknownTypes)).toEqual([]);
  });

  it('would keep every stack that was released', () => {
    expect([...current.keys()]).toEqual(expect.arrayContaining(releasedStacks));
    expect(releasedStacks).toContain('SfmcTokenRotator');
  });
});

describe('the rules above, over every resource of both stacks,', () => {
  it.each([
    ['AWS::SecretsManager::Secret', 'Name'],
    ['AWS::SSM::Parameter', 'Name'],
    ['AWS::SQS::Queue', 'QueueName'],
    ['AWS::SQS::Queue', 'FifoQueue'],
    ['AWS::Logs::LogGroup', 'LogGroupName'],
    ['AWS::Logs::LogGroup', 'LogGroupClass'],
    ['AWS::SNS::Topic', 'TopicName'],
    ['AWS::SNS::Topic', 'FifoTopic'],
    ['AWS::IAM::ManagedPolicy', 'ManagedPolicyName'],
    ['AWS::IAM::ManagedPolicy', 'Path'],
    ['AWS::IAM::ManagedPolicy', 'Description'],
  ])('see that a %s with another %s is replaced', (type, property) => {
    for (const losses of lossesBy(type, withProperty(property, 'another'))) {
      expect(losses).toEqual([`It is replaced: ${property} changed`]);
    }
  });

  it.each(['SecretString', 'GenerateSecretString'])(
    "see that a secret's value is overwritten by another %s",
    (property) => {
      const type = 'AWS::SecretsManager::Secret';

      for (const losses of lossesBy(type, withProperty(property, { another: 'value' }))) {
        expect(losses).toEqual([
          `It is overwritten with the template's value: ${property} changed`,
        ]);
      }
    },
  );

  it.each([
    'AWS::SecretsManager::Secret',
    'AWS::SSM::Parameter',
    'AWS::SQS::Queue',
    'AWS::Logs::LogGroup',
    'AWS::SNS::Topic',
    'AWS::IAM::ManagedPolicy',
  ])('see that a %s is gone, or has become something else', (type) => {
    const other = 'AWS::S3::Bucket';

    for (const losses of lossesBy(type, () => undefined)) {
      expect(losses).toEqual([`It is gone: ${type}`]);
    }
    for (const losses of lossesBy(type, (resource) => ({ ...resource, Type: other }))) {
      expect(losses).toEqual([`It became ${other}: was ${type}`]);
    }
  });

  it.each([
    ['AWS::SecretsManager::Secret', 'Description'],
    ['AWS::Scheduler::Schedule', 'Name'],
  ])('let a %s with another %s pass: nothing is lost by it', (type, property) => {
    expect(lossesBy(type, withProperty(property, 'another')).flat()).toEqual([]);
  });

  it('know of a new type that it is unknown', () => {
    const table = { Type: 'AWS::DynamoDB::Table' };

    expect(unknownTypes({ Resources: { table } })).toEqual(['AWS::DynamoDB::Table']);
  });
});
