import { partition } from '@aws-sdk/core/client';

/** One of AWS's services that take JSON by POST (Smithy specification, "AWS JSON protocols"). */
export interface AwsService {
  /** What its requests are signed for, and what its hosts begin with. */
  readonly name: 'secretsmanager' | 'ssm' | 'sqs' | 'events';
  /** How the header `x-amz-target` begins. */
  readonly target: 'secretsmanager' | 'AmazonSSM' | 'AmazonSQS' | 'AWSEvents';
  /** Of the protocol. */
  readonly version: '1.0' | '1.1';
  /** How AWS_ENDPOINT_URL_ goes on (AWS SDKs Reference Guide, "Service-specific endpoints"). */
  readonly variable: 'SECRETS_MANAGER' | 'SSM' | 'SQS' | 'EVENTBRIDGE';
}

/** As `process.env` has them. */
export type EnvironmentVariables = Readonly<Record<string, string | undefined>>;

/** @throws Error in an environment without AWS_REGION, which Lambda always sets */
export function regionOf(env: EnvironmentVariables): string {
  if (env.AWS_REGION) return env.AWS_REGION;
  throw new Error('AWS_REGION is missing');
}

/** Where a service is called, by the variables that AWS's own SDKs know. */
export function endpointOf(service: AwsService, env: EnvironmentVariables): string {
  const isIgnored = env.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS === 'true';
  const configured = env[`AWS_ENDPOINT_URL_${service.variable}`] || env.AWS_ENDPOINT_URL;
  if (configured && !isIgnored) return configured;
  return `https://${hostOf(service, env)}`;
}

/** As the rules say by which the SDK's clients find their hosts; a test compares the two. */
function hostOf({ name }: AwsService, env: EnvironmentVariables): string {
  const region = regionOf(env);
  const isFips = env.AWS_USE_FIPS_ENDPOINT === 'true';
  const isDualStack = env.AWS_USE_DUALSTACK_ENDPOINT === 'true';
  const { name: partitionName, dnsSuffix, dualStackDnsSuffix } = partition(region);
  const isGov = partitionName === 'aws-us-gov';
  // Its usual hosts have addresses of both kinds.
  const isDualAnyway =
    name === 'secretsmanager' &&
    (partitionName === 'aws' || isGov || (partitionName === 'aws-cn' && !isFips));
  // The usual hosts of GovCloud are those of FIPS.
  const isFipsAnyway = isGov && (name === 'events' || (name !== 'secretsmanager' && !isDualStack));
  const suffix = isDualStack && !isDualAnyway ? dualStackDnsSuffix : dnsSuffix;
  return `${name}${isFips && !isFipsAnyway ? '-fips' : ''}.${region}.${suffix}`;
}
