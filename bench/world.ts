import { devNull } from 'node:os';
import type { AwsLocal } from '../local/aws/server';
import type { SqsEvent } from '../local/aws/sqs/eventSource';
import { seededIds } from '../local/provider/ids';
import type { ProviderSimulator } from '../local/provider/server';
import { storeConnection } from '../local/world/connection';
import { functionEnvironment } from '../local/world/environment';
import { startServers } from '../local/world/servers';
import { sqsEvent } from '../test/support/sqsEvent';

export const connection = 'bench';
export const otherConnection = (other: number) => `${connection}-${other}`;

/** After so long the function finds the token due that it remembers. */
export const dueAfterMs = 25 * 60_000;

export const secretId = `sfmc/${connection}`;
const queueArn = 'arn:aws:sqs:us-east-1:000000000000:sfmc-token-rotator.fifo';

export interface BenchWorld {
  readonly aws: AwsLocal;
  readonly provider: ProviderSimulator;
  /** Of a function that plays here. */
  readonly env: Readonly<Record<string, string>>;
  /** Lets time pass at the servers. */
  advance(ms: number): void;
  /** What the function is invoked with for new messages, one for each connection. */
  firstDelivery(...connections: readonly string[]): SqsEvent;
  close(): Promise<void>;
}

export interface BenchWorldOptions {
  /** Added to every answer of AWS. @default 0 */
  readonly awsMs?: number;
  /** Added to every answer of the provider. @default 0 */
  readonly providerMs?: number;
  /** For the function's own files. */
  readonly folder: string;
  /** Of each token, in characters. @default 28 */
  readonly tokenLength?: number;
  /** Connections beside the one of `event`. @default 0 */
  readonly others?: number;
}

/** Connections with their first refresh tokens, on servers of 127.0.0.1. */
export async function startBenchWorld({
  awsMs = 0,
  providerMs = 0,
  folder,
  tokenLength = 0,
  others = 0,
}: BenchWorldOptions): Promise<BenchWorld> {
  let offsetMs = 0;
  const now = () => Date.now() + offsetMs;
  const ids = seededIds(1);
  const nextId = () => ids().padEnd(tokenLength, '0');
  const servers = await startServers({
    now,
    aws: { latencyMs: awsMs },
    provider: { nextId, latencyMs: providerMs },
  });
  const { aws, provider } = servers;
  storeConnection(servers, connection);
  for (let other = 0; other < others; other++) {
    const refreshToken = provider.model.startChain('user', now());
    storeConnection(servers, otherConnection(other), refreshToken);
  }
  return {
    aws,
    provider,
    env: { ...environmentOf(aws, folder), QUEUE_ARN: queueArn },
    advance(ms) {
      offsetMs += ms;
    },
    firstDelivery: (...connections) => ({
      Records: connections.flatMap((name) => sqsEvent(name, { nowMs: now(), queueArn }).Records),
    }),
    close: servers.close,
  };
}

/** As Lambda sets it, and without what could slow one function down and not the other. */
export function environmentOf(aws: AwsLocal, folder: string): Record<string, string> {
  return {
    ...functionEnvironment(aws.url),
    AWS_SESSION_TOKEN: 'local',
    AWS_LAMBDA_FUNCTION_NAME: 'rotator',
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    TMPDIR: folder,
    TZ: ':UTC',
  };
}
