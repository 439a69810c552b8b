import { quietSdk } from '../../local/quietSdk';

export const rotatorKeyId = 'AKIDROTATOR';

/** The function's environment for local servers; the access key is of no account. */
export const rotatorEnvironment = (awsUrl: string) => ({
  AWS_ENDPOINT_URL: awsUrl,
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: rotatorKeyId,
  AWS_SECRET_ACCESS_KEY: 'unused',
  ALLOW_LOOPBACK_PROVIDER: 'true',
  ...quietSdk,
});
