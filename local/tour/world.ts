import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SSMClient } from '@aws-sdk/client-ssm';
import { type AwsLocal, startAwsLocal } from '../aws/server';
import { type LocalLambda, startLambda } from '../lambda/lambda';
import { seededIds } from '../provider/ids';
import { type ProviderSimulator, startProviderSimulator } from '../provider/server';
import { quietSdk } from '../quietSdk';
import { MINUTE_MS } from './time';

/** The connection that the tour is about. */
export const connection = 'demo';

/** The function rotates when an access token has less than this left. */
export const refreshBelowMs = 40 * MINUTE_MS;

/** When the tour's simulated time begins: the same in every run. */
const beginsAtMs = Date.UTC(2026, 0, 5, 8);

/** All that the tour plays with, on 127.0.0.1 and on one simulated clock. */
export interface World {
  readonly provider: ProviderSimulator;
  readonly aws: AwsLocal;
  readonly lambda: LocalLambda;
  /** What operators and other Lambdas call AWS with. */
  readonly clients: {
    readonly secretsManager: SecretsManagerClient;
    readonly ssm: SSMClient;
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
 * @throws Error where the function is not built, or the machine has no port left.
 */
export async function startWorld(bundleDir?: string): Promise<World> {
  let offsetMs = beginsAtMs - Date.now();
  const now = () => Date.now() + offsetMs;
  const secrets: string[] = [];
  const ids = seededIds(1);
  const nextId = () => {
    const id = ids();
    secrets.push(id);
    return id;
  };
  const toClose: (() => Promise<void>)[] = [];
  const close = async () => {
    await Promise.all(toClose.map((closeOne) => closeOne()));
  };

  try {
    // Nobody knows which of three things a second use of a refresh token does; this is the harshest.
    const provider = await startProviderSimulator({ now, nextId, secondUse: 'revokes-first' });
    toClose.push(provider.close);
    const aws = await startAwsLocal({ now });
    toClose.push(aws.close);
    // Of its own, as /tmp is in Lambda: the function notes there what it has begun.
    const temporaryDir = await mkdtemp(join(tmpdir(), 'sfmc-token-rotator-'));
    let closeLambda = async () => {};
    toClose.push(async () => {
      await closeLambda();
      await rm(temporaryDir, { recursive: true, force: true });
    });
    const env = { ...environmentOf(aws), TMPDIR: temporaryDir };
    const lambda = startLambda({ bundleDir, clockOffsetMs: offsetMs, env });
    closeLambda = lambda.close;
    const clients = clientsOf(aws);
    toClose.push(async () => {
      clients.secretsManager.destroy();
      clients.ssm.destroy();
    });
    return {
      provider,
      aws,
      lambda,
      clients,
      beganAtMs: beginsAtMs,
      now,
      advance(ms) {
        offsetMs += ms;
        lambda.moveClock(ms);
      },
      nextId,
      secrets,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

const region = 'us-east-1';

function environmentOf(aws: AwsLocal): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: aws.url,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: 'function',
    AWS_SECRET_ACCESS_KEY: 'local',
    ALLOW_LOOPBACK_PROVIDER: 'true',
    REFRESH_BELOW_SECONDS: String(refreshBelowMs / 1000),
    ...quietSdk,
  };
}

function clientsOf(aws: AwsLocal): World['clients'] {
  const credentials = { accessKeyId: 'operator', secretAccessKey: 'local' };
  const options = { endpoint: aws.url, region, credentials };
  return { secretsManager: new SecretsManagerClient(options), ssm: new SSMClient(options) };
}
