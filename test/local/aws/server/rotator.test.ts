import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { localLogGroupName } from '../../../../local/aws/lambda/names';
import { startProviderSimulator } from '../../../../local/provider/server';
import { closeAfterTest } from '../../../support/closing';
import { closing, fixedNowMs, prepareEndpoint, token1 } from './support';

it('rotates a connection of this endpoint with the built rotator, and logs it', async () => {
  const now = () => fixedNowMs;
  const provider = await startProviderSimulator({ now });
  closeAfterTest(() => provider.close());
  const { aws, settings } = await prepareEndpoint({ now, function: {} });
  const { ARN } = aws.secretsManager.createSecret(
    {
      Name: 'sfmc/acme',
      ClientRequestToken: token1,
      SecretString: JSON.stringify({ refreshToken: provider.refreshToken }),
    },
    'eu-central-1',
  );
  const { url: authBaseUrl, clientId, clientSecret } = provider;
  const put = (Name: string, Type: 'String' | 'SecureString', Value: string) =>
    aws.parameterStore.putParameter({ Name, Type, Value });
  put('/sfmc/acme/config', 'String', JSON.stringify({ authBaseUrl, clientId }));
  put('/sfmc/acme/client-secret', 'SecureString', clientSecret);
  const lambda = closing(new LambdaClient(settings));
  const logs = closing(new CloudWatchLogsClient(settings));

  const invoked = await lambda.send(
    new InvokeCommand({
      FunctionName: aws.secretsManager.describeSecret({ SecretId: ARN }).RotationLambdaARN,
      Payload: JSON.stringify({ connection: 'acme' }),
    }),
  );
  const { events = [] } = await logs.send(
    new FilterLogEventsCommand({
      logGroupName: localLogGroupName,
      filterPattern: `{ $.requestId = "${invoked.$metadata.requestId}" }`,
    }),
  );

  expect(JSON.parse(invoked.Payload?.transformToString() ?? '')).toMatchObject({
    connection: 'acme',
    outcome: 'rotated',
  });
  const { SecretString = '{}' } = aws.secretsManager.getSecretValue({ SecretId: ARN });
  expect(Object.keys(JSON.parse(SecretString))).toContain('accessToken');
  expect(events.length).toBeGreaterThan(0);
  for (const { message = '' } of events) {
    expect(JSON.parse(message)).toMatchObject({ connection: 'acme' });
  }
});
