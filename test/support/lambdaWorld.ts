import { randomUUID } from 'node:crypto';
import type { Template } from 'aws-cdk-lib/assertions';
import { visibilityTimeoutMs } from '../../lambda/core/limits';
import type { BatchResult } from '../../lambda/rotator/batch';
import { type LambdaOptions, type LocalLambda, startLambda } from '../../local/aws/lambda/lambda';
import { type AwsLocal, type AwsLocalOptions, startAwsLocal } from '../../local/aws/server';
import { EventSource, type SqsRecord } from '../../local/aws/sqs/eventSource';
import { queueArn } from '../../local/aws/sqs/sqs';
import {
  type ProviderSimulator,
  type ProviderSimulatorOptions,
  startProviderSimulator,
} from '../../local/provider/server';
import { startFleetUnderRole } from './awsUnderRole';
import { closeAfterTest } from './closing';
import { Deployment } from './deployment';
import { rotatorEnvironment } from './rotatorEnvironment';
import { minuteMs } from './simulatedClock';
import { region } from './stacks';
import { StoredConnection } from './storedConnection';
import { temporaryFolder } from './temporaryFolder';

export interface LambdaWorldOptions
  extends Pick<LambdaOptions, 'bundleDir' | 'env'>,
    Pick<AwsLocalOptions, 'authorize' | 'signatureToleranceMs'>,
    Omit<ProviderSimulatorOptions, 'now' | 'port'> {
  /**
   * The stack that the function belongs to, if `authorize` decides what it may do.
   * @default none: the function has no queue and no event bus
   */
  readonly template?: Template;
}

/**
 * The built function in a process of its own, over local servers, all on one clock that goes on by
 * itself and can be moved. Unless set otherwise it calls AWS under its role, and has the queue and
 * the event bus of its stack. When the test ends, the process is killed and everything is closed.
 */
export class LambdaWorld {
  private constructor(
    private readonly clock: { aheadMs: number },
    readonly aws: AwsLocal,
    readonly provider: ProviderSimulator,
    readonly lambda: LocalLambda,
    /** The function's folder for temporary files, `/tmp` in Lambda. */
    readonly folder: string,
    readonly deployment: Deployment | undefined,
  ) {}

  /** `latencyMs` is added to the answers of AWS, and twice to those of the provider. */
  static async start(options: LambdaWorldOptions = {}) {
    const { bundleDir, env, authorize, signatureToleranceMs, template, ...ofProvider } = options;
    const { latencyMs = 0 } = ofProvider;
    const clock = { aheadMs: 0 };
    const now = () => Date.now() + clock.aheadMs;
    const ofAws = { latencyMs, now, ...(signatureToleranceMs && { signatureToleranceMs }) };
    const { aws, deployment } = authorize
      ? await startStack({ ...ofAws, authorize }, template)
      : await startFleetUnderRole(ofAws);
    closeAfterTest(() => aws.close());
    const provider = await startProviderSimulator({ ...ofProvider, latencyMs: 2 * latencyMs, now });
    closeAfterTest(() => provider.close());
    const folder = temporaryFolder();
    const environment = {
      ...rotatorEnvironment(aws.url),
      ...queueVariables(deployment),
      TMPDIR: folder,
      ...env,
    };
    const lambda = startLambda({ bundleDir, env: environment });
    closeAfterTest(() => lambda.close());
    return new LambdaWorld(clock, aws, provider, lambda, folder, deployment);
  }

  readonly now = (): number => Date.now() + this.clock.aheadMs;

  /** Lets time pass for everyone, also under a running invocation. */
  advance(ms: number): void {
    this.clock.aheadMs += ms;
    this.lambda.moveClock(ms);
  }

  /**
   * Gives the function a message as its queue does; returns whether it will be delivered again.
   *
   * @throws FunctionError if the invocation came to no answer
   */
  async deliver(
    connection: string,
    { receiveCount = 1, sentAtMs, timeoutMs, ...members }: DeliveryOptions = {},
  ): Promise<'done' | 'failed'> {
    const messageId = randomUUID();
    const sinceSentMs = (receiveCount - 1) * visibilityTimeoutMs;
    const record: SqsRecord = {
      messageId,
      receiptHandle: `${messageId} ${receiveCount}`,
      body: JSON.stringify({ connection, ...members }),
      attributes: {
        ApproximateReceiveCount: String(receiveCount),
        SentTimestamp: String(Math.floor(sentAtMs ?? this.now() - sinceSentMs)),
        MessageGroupId: connection,
        MessageDeduplicationId: messageId,
        SequenceNumber: '18800000000000000001',
      },
      messageAttributes: {},
      md5OfBody: '',
      eventSource: 'aws:sqs',
      eventSourceARN: this.#queue.arn ?? queueArn('any.fifo', region),
      awsRegion: region,
    };
    const { batchItemFailures } = await this.lambda.invoke<BatchResult>(
      { Records: [record] },
      { timeoutMs },
    );
    return batchItemFailures.length > 0 ? 'failed' : 'done';
  }

