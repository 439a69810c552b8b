/** The function's environment for local servers; the access key is of no account. */
export const rotatorEnvironment = (awsUrl: string) => ({
  AWS_ENDPOINT_URL: awsUrl,
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'AKIDROTATOR',
  AWS_SECRET_ACCESS_KEY: 'unused',
  ALLOW_LOOPBACK_PROVIDER: 'true',
  // The SDK's notice about the end of support for a Node.js release is no JSON line.
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
});
