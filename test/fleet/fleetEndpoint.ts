import { join } from 'node:path';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { IdentityPolicies } from '../../local/aws/iam/identityPolicies';
import { permissionsIn } from '../../local/aws/iam/policyEvaluation';
import { startLambda } from '../../local/aws/lambda/lambda';
import { localRoleName } from '../../local/aws/lambda/names';
import { type ProviderSimulator, startProviderSimulator } from '../../local/provider/server';
import { closing, prepareEndpoint } from '../local/aws/server/support';
import { closeAfterTest } from '../support/closing';
import { Deployment } from '../support/deployment';
import { rotatorEnvironment, rotatorKeyId } from '../support/rotatorEnvironment';
import { fleetTemplate, region } from '../support/stacks';

const everything = permissionsIn({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
});
/** When the schedule began. */
export const beganAtMs = Date.UTC(2026, 10, 24, 8);

export async function startFleetProvider(): Promise<ProviderSimulator> {
  const provider = await startProviderSimulator({ now: () => beganAtMs });
  closeAfterTest(() => provider.close());
  return provider;
}

/** An endpoint whose function is fed from its queue, the built dispatcher, and some connections. */
export async function prepareFleet(provider: ProviderSimulator, connections: readonly string[]) {
  const policies = new IdentityPolicies(region);
  const { aws, settings } = await prepareEndpoint({
    now: () => beganAtMs,
    authorize: policies.authorize,
    function: { env: { REFRESH_BELOW_SECONDS: '2700' } },
  });
  // The function calls under its role; the test and the dispatcher may do everything.
  const deployment = new Deployment(fleetTemplate('unused'), aws);
  policies.attach(localRoleName, { permissions: deployment.ofRole('RotatorRole') });
  for (const accessKeyId of [settings.credentials.accessKeyId, rotatorKeyId]) {
    policies.attach(accessKeyId, { permissions: everything });
  }
  const sqs = closing(new SQSClient({ ...settings, region }));
  const { QUEUE_URL: QueueUrl = '' } = deployment.rotatorVariables();
  const add = (name: string, refreshToken: string) => {
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
  };
  for (const name of connections) add(name, provider.model.startChain('user', beganAtMs));
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
  const stored = (name: string): { accessToken?: string; refreshToken: string } => {
    const { SecretString = '{}' } = aws.secretsManager.getSecretValue({ SecretId: `sfmc/${name}` });
    return JSON.parse(SecretString);
  };
  const hasToken = (name: string) => stored(name).accessToken !== undefined;
  return { aws, add, dispatch, until, stored, hasToken };
}
