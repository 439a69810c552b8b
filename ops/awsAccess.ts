import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { IAMClient } from '@aws-sdk/client-iam';
import { KMSClient } from '@aws-sdk/client-kms';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SchedulerClient } from '@aws-sdk/client-scheduler';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import { SSMClient } from '@aws-sdk/client-ssm';
import { STSClient } from '@aws-sdk/client-sts';
import type { Clock } from '../lambda/effects/clock';
import type { ParameterStore } from '../lambda/effects/parameterStore';
import type { SecretStore } from '../lambda/effects/secretStore';
import type { Settings } from '../lambda/rotator/settings';

/** How AWS is reached. What is left out is found as the AWS CLI finds it. */
export interface AwsTarget {
  readonly profile?: string | undefined;
  readonly region?: string | undefined;
  readonly endpointUrl?: string | undefined;
  /** The endpoints of `npm run aws-local`, which take any credentials. */
  readonly local?: boolean | undefined;
}

/** Where `npm run aws-local` listens by default. */
const localEndpointUrl = 'http://127.0.0.1:4566';

/** A client each, all with the same configuration. None is loaded before its first use. */
export function awsClients({ profile, region, endpointUrl, local }: AwsTarget) {
  const endpoint = endpointUrl ?? (local ? localEndpointUrl : undefined);
  const configuration = {
    ...(profile === undefined ? {} : { profile }),
    ...(region === undefined ? {} : { region }),
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(local ? localAccount(region) : {}),
    // A person waits: without these, an address that swallows packets would hold the command up
    // for minutes.
    requestHandler: {
      connectionTimeout: 3_000,
      requestTimeout: 15_000,
      throwOnRequestTimeout: true,
    },
  };
  return lazily<AwsClients>({
    secretsManager: () => new SecretsManagerClient(configuration),
    ssm: () => new SSMClient(configuration),
    sqs: () => new SQSClient(configuration),
    lambda: () => new LambdaClient(configuration),
    scheduler: () => new SchedulerClient(configuration),
    logs: () => new CloudWatchLogsClient(configuration),
    sts: () => new STSClient(configuration),
    iam: () => new IAMClient(configuration),
    kms: () => new KMSClient(configuration),
  });
}

export interface AwsClients {
  readonly secretsManager: SecretsManagerClient;
  readonly ssm: SSMClient;
  readonly sqs: SQSClient;
  readonly lambda: LambdaClient;
  readonly scheduler: SchedulerClient;
  readonly logs: CloudWatchLogsClient;
  readonly sts: STSClient;
  readonly iam: IAMClient;
  readonly kms: KMSClient;
}

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
