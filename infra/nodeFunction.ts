import { Architecture, Runtime } from 'aws-cdk-lib/aws-lambda';

/** What the functions run on. */
export const nodeFunction = {
  handler: 'index.handler',
  // Named, not NODEJS_LATEST: the runtime must not change with an update of the CDK alone.
  runtime: Runtime.NODEJS_24_X,
  architecture: Architecture.ARM_64,
};
