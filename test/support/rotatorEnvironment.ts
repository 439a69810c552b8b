import { quietSdk } from '../../local/quietSdk';

/** The function's environment for local servers; the access key is of no account. */
export const rotatorEnvironment = (awsUrl: string) => ({
  AWS_ENDPOINT_URL: awsUrl,
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'AKIDROTATOR',
  AWS_SECRET_ACCESS_KEY: 'unused',
  ALLOW_LOOPBACK_PROVIDER: 'true',
  ...quietSdk,
});
