import { randomUUID } from 'node:crypto';
import type { Template } from 'aws-cdk-lib/assertions';
import { accountId } from '../../local/aws/account';
import { type Permission, permissionsIn } from '../../local/aws/iam/policyEvaluation';
import {
  functionArn,
  localFunctionName,
  localLogGroupName,
  localRoleArn,
} from '../../local/aws/lambda/names';
import { logGroupArn } from '../../local/aws/logs/logGroup';
import type { AwsLocal } from '../../local/aws/server';
import { queueArn } from '../../local/aws/sqs/sqs';
import { idOf, type Json, policiesOf } from '../infra/support';
import { region } from './stacks';

interface Resource {
  readonly Type: string;
  readonly Properties?: Json;
}

export interface Deployed<Properties> {
  readonly name: string;
  readonly properties: Properties;
}

export interface LambdaFunction {
  readonly Role: string;
  readonly Environment?: { readonly Variables: Readonly<Record<string, string>> };
  readonly LoggingConfig: { readonly LogGroup: string };
  readonly DeadLetterConfig?: { readonly TargetArn: string };
}

/**
 * A stack on the endpoint: its secrets, parameters, FIFO queues with their event source mappings, and
 * schedules are made as its template has them. What the template leaves unnamed is called by its logical id, but the rotator, its log and
 * its role are the endpoint's own.
 */
export class Deployment {
  readonly #resources: Readonly<Record<string, Resource>>;

  constructor(
    private readonly template: Template,
    private readonly aws: AwsLocal,
  ) {
    this.#resources = template.toJSON().Resources;
    // In the template's order: there a queue comes after its dead-letter queue.
    for (const [id, { Type }] of Object.entries(this.#resources)) this.#make(id, Type);
  }

  /** What the policies of a role permit, by a part of its logical id. */
  ofRole(part: string): readonly Permission[] {
    const policies = policiesOf(this.template, idOf(this.template, 'AWS::IAM::Role', part));
    return policies.flatMap(({ document }) => permissionsIn(this.#resolve(document)));
  }

  /** The same of a managed policy that nobody has yet. */
  ofPolicy(part: string): readonly Permission[] {
    const id = idOf(this.template, 'AWS::IAM::ManagedPolicy', part);
    return permissionsIn(this.#properties<{ PolicyDocument: Json }>(id).PolicyDocument);
  }

  /** Every resource of a type, as it is deployed. */
  all<Properties>(type: string): readonly Deployed<Properties>[] {
    return Object.keys(this.template.findResources(type)).map((id) => ({
      name: this.#name(id),
      properties: this.#properties(id),
    }));
  }

  /** The functions that run under a role. */
  functionsOf(role: string): readonly Deployed<LambdaFunction>[] {
    const roleArn = this.roleArn(role);
    return this.all<LambdaFunction>('AWS::Lambda::Function').filter(
      ({ properties }) => properties.Role === roleArn,
    );
  }

  /** The environment variables that the stack gives the rotator. */
  rotatorVariables(): Readonly<Record<string, string>> {
    return this.functionsOf('RotatorRole')[0]?.properties.Environment?.Variables ?? {};
  }

  /** Of a role, by a part of its logical id. */
  roleArn(part: string): string {
    return String(this.#attribute(idOf(this.template, 'AWS::IAM::Role', part), 'Arn'));
  }

  #make(id: string, type: string): void {
    const { secretsManager, parameterStore, scheduler, sqs, eventSourceMappings } = this.aws;
    switch (type) {
      case 'AWS::SecretsManager::Secret':
        secretsManager.createSecret({ ...this.#properties(id), ClientRequestToken: randomUUID() });
        break;
      case 'AWS::SSM::Parameter':
        parameterStore.putParameter(this.#properties(id));
        break;
      case 'AWS::Scheduler::Schedule':
        scheduler.createSchedule(this.#properties(id));
        break;
      case 'AWS::SQS::Queue':
        if (this.#isFifo(id)) {
          sqs.createQueue({ QueueName: this.#name(id), Attributes: texts(this.#properties(id)) });
        }
        break;
      case 'AWS::Lambda::EventSourceMapping':
        eventSourceMappings.createEventSourceMapping(this.#properties(id), { region });
    }
  }

  #properties<Properties>(id: string): Properties {
    return this.#resolve(this.#resources[id]?.Properties) as Properties;
  }

  #isFifo(queueId: string): boolean {
    return this.#resources[queueId]?.Properties?.FifoQueue === true;
  }

  #name(id: string): string {
    const isRotators = id.includes('Rotator');
    switch (this.#resources[id]?.Type) {
      case 'AWS::SecretsManager::Secret':
        return String(this.#resources[id]?.Properties?.Name);
      case 'AWS::Lambda::Function':
        return isRotators ? localFunctionName : id;
      case 'AWS::Logs::LogGroup':
        return isRotators ? localLogGroupName : id;
      case 'AWS::SQS::Queue':
        return this.#isFifo(id) ? `${id}.fifo` : id;
      default:
        return id;
    }
  }

  /** What a reference comes to; only a secret is its ARN by `Ref`. */
  #attribute(id: string, attribute: string): string | undefined {
    const name = this.#name(id);
    switch (`${this.#resources[id]?.Type} ${attribute}`) {
      case 'AWS::SecretsManager::Secret Ref':
        return this.aws.secretsManager.arnOf(name);
      case 'AWS::Lambda::Function Ref':
      case 'AWS::Logs::LogGroup Ref':
        return name;
      case 'AWS::Lambda::Function Arn':
        return functionArn(region, name);
      case 'AWS::Logs::LogGroup Arn':
        return `${logGroupArn(name, region)}:*`;
      case 'AWS::IAM::Role Arn':
        return id.includes('RotatorRole') ? localRoleArn : `arn:aws:iam::${accountId}:role/${name}`;
      case 'AWS::SQS::Queue Ref':
        return this.aws.sqs.getQueueUrl({ QueueName: name }).QueueUrl;
      case 'AWS::SQS::Queue Arn':
        return queueArn(name, region);
      default:
        return undefined;
    }
  }

  /** A value of the template as CloudFormation would resolve it. */
  #resolve(value: unknown): unknown {
    if (Array.isArray(value)) return value.map((each) => this.#resolve(each));
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value);
    const [[name, argument] = []] = entries;
    if (entries.length > 1 || !/^(Ref$|Fn::)/.test(name ?? '')) {
      return Object.fromEntries(entries.map(([key, each]) => [key, this.#resolve(each)]));
    }
    if (name === 'Fn::Join') {
      const [separator, parts] = argument as [string, unknown[]];
      return parts.map((part) => this.#resolve(part)).join(separator);
    }
    if (name === 'Ref' && argument === 'AWS::Partition') return 'aws';
    const [id, attribute] = name === 'Ref' ? [argument, 'Ref'] : (argument as string[]);
    const resolved = this.#attribute(String(id), String(attribute));
    if (resolved === undefined) throw new Error(`${JSON.stringify(value)} is not understood here.`);
    return resolved;
  }
}

const texts = (values: Json) =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]),
  );
