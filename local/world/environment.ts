import { quietSdk } from '../quietSdk';

/** The Region of everything that is played here, unless it names another. */
export const region = 'us-east-1';

/**
 * What a function is configured with that calls AWS on this machine.
 *
 * @param accessKeyId what it is known by there; of no account
 */
export const functionEnvironment = (awsUrl: string, accessKeyId = 'function') => ({
  AWS_ENDPOINT_URL: awsUrl,
  AWS_REGION: region,
  AWS_ACCESS_KEY_ID: accessKeyId,
  AWS_SECRET_ACCESS_KEY: 'local',
  ALLOW_LOOPBACK_PROVIDER: 'true',
  ...quietSdk,
});
