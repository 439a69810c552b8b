import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { GetParametersCommand, PutParameterCommand } from '@aws-sdk/client-ssm';
import type { FunctionError } from '../../local/aws/lambda/functionError';
import { type LocalLambda, startLambda } from '../../local/aws/lambda/lambda';
import {
  type ProviderSimulator,
  type ProviderSimulatorOptions,
  startProviderSimulator,
} from '../../local/provider/server';
import { closeAfterTest } from '../support/closing';
import { rotatorEnvironment } from '../support/rotatorEnvironment';
import { minuteMs } from '../support/simulatedClock';
import { type SqsMessage, sqsEvent } from '../support/sqsEvent';
import type { StoredTokenSet } from '../support/storedConnection';
import { temporaryFolder } from '../support/temporaryFolder';
import { type AwsProxy, startAwsProxy } from './awsProxy';
import { ConformanceSecret, type VersionName } from './conformanceSecret';
import { localTarget } from './localTarget';
import { MotoQueues } from './motoQueues';
import type { MotoServer } from './motoServer';
import { VersionDates } from './versionDates';

type Result = { readonly outcome: string; readonly versionId: string };

/**
 * The built function in a process of its own, one connection of it on moto, and the provider
 * simulator. All but the dates of moto's queues go by one clock that can be moved.
 */
export class MotoWorld {
  private constructor(
    private readonly clock: { aheadMs: number },
    /** The connection's name. */
    readonly connection: string,
    /** Between the function and moto. */
    readonly aws: AwsProxy,
    readonly provider: ProviderSimulator,
    readonly lambda: LocalLambda,
    readonly secret: ConformanceSecret,
    /** The function's queue, and what is put on its event bus. */
    readonly queues: MotoQueues,
    private readonly target: ReturnType<typeof localTarget>,
  ) {}

  /** With a token set that is due as `v1`, and the connection's parameters. */
  static async start(
    { url }: MotoServer,
    options: Pick<ProviderSimulatorOptions, 'secondUse'> = {},
  ): Promise<MotoWorld> {
    const clock = { aheadMs: 0 };
    const now = () => Date.now() + clock.aheadMs;
    const dates = new VersionDates(now);
    const [aws, operators] = [await startAwsProxy(url, dates), await startAwsProxy(url, dates)];
    for (const proxy of [aws, operators]) closeAfterTest(() => proxy.close());
    const provider = await startProviderSimulator({ ...options, now });
    closeAfterTest(() => provider.close());
    const connection = `moto-${randomUUID().slice(0, 8)}`;
    const queues = await MotoQueues.create(url, connection);
    const lambda = startLambda({
      env: {
        ...rotatorEnvironment(aws.url),
        QUEUE_ARN: queues.arn,
        QUEUE_URL: new URL(queues.path, aws.url).href,
        EVENT_BUS_NAME: 'default',
        TMPDIR: temporaryFolder(),
      },
    });
    closeAfterTest(() => lambda.close());
    const target = localTarget(operators.url);
    closeAfterTest(() => target.close());

    const secret = new ConformanceSecret(target.secretsManager, `sfmc/${connection}`);
    const world = new MotoWorld(clock, connection, aws, provider, lambda, secret, queues, target);
    const { clientId, clientSecret } = provider;
    await secret.create('v1', { SecretString: JSON.stringify(world.refreshed()) });
    await world.#put('config', 'String', JSON.stringify({ authBaseUrl: provider.url, clientId }));
    await world.#put('client-secret', 'SecureString', clientSecret);
    return world;
  }

  /** Gives the function a message as its queue does; returns whether it will be delivered again. */
  async deliver({ timeoutMs, ...message }: SqsMessage & { timeoutMs?: number } = {}) {
    const { arn: queueArn } = this.queues;
    const event = sqsEvent(this.connection, { nowMs: this.now(), queueArn, ...message });
    return this.#deliver(event, timeoutMs);
  }

  /** The same of the message that waits in the function's queue. */
  async deliverQueued() {
    return this.#deliver(await this.queues.receive());
  }

