import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import { SSMClient } from '@aws-sdk/client-ssm';
import { type AwsService, endpointOf } from '../../../lambda/effects/awsEndpoint';

const service = (name: AwsService['name'], variable: AwsService['variable']): AwsService => ({
  ...({ target: 'AmazonSSM', version: '1.1' } as const),
  name,
  variable,
});

const services = [
  [service('secretsmanager', 'SECRETS_MANAGER'), SecretsManagerClient],
  [service('ssm', 'SSM'), SSMClient],
  [service('sqs', 'SQS'), SQSClient],
  [service('events', 'EVENTBRIDGE'), EventBridgeClient],
] as const;

/** One of each of AWS's partitions at least, and one that there is not. */
const regions = [
  ...['us-east-1', 'us-west-2', 'eu-central-1', 'ap-southeast-5', 'us-gov-west-1', 'us-gov-east-1'],
  ...['cn-north-1', 'cn-northwest-1', 'eusc-de-east-1', 'us-iso-east-1', 'us-iso-west-1'],
  ...['us-isob-east-1', 'eu-isoe-west-1', 'us-isof-south-1', 'xx-nowhere-1'],
];
const settings = regions.flatMap((region) =>
  [false, true].flatMap((fips) => [false, true].map((dualStack) => ({ region, fips, dualStack }))),
);

describe.each(services)('the endpoint of $name', (of, Client) => {
  it.each(settings)(
    "is the one that the SDK's client finds: $region, FIPS $fips, dual-stack $dualStack",
    ({ region, fips, dualStack }) => {
      const { endpointProvider } = new Client({ region }).config;
      const { url } = endpointProvider({
        Region: region,
        UseFIPS: fips,
        UseDualStack: dualStack,
      });

      const endpoint = endpointOf(of, {
        AWS_REGION: region,
        AWS_USE_FIPS_ENDPOINT: String(fips),
        AWS_USE_DUALSTACK_ENDPOINT: String(dualStack),
      });

      expect(new URL(endpoint).href).toBe(url.href);
    },
  );

  it('is the one that the environment names, that of the service before that of all', () => {
    const all = { AWS_REGION: 'us-east-1', AWS_ENDPOINT_URL: 'http://all.example' };
    const name = `AWS_ENDPOINT_URL_${of.variable}`;

    expect(endpointOf(of, all)).toBe('http://all.example');
    expect(endpointOf(of, { ...all, [name]: 'http://one.example' })).toBe('http://one.example');
    expect(endpointOf(of, { ...all, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' })).toMatch(
      /\.us-east-1\.amazonaws\.com$/,
    );
  });
});

it('is unknown without a Region', () => {
  expect(() => endpointOf(services[0][0], {})).toThrow('AWS_REGION is missing');
});
