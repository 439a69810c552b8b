import { SchedulerClient } from '@aws-sdk/client-scheduler';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SSMClient } from '@aws-sdk/client-ssm';
import { shortestBatchMs } from '../../lambda/core/limits';
import { type LocalLambda, startLambda } from '../aws/lambda/lambda';
import type { AwsLocal } from '../aws/server';
import { createRotatorQueue, type RotatorQueue } from '../aws/sqs/rotatorQueue';
import type { ProviderSimulator } from '../provider/server';
import { functionEnvironment, region } from '../world/environment';
import { isLast } from '../world/logLines';
import { recordedIds } from '../world/recordedIds';
import { startServers } from '../world/servers';
import { minuteMs } from './time';

/** The connection that the tour is about. */
export const connection = 'demo';

/** The function rotates when an access token has less than this left. */
export const refreshBelowMs = 40 * minuteMs;

/** When the tour's simulated time begins: the same in every run. */
const beginsAtMs = Date.UTC(2026, 0, 5, 8);

/** All that the tour plays with, on 127.0.0.1 and on one simulated clock. */
export interface TourWorld {
  readonly provider: ProviderSimulator;
  readonly aws: AwsLocal;
  readonly lambda: LocalLambda;
  /** The FIFO queue that the function is fed from. */
  readonly queue: RotatorQueue;
  /** What operators and other Lambdas call AWS with. */
  readonly clients: {
    readonly secretsManager: SecretsManagerClient;
    readonly ssm: SSMClient;
    readonly scheduler: SchedulerClient;
  };
  readonly beganAtMs: number;
  /** Milliseconds since the epoch. */
  now(): number;
  /** Lets time pass for everyone, also under a running invocation. */
  advance(ms: number): void;
  /** Makes a secret or a token. */
  nextId(): string;
  /** Every token and client secret made so far: what must never be shown. */
  readonly secrets: readonly string[];
  close(): Promise<void>;
}

/**
 * @param bundleDir see LambdaOptions.
 * @throws Error if the function is not built, or the machine has no port left.
 */
export async function startTourWorld(bundleDir?: string): Promise<TourWorld> {
  let offsetMs = beginsAtMs - Date.now();
  const now = () => Date.now() + offsetMs;
  const { nextId, made: secrets } = recordedIds();
  const toClose: (() => Promise<void>)[] = [];
  const close = async () => {
    await Promise.all(toClose.map((closeOne) => closeOne()));
  };

  try {
    // Nobody knows which of three things a second use of a refresh token does; this is the harshest.
    const servers = await startServers({ now, provider: { nextId, secondUse: 'revokes-first' } });
    toClose.push(servers.close);
    const { aws, provider } = servers;
    const queue = createRotatorQueue(aws.sqs, region);
    const env = {
      ...functionEnvironment(aws.url),
      REFRESH_BELOW_SECONDS: String(refreshBelowMs / 1000),
      QUEUE_ARN: queue.queueArn,
      QUEUE_URL: queue.queueUrl,
      EVENT_BUS_NAME: 'default',
    };
    const advance = (ms: number) => {
      offsetMs += ms;
      lambda.moveClock(ms);
    };
    const lambda = startLambda({
      bundleDir,
      clockOffsetMs: offsetMs,
      env,
      onLine(line) {
        // It then waits, as no batch takes less than a second: nobody has to wait with it.
        if (isLast(line)) advance(shortestBatchMs);
      },
    });
    toClose.push(lambda.close);
    const clients = clientsOf(aws);
    toClose.push(async () => {
      for (const client of Object.values(clients)) client.destroy();
    });
    return {
      provider,
      aws,
      lambda,
      queue,
      clients,
      beganAtMs: beginsAtMs,
      now,
      advance,
      nextId,
      secrets,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function clientsOf(aws: AwsLocal): TourWorld['clients'] {
  const credentials = { accessKeyId: 'operator', secretAccessKey: 'local' };
  const options = { endpoint: aws.url, region, credentials };
  return {
    secretsManager: new SecretsManagerClient(options),
    ssm: new SSMClient(options),
    scheduler: new SchedulerClient(options),
  };
}
