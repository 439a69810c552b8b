import { devNull } from 'node:os';
import { type AwsLocal, startAwsLocal } from '../local/aws/server';
import type { SqsEvent } from '../local/aws/sqs/eventSource';
import { seededIds } from '../local/provider/ids';
import { type ProviderSimulator, startProviderSimulator } from '../local/provider/server';
import { quietSdk } from '../local/quietSdk';
import { sqsEvent } from '../test/support/sqsEvent';

export const connection = 'bench';
export const otherConnection = (other: number) => `${connection}-${other}`;

/** After so long the function finds the token due that it remembers. */
export const dueAfterMs = 25 * 60_000;

export const secretId = `sfmc/${connection}`;
const queueArn = 'arn:aws:sqs:us-east-1:000000000000:sfmc-token-rotator.fifo';

export interface World {
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

export interface WorldOptions {
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
export async function startWorld({
  awsMs = 0,
  providerMs = 0,
  folder,
  tokenLength = 0,
  others = 0,
}: WorldOptions): Promise<World> {
  let offsetMs = 0;
  const now = () => Date.now() + offsetMs;
  const ids = seededIds(1);
  const nextId = () => ids().padEnd(tokenLength, '0');
  const provider = await startProviderSimulator({ nextId, latencyMs: providerMs, now });
  const aws = await startAwsLocal({ latencyMs: awsMs, now });
  seed(aws, provider, connection, provider.refreshToken);
  for (let other = 0; other < others; other++) {
    const refreshToken = provider.model.startChain('user', now());
    seed(aws, provider, otherConnection(other), refreshToken);
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
    async close() {
      await Promise.all([aws.close(), provider.close()]);
    },
  };
}

function seed(
  { secretsManager, parameterStore }: AwsLocal,
  { url: authBaseUrl, clientId, clientSecret }: ProviderSimulator,
  connection: string,
  refreshToken: string,
): void {
  secretsManager.createSecret({
    Name: `sfmc/${connection}`,
    ClientRequestToken: 'the-first-version-of-the-benchmark',
    SecretString: JSON.stringify({ refreshToken }),
  });
  parameterStore.putParameter({
    Name: `/sfmc/${connection}/config`,
    Value: JSON.stringify({ authBaseUrl, clientId }),
    Type: 'String',
  });
  parameterStore.putParameter({
    Name: `/sfmc/${connection}/client-secret`,
    Value: clientSecret,
    Type: 'SecureString',
  });
}

/** As Lambda sets it, and without what could slow one function down and not the other. */
export function environmentOf(aws: AwsLocal, folder: string): Record<string, string> {
  return {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'function',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_SESSION_TOKEN: 'local',
    AWS_LAMBDA_FUNCTION_NAME: 'rotator',
    AWS_ENDPOINT_URL: aws.url,
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    ...quietSdk,
    ALLOW_LOOPBACK_PROVIDER: 'true',
    TMPDIR: folder,
    TZ: ':UTC',
  };
}
