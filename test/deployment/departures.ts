import { randomUUID } from 'node:crypto';
import { FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { CreateKeyCommand, DisableKeyCommand } from '@aws-sdk/client-kms';
import { CreateScheduleCommand } from '@aws-sdk/client-scheduler';
import {
  CreateSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  ListSecretVersionIdsCommand,
  RotateSecretCommand,
} from '@aws-sdk/client-secrets-manager';
import {
  CreateQueueCommand,
  ReceiveMessageCommand,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs';
import { GetParameterCommand, PutParameterCommand } from '@aws-sdk/client-ssm';
import { type DeployedLife, eventually } from './deployedLife';
import { query } from './query';

interface Departure {
  /** What AWS does, and ministack does not. */
  readonly of: string;
  /** The page of AWS's documentation that says so. */
  readonly source: string;
  /** Why the deployment's tests know of it. */
  readonly because: string;
  /** Whether ministack does it by now: then what was made of it here can go. */
  readonly isMended: (life: DeployedLife) => Promise<boolean>;
}

/** What ministack does otherwise than AWS, as far as these tests meet with it. */
export const departures: readonly Departure[] = [
  {
    of: 'a log that is searched by the members of its lines',
    source: 'Amazon CloudWatch Logs user guide, "Filter pattern syntax"',
    because: 'every search finds every line, which the tests and the commands sift themselves',
    async isMended(life) {
      const found = await search(life, '{ $.connection = "nobody" }');
      return found.length === 0;
    },
  },
  {
    of: "a log's events with an id",
    source: 'Amazon CloudWatch Logs API reference, FilteredLogEvent',
    because: 'rotate knows lines that it has seen by it, and does not see here how a rotation ends',
    async isMended(life) {
      const [found] = await search(life, '');
      return found?.eventId !== undefined;
    },
  },
  {
    of: 'metrics that are taken out of the log',
    source: 'Amazon CloudWatch user guide, "Embedding metrics within logs"',
    because: 'the tests put them into CloudWatch',
    async isMended({ server }) {
      const listed = await query(server, 'monitoring', 'ListMetrics', {
        Namespace: 'SfmcTokenRotator',
      });
      return listed.includes('<MetricName>');
    },
  },
  {
    of: "a schedule's time in its input",
    source: 'EventBridge Scheduler user guide, "Adding context attributes"',
    because: 'the tests put it there, since the dispatcher refuses what is no time',
    async isMended({ aws }) {
      const name = `departure-${randomUUID()}`;
      const { QueueUrl } = await aws.sqs.send(new CreateQueueCommand({ QueueName: name }));
      await aws.scheduler.send(
        new CreateScheduleCommand({
          Name: name,
          ScheduleExpression: `at(${new Date().toISOString().slice(0, 19)})`,
          FlexibleTimeWindow: { Mode: 'OFF' },
          Target: {
            Arn: `arn:aws:sqs:us-east-1:000000000000:${name}`,
            RoleArn: 'arn:aws:iam::000000000000:role/scheduler',
            Input: '{"time":"<aws.scheduler.scheduled-time>"}',
          },
        }),
      );
      const body = await eventually(async () => {
        const { Messages = [] } = await aws.sqs.send(new ReceiveMessageCommand({ QueueUrl }));
        return Messages[0]?.Body;
      });
      return !body.includes('<aws.scheduler.scheduled-time>');
    },
  },
  {
    of: 'a rotation by Secrets Manager that the function carries out',
    source: 'AWS Secrets Manager user guide, "Lambda rotation functions"',
    because: "the four steps are tested on moto and on the project's own endpoint alone",
    async isMended(life) {
      const { aws } = life;
      const { ARN: SecretId } = await aws.secretsManager.send(
        new CreateSecretCommand({ Name: `departure-${randomUUID()}`, SecretString: '{}' }),
      );
      const rotator = await life.functionName('SfmcTokenRotator-TokenRotationRotator');
      const { VersionId = '' } = await aws.secretsManager.send(
        new RotateSecretCommand({
          SecretId,
          RotationLambdaARN: `arn:aws:lambda:us-east-1:000000000000:function:${rotator}`,
          RotationRules: { AutomaticallyAfterDays: 30 },
        }),
      );
      const { VersionIdsToStages = {} } = await aws.secretsManager.send(
        new DescribeSecretCommand({ SecretId }),
      );
      return !VersionIdsToStages[VersionId]?.includes('AWSCURRENT');
    },
  },
  {
    of: 'dead letters that are moved back',
    source: 'Amazon SQS API reference, StartMessageMoveTask',
    because: "the runbook's command for it is refused here, and nothing else that it has",
    async isMended({ aws }) {
      const name = `departure-${randomUUID()}`;
      await aws.sqs.send(new CreateQueueCommand({ QueueName: name }));
      const SourceArn = `arn:aws:sqs:us-east-1:000000000000:${name}`;
      try {
        await aws.sqs.send(new StartMessageMoveTaskCommand({ SourceArn }));
        return true;
      } catch (thrown) {
        return !/not support|InvalidAction|Unknown/i.test(String(thrown));
      }
    },
  },
  {
    of: "the keys of a secret's versions",
    source: 'AWS Secrets Manager API reference, SecretVersionsListEntry, "KmsKeyIds"',
    because: 'rekey takes every version for one under another key, and cannot come to an end here',
    async isMended({ aws }) {
      const { KeyMetadata } = await aws.kms.send(new CreateKeyCommand({}));
      const { ARN: SecretId } = await aws.secretsManager.send(
        new CreateSecretCommand({
          Name: `departure-${randomUUID()}`,
          SecretString: '{}',
          KmsKeyId: KeyMetadata?.Arn,
        }),
      );
      const { Versions: [version] = [] } = await aws.secretsManager.send(
        new ListSecretVersionIdsCommand({ SecretId }),
      );
      return version?.KmsKeyIds !== undefined;
    },
  },
  {
    of: 'a disabled key that locks what is under it',
    source: 'AWS KMS developer guide, "Key states of AWS KMS keys"',
    because:
      'what a rotation does then is tested on stores that refuse it, and here what doctor says',
    async isMended({ aws }) {
      const { KeyMetadata } = await aws.kms.send(new CreateKeyCommand({}));
      const KeyId = KeyMetadata?.Arn;
      const Name = `/departure/${randomUUID()}`;
      await aws.ssm.send(
        new PutParameterCommand({ Name, Value: 'locked', Type: 'SecureString', KeyId }),
      );
      await aws.kms.send(new DisableKeyCommand({ KeyId }));
      try {
        await aws.ssm.send(new GetParameterCommand({ Name, WithDecryption: true }));
        return false;
      } catch {
        return true;
      }
    },
  },
  {
    of: "a deployment that fails because a secret's name is taken",
    source:
      'AWS CloudFormation user guide, "Troubleshooting CloudFormation", resource already exists',
    because:
      'it writes over the secret, so that the tests name it as one that is taken over, at first',
    async isMended({ aws, server }) {
      const Name = `departure-${randomUUID()}`;
      const before = { Name, SecretString: 'before' };
      await aws.secretsManager.send(new CreateSecretCommand(before));
      const Properties = { Name, SecretString: 'after' };
      const TemplateBody = JSON.stringify({
        Resources: { It: { Type: 'AWS::SecretsManager::Secret', Properties } },
      });
      await query(server, 'cloudformation', 'CreateStack', { StackName: Name, TemplateBody });
      const value = await eventually(async () => {
        const described = await query(server, 'cloudformation', 'DescribeStacks', {
          StackName: Name,
        });
        if (/<StackStatus>\w+_IN_PROGRESS/.test(described)) return undefined;
        const current = { SecretId: Name, VersionStage: 'AWSCURRENT' };
        return (await aws.secretsManager.send(new GetSecretValueCommand(current))).SecretString;
      });
      return value === before.SecretString;
    },
  },
  {
    of: "a secret's ARN as what refers to it",
    source: 'AWS CloudFormation template reference, AWS::SecretsManager::Secret, "Return values"',
    because: "the rotator's policy names its secrets by it, so that doctor finds them denied here",
    async isMended({ server }) {
      const StackName = `Departure-${randomUUID()}`;
      const TemplateBody = JSON.stringify({
        Resources: { It: { Type: 'AWS::SecretsManager::Secret', Properties: { Name: StackName } } },
        Outputs: { It: { Value: { Ref: 'It' } } },
      });
      await query(server, 'cloudformation', 'CreateStack', { StackName, TemplateBody });
      const value = await eventually(async () => {
        const described = await query(server, 'cloudformation', 'DescribeStacks', { StackName });
        return /<OutputValue>(.*?)<\/OutputValue>/.exec(described)?.[1];
      });
      return value.startsWith('arn:');
    },
  },
];

async function search(life: DeployedLife, filterPattern: string) {
  const logGroupName = await life.logGroupOf('SfmcTokenRotator-TokenRotationRotator');
  const { events = [] } = await life.aws.logs.send(
    new FilterLogEventsCommand({ logGroupName, filterPattern }),
  );
  return events;
}
