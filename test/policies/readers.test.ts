import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Template } from 'aws-cdk-lib/assertions';
import { connectionTag } from '../../lambda/core/names';
import { createTokenReader, secretsManagerSource } from '../../lambda/reader';
import { IdentityPolicies } from '../../local/aws/iam/identityPolicies';
import type { Permission } from '../../local/aws/iam/policyEvaluation';
import { startAwsLocal } from '../../local/aws/server';
import { closeAfterTest } from '../support/closing';
import { Deployment } from '../support/deployment';
import { customerKeyArn, fleetTemplate, region, rotationTemplate } from '../support/stacks';
import { StoredConnection } from '../support/storedConnection';
import { makeSecrets } from './support/makeSecrets';
import { refused, unneeded } from './support/needs';

const accessKeyId = 'AKIDREADER';
const hourMs = 3_600_000;

/** The secrets of two connections, and a reader who may call what `permissionsIn` says. */
async function prepare(
  template: Template,
  permissionsIn: (deployment: Deployment) => readonly Permission[],
  { kmsKeyArn, tag }: { readonly kmsKeyArn: string | undefined; readonly tag: string | undefined },
) {
  const policies = new IdentityPolicies(region);
  const aws = await startAwsLocal({ authorize: policies.authorize });
  closeAfterTest(() => aws.close());
  const deployment = new Deployment(template, aws);
  const connections = ['acme', 'globex'];
  makeSecrets(aws, connections, kmsKeyArn);
  for (const name of connections) {
    new StoredConnection(aws, name).put({
      accessToken: `token-of-${name}`,
      refreshToken: 'refresh',
      issuedAt: new Date().toISOString(),
      expiresAt: new Date(Date.now() + hourMs).toISOString(),
    });
  }
  const permissions = permissionsIn(deployment);
  const tags = tag === undefined ? {} : { [connectionTag]: tag };
  policies.attach(accessKeyId, { permissions, tags });
  const client = new SecretsManagerClient({
    endpoint: aws.url,
    region,
    credentials: { accessKeyId, secretAccessKey: 'unused' },
    maxAttempts: 1,
  });
  closeAfterTest(() => client.destroy());
  const source = secretsManagerSource({ client });
  const read = async (connection: string) =>
    (await createTokenReader({ connection, source }).get()).accessToken;
  return { policies, permissions, read };
}

const rotation = (kmsKeyArn?: string) => rotationTemplate(['acme', 'globex'], kmsKeyArn);
const fleet = (kmsKeyArn?: string) => fleetTemplate('acme', kmsKeyArn);
const grantee = (deployment: Deployment) => deployment.ofRole('Reader');
const taggedReader = (deployment: Deployment) => deployment.ofPolicy('Readers');

describe.each([
  ['grantRead of single connections', rotation, grantee, undefined],
  ['grantRead of a fleet', fleet, grantee, undefined],
  ["a fleet's policy for readers", fleet, taggedReader, 'acme'],
] as const)('%s', (_name, templateOf, permissionsIn, tag) => {
  const prepareReader = (kmsKeyArn?: string) =>
    prepare(templateOf(kmsKeyArn), permissionsIn, { kmsKeyArn, tag });

  it.each([
    ['its AWS managed key', undefined],
    ['a customer key', customerKeyArn],
  ])(
    'lets the token of its connection be read under %s, and is needed for that',
    async (_key, kmsKeyArn) => {
      const { policies, permissions, read } = await prepareReader(kmsKeyArn);

      const token = await read('acme');

      expect(token).toBe('token-of-acme');
      expect(refused(policies.decided)).toEqual([]);
      expect(unneeded(permissions, policies.decided)).toEqual([]);
    },
  );

  it('lets no other token be read', async () => {
    const { policies, read } = await prepareReader();

    await expect(read('globex')).rejects.toMatchObject({
      code: 'SecretUnreadable',
      message: expect.stringContaining('AccessDeniedException'),
    });

    expect(refused(policies.decided)).toEqual([
      expect.stringMatching(/^secretsmanager:GetSecretValue on arn:.*:secret:sfmc\/globex-/),
    ]);
  });
});
