import { join } from 'node:path';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { IdentityPolicies } from '../../local/aws/iam/identityPolicies';
import { permissionsIn } from '../../local/aws/iam/policyEvaluation';
import { startLambda } from '../../local/aws/lambda/lambda';
import { ROLE_NAME } from '../../local/aws/lambda/names';
import { startProviderSimulator } from '../../local/provider/server';
import { closing, prepareEndpoint } from '../local/aws/server/support';
import { closeAfterTest } from '../support/closing';
import { Deployment } from '../support/deployment';
import { rotatorEnvironment, rotatorKeyId } from '../support/rotatorEnvironment';
import { fleetTemplate, region } from '../support/stacks';

const everything = permissionsIn({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
});
const beganAtMs = Date.UTC(2026, 10, 24, 8);

/** An endpoint whose function is fed from its queue, the built dispatcher, and some connections. */
async function prepare(connections: readonly string[]) {
  const provider = await startProviderSimulator({ now: () => beganAtMs });
  closeAfterTest(() => provider.close());
  const policies = new IdentityPolicies(region);
  const { aws, settings } = await prepareEndpoint({
    now: () => beganAtMs,
    authorize: policies.authorize,
    function: { env: { REFRESH_BELOW_SECONDS: '2700' } },
  });
  // The function calls under its role; the test and the dispatcher may do everything.
  const deployment = new Deployment(fleetTemplate('unused'), aws);
  policies.attach(ROLE_NAME, { permissions: deployment.ofRole('RotatorRole') });
  for (const accessKeyId of [settings.credentials.accessKeyId, rotatorKeyId]) {
    policies.attach(accessKeyId, { permissions: everything });
  }
  const sqs = closing(new SQSClient({ ...settings, region }));
  const { QUEUE_URL: QueueUrl = '' } = deployment.rotatorVariables();
  for (const name of connections) {
    const refreshToken = provider.model.startChain('user', beganAtMs);
    aws.secretsManager.createSecret({
      Name: `sfmc/${name}`,
      ClientRequestToken: `00000000-0000-4000-8000-${name.padStart(12, '0')}`,
      SecretString: JSON.stringify({ refreshToken }),
    });
    const { url: authBaseUrl, clientId, clientSecret } = provider;
    const put = (leaf: string, Type: 'String' | 'SecureString', Value: string) =>
      aws.parameterStore.putParameter({ Name: `/sfmc/${name}/${leaf}`, Type, Value });
    put('config', 'String', JSON.stringify({ authBaseUrl, clientId }));
    put('client-secret', 'SecureString', clientSecret);
  }
  const dispatcher = startLambda({
    bundleDir: join(__dirname, '..', '..', 'dist', 'dispatcher'),
    functionName: 'dispatcher',
    env: { ...rotatorEnvironment(aws.url), QUEUE_URL: QueueUrl },
  });
  closeAfterTest(() => dispatcher.close());
  /** The four runs of a period. */
  const dispatch = async () => {
    let sent = 0;
    for (const minute of [0, 5, 10, 15]) {
      const scheduledAt = new Date(beganAtMs + minute * 60_000).toISOString();
      sent += (await dispatcher.invoke<{ sent: number }>({ scheduledAt })).sent;
    }
    return sent;
  };
  const left = async () => {
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }),
    );
    return [
      Number(Attributes?.ApproximateNumberOfMessages),
      Number(Attributes?.ApproximateNumberOfMessagesNotVisible),
    ];
  };
  /** Waits for the event source and the function, which are processes of their own pace. */
  const until = async (visible: number, inFlight: number) => {
    for (;;) {
      const [first, second] = await left();
      if (first === visible && second === inFlight) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  const hasToken = (name: string) => {
    const { SecretString = '{}' } = aws.secretsManager.getSecretValue({ SecretId: `sfmc/${name}` });
    return 'accessToken' in JSON.parse(SecretString);
  };
  return { aws, provider, dispatch, until, hasToken };
}

it('sends every connection of the registry to the queue, and rotates each once', async () => {
  const names = Array.from({ length: 12 }, (_, nth) => `acme${nth}`);
  const { aws, provider, dispatch, until, hasToken } = await prepare(names);
  const reads = () => aws.calls.filter(({ operation }) => operation === 'GetSecretValue').length;

  const sent = await dispatch();
  await until(0, 0);
  const readsOnce = reads();
  const again = await dispatch();
  await until(0, 0);

  expect(sent).toBe(names.length);
  expect(names.filter((name) => !hasToken(name))).toEqual([]);
  // What is sent again in the same period is dropped by the queue.
  expect([again, reads()]).toEqual([names.length, readsOnce]);
  expect(provider.requests.filter(({ path }) => path.startsWith('/v1/requestToken'))).toHaveLength(
    names.length,
  );
});

it('leaves the message of a connection that cannot be rotated, and rotates the others', async () => {
  const names = ['good', 'bad', 'better'];
  const { aws, dispatch, until, hasToken } = await prepare(names);
  aws.parameterStore.deleteParameter({ Name: '/sfmc/bad/client-secret' });

  await dispatch();
  await until(0, 1);

  expect(names.map(hasToken)).toEqual([true, false, true]);
});
