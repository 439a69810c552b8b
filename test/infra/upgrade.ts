import { isDeepStrictEqual } from 'node:util';
import type { Resource, Template } from '../../scripts/synthesizedTemplates';

/**
 * Resources that hold what a deployment does not bring back, with the properties whose change
 * replaces them: those with "Update requires: Replacement" (AWS CloudFormation Template Reference,
 * the page of each type).
 */
const stateful: Readonly<Record<string, readonly string[]>> = {
  'AWS::SecretsManager::Secret': ['Name'],
  'AWS::SSM::Parameter': ['Name'],
  'AWS::SQS::Queue': ['QueueName', 'FifoQueue'],
  // A log group's class can't be changed at all: the deployment would fail.
  'AWS::Logs::LogGroup': ['LogGroupName', 'LogGroupClass'],
  // Its subscriptions have been confirmed by their owners.
  'AWS::SNS::Topic': ['TopicName', 'FifoTopic'],
  // Others attach it to their roles.
  'AWS::IAM::ManagedPolicy': ['ManagedPolicyName', 'Path', 'Description'],
};

/** Resources that a deployment replaces without a loss. */
const stateless = [
  'AWS::CDK::Metadata',
  'AWS::CloudWatch::Alarm',
  'AWS::CloudWatch::Dashboard',
  'AWS::IAM::Policy',
  'AWS::IAM::Role',
  'AWS::Lambda::EventInvokeConfig',
  'AWS::Lambda::EventSourceMapping',
  'AWS::Lambda::Function',
  'AWS::Lambda::Permission',
  'AWS::Scheduler::Schedule',
  'AWS::SecretsManager::RotationSchedule',
  'AWS::SNS::Subscription',
  'AWS::SNS::TopicPolicy',
  'AWS::SQS::QueuePolicy',
];

/** CloudFormation writes a secret's value over the live tokens whenever these differ. */
const secretValue = ['SecretString', 'GenerateSecretString'];

/**
 * What an upgrade from one template to the other would lose, a line for each loss. A reference
 * that is spelt otherwise counts as another value.
 */
export function lossesOf(released: Template, current: Template): string[] {
  return Object.entries(released.Resources)
    .filter(([, { Type }]) => Type in stateful)
    .flatMap(([id, before]) => lossesOfResource(before, current.Resources[id], `${id} `));
}

function lossesOfResource(before: Resource, after: Resource | undefined, name: string): string[] {
  if (after === undefined) return [`${name}is gone: ${before.Type}`];
  if (after.Type !== before.Type) return [`${name}became ${after.Type}: was ${before.Type}`];
  const changed = (property: string) =>
    !isDeepStrictEqual(before.Properties?.[property], after.Properties?.[property]);
  const replaced = (stateful[before.Type] ?? [])
    .filter(changed)
    .map((property) => `${name}is replaced: ${property} changed`);
  const overwritten = before.Type === 'AWS::SecretsManager::Secret' ? secretValue : [];
  return [
    ...replaced,
    ...overwritten
      .filter(changed)
      .map((property) => `${name}is overwritten with the template's value: ${property} changed`),
  ];
}

/** Types that may or may not hold something. */
export function unknownTypes({ Resources }: Template): string[] {
  const types = new Set(Object.values(Resources).map(({ Type }) => Type));
  return [...types].filter((type) => !(type in stateful) && !stateless.includes(type));
}