  async #deliver(event: object, timeoutMs?: number): Promise<'done' | 'failed'> {
    const { batchItemFailures } = await this.lambda.invoke<{ batchItemFailures: unknown[] }>(
      event,
      { timeoutMs },
    );
    return batchItemFailures.length === 0 ? 'done' : 'failed';
  }

  /** As a person does it. */
  invoke(): Promise<Result> {
    return this.lambda.invoke({ connection: this.connection });
  }

  /** The same, killed once the provider has its request; how the invocation ended. */
  async invokeAndKill(): Promise<string> {
    const ended = this.invoke().then(
      ({ outcome }) => outcome,
      ({ errorType }: FunctionError) => errorType,
    );
    while (this.provider.requests.length === 0) await sleep(1);
    await this.lambda.kill();
    return ended;
  }

  /** A step of Secrets Manager's own rotation. */
  step(step: string, token: string): Promise<Result> {
    const { id: SecretId } = this.secret;
    return this.lambda.invoke({ Step: step, SecretId, ClientRequestToken: token });
  }

  /** By default so long that the access token is due. */
  advance(ms = 25 * minuteMs): void {
    this.clock.aheadMs += ms;
    this.lambda.moveClock(ms);
  }

  now(): number {
    return Date.now() + this.clock.aheadMs;
  }

  /** A token set of a chain of its own, or the successor of a refresh token; due by default. */
  refreshed(refreshToken?: string, ageMs = 25 * minuteMs): StoredTokenSet {
    const { clientId, clientSecret, model } = this.provider;
    const issuedAtMs = this.now() - ageMs;
    const used = refreshToken ?? model.startChain('user', issuedAtMs);
    const asked = { clientId, clientSecret, accessType: 'offline', legacy: true };
    const { status, body } = model.requestToken({ ...asked, refreshToken: used }, issuedAtMs);
    if (status !== 200) throw new Error('the refresh token was refused');
    const { expiresIn, ...tokens } = body;
    return {
      ...tokens,
      issuedAt: new Date(issuedAtMs).toISOString(),
      expiresAt: new Date(issuedAtMs + expiresIn * 1_000).toISOString(),
    };
  }

  /** Stores a token set as a person does. */
  put(version: VersionName, tokens: StoredTokenSet, VersionStages?: string[]) {
    return this.secret.put(version, {
      SecretString: JSON.stringify(tokens),
      ...(VersionStages && { VersionStages }),
    });
  }

  async stored(VersionStage = 'AWSCURRENT'): Promise<StoredTokenSet> {
    return JSON.parse((await this.secret.read({ VersionStage })) ?? '{}');
  }

  /** The labels of each version that has any, whatever its id. */
  async labels(): Promise<string[][]> {
    const { VersionIdsToStages = {} } = await this.secret.describe();
    return Object.values(VersionIdsToStages)
      .filter(({ length }) => length > 0)
      .map((labels) => labels.sort())
      .sort();
  }

  /** The version that is AWSCURRENT. */
  async current() {
    const { VersionId: versionId, VersionStages: labels = [] } = await this.secret.get({
      VersionStage: 'AWSCURRENT',
    });
    return { versionId, labels: labels.sort() };
  }

  async escrow(): Promise<string | undefined> {
    const { Parameters = [] } = await this.target.ssm.send(
      new GetParametersCommand({
        Names: [`/sfmc/${this.connection}/escrow`],
        WithDecryption: true,
      }),
    );
    return Parameters[0]?.Value;
  }

  /** Whether the stored tokens are living ones, and stay so. */
  async isWhole(): Promise<boolean> {
    const { accessToken = '', refreshToken = '' } = await this.stored();
    const { model } = this.provider;
    const lasting = model.accepts(refreshToken, this.now() + 10 * minuteMs);
    return lasting && model.isAccessTokenValid(accessToken, this.now());
  }

  #put(leaf: string, Type: 'String' | 'SecureString', Value: string) {
    const Name = `/sfmc/${this.connection}/${leaf}`;
    return this.target.ssm.send(new PutParameterCommand({ Name, Type, Value }));
  }
}