  /** Lets the function have all messages that are visible in its queue; how many batches that was. */
  async deliverQueued(): Promise<number> {
    const { url } = this.#queue;
    if (url === undefined) throw new Error('the function has no queue');
    let batches = 0;
    const source = new EventSource(this.aws.sqs, {
      queueUrl: url,
      maximumConcurrency: 1,
      invoke: (event) => {
        batches += 1;
        return this.lambda.invoke(event);
      },
    });
    for (let batch = source.next(); batch; batch = source.next()) await batch;
    return batches;
  }

  get #queue(): { readonly arn: string | undefined; readonly url: string | undefined } {
    const { QUEUE_ARN: arn, QUEUE_URL: url } = queueVariables(this.deployment);
    return { arn, url };
  }

  /** Stores a connection with a chain of its own, whose first refresh happened that long ago. */
  connect(
    name: string,
    { ageMs = 25 * minuteMs, authBaseUrl = this.provider.url, ...config }: ConnectionOptions = {},
  ): StoredConnection {
    const stored = new StoredConnection(this.aws, name);
    const { clientId, clientSecret } = this.provider;
    stored.configure({ authBaseUrl, clientId, ...config });
    stored.putParameter('client-secret', clientSecret);
    const refreshToken = this.provider.model.startChain('user', this.now() - ageMs);
    stored.put(this.refreshed(refreshToken, ageMs));
    return stored;
  }

  /** Uses a refresh token at the provider, `ageMs` ago; the text of the token set that it gave. */
  refreshed(refreshToken: string, ageMs: number): string {
    const { clientId, clientSecret, model, url } = this.provider;
    const request = { clientId, clientSecret, refreshToken, accessType: 'offline', legacy: true };
    const issuedAtMs = this.now() - ageMs;
    const { status, body } = model.requestToken(request, issuedAtMs);
    if (status !== 200) throw new Error('the refresh token was refused');
    const { expiresIn, ...tokens } = body;
    return JSON.stringify({
      ...tokens,
      issuedAt: new Date(issuedAtMs).toISOString(),
      expiresAt: new Date(issuedAtMs + expiresIn * 1_000).toISOString(),
      restBaseUrl: url,
      soapBaseUrl: `${url}/Service.asmx`,
    });
  }
}

/** What of a message a test may want otherwise; by default it is delivered for the first time. */
export interface DeliveryOptions {
  readonly force?: boolean;
  readonly isFollowUp?: boolean;
  /** @default 1 */
  readonly receiveCount?: number;
  /** @default now, or as many visibility timeouts ago as it was received before */
  readonly sentAtMs?: number;
  /** How long the invocation may take. @default as the stack has it */
  readonly timeoutMs?: number;
}

/** What a stack gives the function to know its surroundings; its other settings stay at their defaults. */
function queueVariables(
  deployment: Deployment | undefined,
): Partial<Record<QueueVariable, string>> {
  const variables = deployment?.rotatorVariables() ?? {};
  return Object.fromEntries(
    queueVariableNames.flatMap((name) => {
      const value = variables[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

const queueVariableNames = ['QUEUE_ARN', 'QUEUE_URL', 'EVENT_BUS_NAME'] as const;
type QueueVariable = (typeof queueVariableNames)[number];

async function startStack(options: AwsLocalOptions, template: Template | undefined) {
  const aws = await startAwsLocal(options);
  return { aws, deployment: template && new Deployment(template, aws) };
}

export interface ConnectionOptions {
  /** By default so long that the access token is due for its refresh. @default 25 minutes */
  readonly ageMs?: number;
  /** @default the provider simulator's */
  readonly authBaseUrl?: string;
  /** @default 'alarm' */
  readonly onBrokenChain?: 'reissue' | 'alarm';
}
