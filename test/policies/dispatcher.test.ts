import { join } from 'node:path';
import { GetParametersByPathCommand } from '@aws-sdk/client-ssm';
import { IdentityPolicies } from '../../local/aws/iam/identityPolicies';
import { startLambda } from '../../local/aws/lambda/lambda';
import { startAwsLocal } from '../../local/aws/server';
import { connectClients } from '../support/awsClients';
import { closeAfterTest } from '../support/closing';
import { Deployment } from '../support/deployment';
import { rotatorEnvironment } from '../support/rotatorEnvironment';
import { fleetTemplate, region } from '../support/stacks';
import { StoredConnection } from '../support/storedConnection';
import { refused, unneeded } from './support/needs';
import { serviceCalls } from './support/serviceCalls';

const names = ['acme', 'globex', 'initech'];
const template = fleetTemplate('acme');

/** The built dispatcher, which calls the endpoint under its role. */
async function prepare() {
  const policies = new IdentityPolicies(region);
  const aws = await startAwsLocal({ authorize: policies.authorize });
  closeAfterTest(() => aws.close());
  const deployment = new Deployment(template, aws);
  const permissions = deployment.ofRole('DispatcherRole');
  const { AWS_ACCESS_KEY_ID: accessKeyId, ...environment } = rotatorEnvironment(aws.url);
  policies.attach(accessKeyId, { permissions });
  const [deployed] = deployment.functionsOf('DispatcherRole');
  for (const name of names) {
    const stored = new StoredConnection(aws, name);
    stored.configure({});
    stored.putParameter('client-secret', 'never decrypted');
  }
  const dispatcher = startLambda({
    bundleDir: join(__dirname, '..', '..', 'dist', 'dispatcher'),
    functionName: deployed?.name,
    env: {
      ...environment,
      ...deployed?.properties.Environment?.Variables,
      AWS_ACCESS_KEY_ID: accessKeyId,
    },
  });
  closeAfterTest(() => dispatcher.close());
  for (const call of serviceCalls(deployment, 'DispatcherRole')) {
    policies.authorize({ accessKeyId, ...call });
  }
  return { aws, policies, permissions, dispatcher };
}

it('sends every connection under its role, and needs all that the role allows', async () => {
  const { policies, permissions, dispatcher } = await prepare();

  let sent = 0;
  for (const minute of [0, 5, 10, 15]) {
    const scheduledAt = new Date(Date.UTC(2026, 10, 24, 8, minute)).toISOString();
    sent += (await dispatcher.invoke<{ sent: number }>({ scheduledAt })).sent;
  }

  expect(sent).toBe(names.length);
  expect(refused(policies.decided)).toEqual([]);
  expect(unneeded(permissions, policies.decided)).toEqual([
    // Whether IAM is asked about the path with or without its slash is not documented.
    'ssm:GetParametersByPath on parameter/sfmc',
  ]);
});

it('reads no client secret, though the key of Parameter Store is open to all of the account', async () => {
  const { aws, policies } = await prepare();
  const { ssm } = connectClients(aws.url);
  const list = (WithDecryption: boolean) =>
    ssm.send(new GetParametersByPathCommand({ Path: '/sfmc/', Recursive: true, WithDecryption }));

  const listed = await list(false);
  const decrypted = list(true);

  await expect(decrypted).rejects.toMatchObject({
    name: 'AccessDeniedException',
    message: expect.stringContaining('you are not allowed to access'),
  });
  expect(listed.Parameters).toHaveLength(2 * names.length);
  expect(refused(policies.decided)).toEqual([expect.stringMatching(/^kms:Decrypt on /)]);
});
