import type { Template } from 'aws-cdk-lib/assertions';
import {
  FUNCTION_NAME,
  functionArn,
  LOG_GROUP_NAME,
  ROLE_ARN,
} from '../../../local/aws/function/names';
import { type Permission, permissionsIn } from '../../../local/aws/iam/policyEvaluation';
import { logGroupArn } from '../../../local/aws/logs/logGroup';
import type { AwsLocal } from '../../../local/aws/server';
import { queueArn } from '../../../local/aws/sqs/sqs';
import { idOf, type Json, policiesOf } from '../../infra/support';
import { region } from './stacks';

/** As the tests of operators have them. */
export const queueName = 'fleet.fifo';
const deadLetterQueueName = 'fleet-dead.fifo';

/** The permissions of a role, as if its stack were deployed to the endpoint. */
export function roleIn(template: Template, part: string, aws: AwsLocal): readonly Permission[] {
  return policiesOf(template, idOf(template, 'AWS::IAM::Role', part)).flatMap(({ document }) =>
    permissionsIn(deployed(template, document, aws)),
  );
}

/** The same of a managed policy that nobody has yet. */
export function policyIn(template: Template, part: string, aws: AwsLocal): readonly Permission[] {
  const id = idOf(template, 'AWS::IAM::ManagedPolicy', part);
  return permissionsIn(
    deployed(template, template.toJSON().Resources[id].Properties.PolicyDocument, aws),
  );
}

/** A value of a template as CloudFormation would resolve it. */
function deployed(template: Template, value: unknown, aws: AwsLocal): unknown {
  if (Array.isArray(value)) return value.map((each) => deployed(template, each, aws));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(
    ([name, each]) => [name, deployed(template, each, aws)] as const,
  );
  const [[name, argument] = []] = entries;
  if (entries.length > 1 || !/^(Ref$|Fn::)/.test(name ?? '')) return Object.fromEntries(entries);
  if (name === 'Fn::Join') {
    const [separator, parts] = argument as [string, string[]];
    return parts.join(separator);
  }
  if (name === 'Ref' && argument === 'AWS::Partition') return 'aws';
  const [id, attribute] = name === 'Ref' ? [argument, 'Ref'] : (argument as string[]);
  const { Type, Properties } = template.toJSON().Resources[String(id)] ?? {};
  const arn = name === 'Ref' || attribute === 'Arn' ? arnOf(String(id), Type, Properties, aws) : '';
  if (!arn) throw new Error(`${JSON.stringify(value)} is not understood here.`);
  return arn;
}

/** What stands on the endpoint for a resource of a stack; only a secret is its ARN by `Ref`. */
function arnOf(id: string, type: string, { Name = '' }: Json, aws: AwsLocal): string | undefined {
  const isDispatchers = id.includes('Dispatcher');
  switch (type) {
    case 'AWS::SecretsManager::Secret':
      return aws.secretsManager.arnOf(String(Name));
    case 'AWS::Lambda::Function':
      return functionArn(region, isDispatchers ? 'dispatcher' : FUNCTION_NAME);
    case 'AWS::Logs::LogGroup':
      return `${logGroupArn(isDispatchers ? '/aws/lambda/dispatcher' : LOG_GROUP_NAME, region)}:*`;
    case 'AWS::IAM::Role':
      return id.includes('RotatorRole') ? ROLE_ARN : undefined;
    case 'AWS::SQS::Queue':
      return queueArn(id.includes('DeadLetter') ? deadLetterQueueName : queueName, region);
    default:
      return undefined;
  }
}
