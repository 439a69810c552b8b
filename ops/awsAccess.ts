import { readFileSync } from 'node:fs';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { IAMClient } from '@aws-sdk/client-iam';
import { KMSClient } from '@aws-sdk/client-kms';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SchedulerClient } from '@aws-sdk/client-scheduler';
import { SecretsManager } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import { SSM } from '@aws-sdk/client-ssm';
import { STSClient } from '@aws-sdk/client-sts';
import type { Clock } from '../lambda/effects/clock';
import type { ParameterStore } from '../lambda/effects/parameterStore';
import type { SecretStore } from '../lambda/effects/secretStore';
import type { Settings } from '../lambda/rotator/settings';
import { isDenied } from './failures/awsFailure';
import { OpsError } from './failures/opsError';
import { ProxyAgent, proxyUrl } from './network/proxy';

/** How AWS is reached. What is left out is found as the AWS CLI finds it. */
export interface AwsTarget {
  readonly profile?: string | undefined;
  readonly region?: string | undefined;
  readonly endpointUrl?: string | undefined;
  /** The endpoints of `npm run demo`, or of `npm run aws-local` alone, which take any credentials. */
  readonly local?: boolean | undefined;
  /** What HTTPS_PROXY, NO_PROXY and AWS_CA_BUNDLE are taken from. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** Asks for the code of a profile's MFA device, which it is named. */
  readonly mfaCodeProvider?: ((device: string) => Promise<string>) | undefined;
}

/** Where `npm run demo` listens by default. */
const localEndpointUrl = 'http://127.0.0.1:4566';

/** A client each, all with the same configuration. None is loaded before its first use. */
export function awsClients(target: AwsTarget): AwsClients {
  const { profile, region, endpointUrl, local } = target;
  const mfa = target.mfaCodeProvider && new MfaSignIn(target.mfaCodeProvider);
  const endpoint = endpointUrl ?? (local ? localEndpointUrl : undefined);
  const configuration = {
    ...(profile === undefined ? {} : { profile }),
    ...(region === undefined ? {} : { region }),
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(mfa === undefined ? {} : { mfaCodeProvider: mfa.ask }),
    ...(local ? localAccount(region) : {}),
    logger: silent,
    // A person waits: without these, an address that swallows packets would hold the command up
    // for minutes.
    requestHandler: {
      connectionTimeout: 3_000,
      requestTimeout: 15_000,
      throwOnRequestTimeout: true,
      ...corporateAgent(target.env ?? {}),
    },
  };
  let first: { readonly config: { credentials: () => Credentials } } | undefined;
  // The credentials of the first: a code of an MFA device is asked for once, and works once.
  const make = <T extends NonNullable<typeof first>>(Client: new (of: Configuration) => T) => {
    const owner = first;
    const credentials = owner ? { credentials: () => owner.config.credentials() } : {};
    const client = new Client({ ...configuration, ...credentials });
    if (first === undefined && mfa) {
      const provide = client.config.credentials;
      client.config.credentials = () => mfa.signIn(provide);
    }
    first ??= client;
    return client;
  };
  return lazily<AwsClients>({
    secretsManager: () => make(SecretsManager),
    ssm: () => make(SSM),
    sqs: () => make(SQSClient),
    lambda: () => make(LambdaClient),
    scheduler: () => make(SchedulerClient),
    cloudWatch: () => make(CloudWatchClient),
    logs: () => make(CloudWatchLogsClient),
    sts: () => make(STSClient),
    iam: () => make(IAMClient),
    kms: () => make(KMSClient),
  });
}

/** Who has given a wrong code is not asked for another one by each call that comes after. */
class MfaSignIn {
  #device: string | undefined;
  #refusal: OpsError | undefined;

  constructor(private readonly askCode: (device: string) => Promise<string>) {}

  readonly ask = (device: string): Promise<string> => {
    this.#device = device;
    return this.askCode(device);
  };

  /** @throws OpsError `usage`, each time, once AWS has refused a code; what the provider throws */
  async signIn<T>(provide: () => Promise<T>): Promise<T> {
    if (this.#refusal) throw this.#refusal;
    try {
      return await provide();
    } catch (thrown) {
      if (this.#device === undefined || !isDenied(thrown)) throw thrown;
      this.#refusal = new OpsError(
        'usage',
        `AWS takes no code of the MFA device ${this.#device} from here: ${(thrown as Error).message} ` +
          'Run the command again, with the next code.',
      );
      throw this.#refusal;
    }
  }
}

type Credentials = ReturnType<STSClient['config']['credentials']>;

interface Configuration {
  readonly profile?: string;
  readonly region?: string;
  readonly endpoint?: string;
  readonly credentials?: AwsCredentials | (() => Credentials);
  readonly logger: typeof silent;
  readonly requestHandler: object;
}

type AwsCredentials = Awaited<Credentials>;

export interface AwsClients {
  readonly secretsManager: SecretsManager;
  readonly ssm: SSM;
  readonly sqs: SQSClient;
  readonly lambda: LambdaClient;
  readonly scheduler: SchedulerClient;
  readonly cloudWatch: CloudWatchClient;
  readonly logs: CloudWatchLogsClient;
  readonly sts: STSClient;
  readonly iam: IAMClient;
  readonly kms: KMSClient;
}

/** How to get out of a network that has a proxy, or looks into TLS by a certificate authority of its own. */
function corporateAgent(env: NonNullable<AwsTarget['env']>) {
  const bundle = env.AWS_CA_BUNDLE;
  if (!bundle && proxyUrl(env) === undefined) return {};
  return { httpsAgent: new ProxyAgent(env, bundle ? readBundle(bundle) : undefined) };
}

function readBundle(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw new OpsError('usage', `AWS_CA_BUNDLE names ${file}, which cannot be read.`);
  }
}

const ignore = () => {};
/** The SDK would print warnings of its own between lines for a person. */
const silent = { trace: ignore, debug: ignore, info: ignore, warn: ignore, error: ignore };

/** An object whose members are made when they are first wanted: an SDK client takes a while to load. */
export function lazily<T extends object>(makers: { readonly [Name in keyof T]: () => T[Name] }): T {
  const made: Partial<T> = {};
  return Object.defineProperties(
    {},
    Object.fromEntries(
      (Object.keys(makers) as (keyof T)[]).map((name) => [
        name,
        { enumerable: true, get: () => (made[name] ??= makers[name]()) },
      ]),
    ),
  ) as T;
}

/** What it takes to read and write what AWS holds. */
export interface AwsAccess {
  readonly aws: AwsClients;
  /** The stores as the rotator sees them; both throw StoreFailure. */
  readonly secretStore: SecretStore;
  readonly parameterStore: ParameterStore;
  /** The rotator's, from the same environment variables. */
  readonly settings: Settings;
  readonly clock: Clock;
}

/** The Region of the local endpoints by default. */
export const localRegion = 'us-east-1';

function localAccount(region = localRegion) {
  return { region, credentials: { accessKeyId: 'operator', secretAccessKey: 'local' } };
}
