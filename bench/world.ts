import { devNull } from 'node:os';
import { type AwsLocal, startAwsLocal } from '../local/aws/server';
import { type ProviderSimulator, startProviderSimulator } from '../local/provider/server';

const connection = 'bench';

/** What a schedule sends. */
export const event = { connection };
export const secretId = `sfmc/${connection}`;

export interface World {
  readonly aws: AwsLocal;
  readonly provider: ProviderSimulator;
  /** Of a function that plays here. */
  readonly env: Readonly<Record<string, string>>;
  /** Lets time pass at the servers. */
  advance(ms: number): void;
  close(): Promise<void>;
}

export interface WorldOptions {
  /** Added to every answer of AWS. @default 0 */
  readonly awsMs?: number;
  /** Added to every answer of the provider. @default 0 */
  readonly providerMs?: number;
  /** For the function's own files. */
  readonly folder: string;
}

/** A connection with its first refresh token, on servers of 127.0.0.1. */
export async function startWorld({
  awsMs = 0,
  providerMs = 0,
  folder,
}: WorldOptions): Promise<World> {
  let offsetMs = 0;
  const now = () => Date.now() + offsetMs;
  const provider = await startProviderSimulator({ latencyMs: providerMs, now });
  const aws = await startAwsLocal({ latencyMs: awsMs, now });
  seed(aws, provider);
  return {
    aws,
    provider,
    env: environmentOf(aws, folder),
    advance(ms) {
      offsetMs += ms;
    },
    async close() {
      await Promise.all([aws.close(), provider.close()]);
    },
  };
}

function seed({ secretsManager, parameterStore }: AwsLocal, provider: ProviderSimulator): void {
  const { url: authBaseUrl, clientId, clientSecret, refreshToken } = provider;
  secretsManager.createSecret({
    Name: secretId,
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
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    ALLOW_LOOPBACK_PROVIDER: 'true',
    TMPDIR: folder,
    TZ: ':UTC',
  };
}
