import { App, Stack } from 'aws-cdk-lib';
import { Runtime } from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import { TokenRotation, TokenRotationMonitoring } from 'sfmc-token-rotator/infra';

const stack = new Stack(new App(), 'Campaigns');

const rotation = new TokenRotation(stack, 'TokenRotation', {
  connections: [
    {
      name: 'example',
      authBaseUrl: 'https://SUBDOMAIN.auth.marketingcloudapis.com',
      clientId: 'CLIENT-ID',
    },
  ],
});
new TokenRotationMonitoring(stack, 'Monitoring', { rotation });

const consumer = new NodejsFunction(stack, 'Consumer', {
  entry: 'consumer.ts',
  runtime: Runtime.NODEJS_24_X,
});
rotation.grantRead(consumer, 'example');
