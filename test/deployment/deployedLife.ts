import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { GetFunctionConfigurationCommand, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { GetScheduleCommand, UpdateScheduleCommand } from '@aws-sdk/client-scheduler';
import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import {
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  SetQueueAttributesCommand,
} from '@aws-sdk/client-sqs';
import { dispatchAt, isInShare } from '../../lambda/core/dispatchPlan';
import { tickMs } from '../../lambda/core/limits';
import { type ProviderSimulator, startProviderSimulator } from '../../local/provider/server';
import { quietSdk } from '../../local/quietSdk';
import { root } from '../package/packedPackage';
import { CdkProject } from './cdkProject';
import { type Clients, connect } from './clients';
import type { Template } from './leftOut';
import type { Ministack } from './ministack';
import { type Finished, run } from './program';
import { query } from './query';

/** A tick, five minutes apart as deployed, comes every seven or eight seconds. */
export const schedulerPace = 40;
/** What is an hour otherwise, and when tokens are renewed: by the scheduler's time both are as deployed. */
const accessTokenLifeMs = 3_600_000 / schedulerPace;
const refreshBelowSeconds = 2_400 / schedulerPace;

/** What stands for the time in a schedule's input, which the emulator leaves as it is. */
const scheduledTime = '<aws.scheduler.scheduled-time>';

/** Of a line that the function logs. */
export type Logged = Readonly<Record<string, unknown>>;

/** Both stacks on the emulator, whose functions ask the provider simulator. */
export class DeployedLife {
  private constructor(
    readonly server: Ministack,
    readonly aws: Clients,
    readonly provider: ProviderSimulator,
    private readonly project: CdkProject,
  ) {}

  /** With the connection `acme` in the stack, and an empty fleet. */
  static async start(server: Ministack): Promise<DeployedLife> {
    const provider = await startProviderSimulator({ accessTokenLifeMs });
    const project = new CdkProject(server, root);
    await project.bootstrap();
    const life = new DeployedLife(server, connect(server), provider, project);
    await life.deploy();
    return life;
  }

  /** With the connection `acme` in the stack, and a fleet. */
  async deploy(settings: Readonly<Record<string, unknown>> = {}): Promise<void> {
    const { project, provider } = this;
    const authBaseUrl = 'https://SUBDOMAIN.auth.marketingcloudapis.com';
    const connections = [{ name: 'acme', authBaseUrl, clientId: provider.clientId }];
    const context = { connections, fleet: true, ...settings };
    const assembly = await project.synthesize(context, (template) =>
      askingOn(template, authBaseUrl, provider.url),
    );
    await project.deploy(assembly);
  }

  async close(): Promise<void> {
    this.aws.close();
    await this.provider.close();
  }

  /** The operator's program, built. */
  ops(argv: readonly string[], stdin?: string): Promise<Finished> {
    return run([process.execPath, path.join(root, 'dist', 'ops', 'main.cjs'), ...argv], {
      cwd: this.server.folder,
      env: { ...this.server.environment, ...quietSdk, ALLOW_LOOPBACK_PROVIDER: 'true' },
      ...(stdin === undefined ? {} : { stdin }),
    });
  }

  /** A function's name, by the part of it that the stack's construct gives. */
  async functionName(part: string): Promise<string> {
    const { Functions = [] } = await this.aws.lambda.send(new ListFunctionsCommand({}));
    return Functions.find(({ FunctionName }) => FunctionName?.includes(part))?.FunctionName ?? '';
  }

  async logGroupOf(part: string): Promise<string> {
    const FunctionName = await this.functionName(part);
    const { LoggingConfig } = await this.aws.lambda.send(
      new GetFunctionConfigurationCommand({ FunctionName }),
    );
    return LoggingConfig?.LogGroup ?? '';
  }

  /** What a function has logged, as far as it is JSON. */
  async logOf(part: string): Promise<readonly Logged[]> {
    const { events = [] } = await this.aws.logs.send(
      new FilterLogEventsCommand({ logGroupName: await this.logGroupOf(part) }),
    );
    return events
      .map(({ message = '' }) => message)
      .filter((message) => message.startsWith('{'))
      .map((message) => JSON.parse(message));
  }

  /** Has a schedule fire as if it were another time, for good. */
  async fireAt(Name: string, atMs: number): Promise<void> {
    const { FlexibleTimeWindow, ScheduleExpression, Target } = await this.aws.scheduler.send(
      new GetScheduleCommand({ Name }),
    );
    const Input = Target?.Input?.replace(quietTime(), new Date(atMs).toISOString());
    await this.aws.scheduler.send(
      new UpdateScheduleCommand({
        Name,
        FlexibleTimeWindow,
        ScheduleExpression,
        Target: Target && { ...Target, Input },
      }),
    );
  }

  /** Puts the metrics that a function has logged where CloudWatch would: the emulator does not. */
  async putLoggedMetrics(part: string): Promise<void> {
    for (const line of await this.logOf(part)) {
      if (line._aws === undefined) continue;
      const { CloudWatchMetrics } = line._aws as {
        CloudWatchMetrics: {
          Namespace: string;
          Dimensions: string[][];
          Metrics: { Name: string }[];
        }[];
      };
      for (const { Namespace, Dimensions, Metrics } of CloudWatchMetrics) {
        for (const { Name } of Metrics) {
          for (const dimensions of Dimensions) {
            await query(this.server, 'monitoring', 'PutMetricData', {
              Namespace,
              'MetricData.member.1.MetricName': Name,
              'MetricData.member.1.Value': String(line[Name]),
              ...Object.fromEntries(
                dimensions.flatMap((dimension, index) => [
                  [`MetricData.member.1.Dimensions.member.${index + 1}.Name`, dimension],
                  [
                    `MetricData.member.1.Dimensions.member.${index + 1}.Value`,
                    String(line[dimension]),
                  ],
                ]),
              ),
            });
          }
        }
      }
    }
  }

  /** The state of an alarm, such as OK. */
  async alarmState(name: string): Promise<string | undefined> {
    const named = { 'AlarmNames.member.1': name };
    const answer = await query(this.server, 'monitoring', 'DescribeAlarms', named);
    return /<StateValue>(\w+)<\/StateValue>/.exec(answer)?.[1];
  }

  async stored(connection: string): Promise<Readonly<Record<string, string>>> {
    const { SecretString = '{}' } = await this.aws.secretsManager.send(
      new GetSecretValueCommand({ SecretId: `sfmc/${connection}`, VersionStage: 'AWSCURRENT' }),
    );
    return JSON.parse(SecretString);
  }

  async queueAttributes(arn: string): Promise<Readonly<Record<string, string>>> {
    const { Attributes = {} } = await this.aws.sqs.send(
      new GetQueueAttributesCommand({
        QueueUrl: await this.queueUrl(arn),
        AttributeNames: ['All'],
      }),
    );
    return Attributes;
  }

  /** Has a message that fails come again at once, and only a few times, not for 20 minutes. */
  async shortenRetries(arn: string, maxReceiveCount: number): Promise<void> {
    const { RedrivePolicy = '{}' } = await this.queueAttributes(arn);
    const policy = { ...JSON.parse(RedrivePolicy), maxReceiveCount };
    await this.aws.sqs.send(
      new SetQueueAttributesCommand({
        QueueUrl: await this.queueUrl(arn),
        Attributes: { VisibilityTimeout: '1', RedrivePolicy: JSON.stringify(policy) },
      }),
    );
  }

  async queueUrl(arn: string): Promise<string> {
    const QueueName = arn.split(':').at(-1);
    const { QueueUrl = '' } = await this.aws.sqs.send(new GetQueueUrlCommand({ QueueName }));
    return QueueUrl;
  }
}

/** A template whose functions ask a provider on this machine, and whose connections are there. */
function askingOn(template: Template, authBaseUrl: string, providerUrl: string): Template {
  const text = JSON.stringify(template).replaceAll(authBaseUrl.toLowerCase(), providerUrl);
  const changed: Template = JSON.parse(
    text.replaceAll(authBaseUrl, providerUrl).replaceAll(scheduledTime, quietTime()),
  );
  for (const { Type, Properties } of Object.values(changed.Resources)) {
    if (Type !== 'AWS::Lambda::Function') continue;
    const environment = Properties?.Environment as
      | { Variables: Record<string, unknown> }
      | undefined;
    Object.assign(environment?.Variables ?? {}, {
      ALLOW_LOOPBACK_PROVIDER: 'true',
      REFRESH_BELOW_SECONDS: String(refreshBelowSeconds),
      ...quietSdk,
    });
  }
  return changed;
}

/** A time at which no turn of a fleet is that of the stack's connection, ISO 8601. */
function quietTime(): string {
  let atMs = 0;
  while (isInShare('acme', dispatchAt(atMs))) atMs += tickMs;
  return new Date(atMs).toISOString();
}

/** Asks until something is there, which the emulator's minutes and a busy machine's may delay. */
export async function eventually<Value>(
  look: () => Promise<Value | undefined | false>,
  silenceMs = 150_000,
): Promise<Value> {
  const untilMs = performance.now() + silenceMs;
  for (;;) {
    const seen = await look();
    if (seen !== undefined && seen !== false) return seen;
    if (performance.now() > untilMs) throw new Error(`It was not seen in ${silenceMs} ms.`);
    await sleep(250);
  }
}
