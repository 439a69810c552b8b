import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { connectionTag } from '../../lambda/core/names';
import { createTokenReader, secretsManagerSource } from '../../lambda/reader';
import { IdentityPolicies } from '../../local/aws/iam/identityPolicies';
import type { Permission } from '../../local/aws/iam/policyEvaluation';
import { type AwsLocal, startAwsLocal } from '../../local/aws/server';
import { closeAfterTest } from '../support/closing';
import '../support/nodeErrors';
import { policyIn, roleIn } from './support/deployed';
import { refused, unneeded } from './support/needs';
import { customerKeyArn, fleetTemplate, region, rotationTemplate } from './support/stacks';

// Stacks are synthesized, on machines that may be busy.
jest.setTimeout(60_000);

const accessKeyId = 'AKIDREADER';
const hourMs = 3_600_000;

/** The secrets of two connections, and a reader who may call what `permissionsOf` says. */
async function prepare(
  permissionsOf: (aws: AwsLocal) => readonly Permission[],
  { kmsKeyArn, tag }: { readonly kmsKeyArn?: string; readonly tag?: string } = {},
) {
  const policies = new IdentityPolicies(region);
  const aws = await startAwsLocal({ authorize: policies.authorize });
  closeAfterTest(() => aws.close());
  for (const [nth, name] of ['acme', 'globex'].entries()) {
    aws.secretsManager.createSecret({
      Name: `sfmc/${name}`,
      ClientRequestToken: `11111111-1111-4111-8111-11111111111${nth}`,
      SecretString: JSON.stringify({
        accessToken: `token of ${name}`,
        refreshToken: 'refresh',
        issuedAt: new Date().toISOString(),
        expiresAt: new Date(Date.now() + hourMs).toISOString(),
      }),
      KmsKeyId: kmsKeyArn,
      Tags: [{ Key: connectionTag, Value: name }],
    });
  }
  const permissions = permissionsOf(aws);
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
/** CDK's own grant on a secret has it; a reader has no use for it. */
const ofSecretsGrant = ['secretsmanager:DescribeSecret on secret:sfmc/*'];

describe.each([
  ['grantRead of single connections', rotation, 'Reader', undefined, ofSecretsGrant],
  ['grantRead of a fleet', fleet, 'Reader', undefined, []],
  ["a fleet's policy for readers", fleet, 'Readers', 'acme', []],
] as const)('%s', (_name, templateOf, part, tag, unused) => {
  const prepareReader = (kmsKeyArn?: string, principalTag: string | undefined = tag) => {
    const template = templateOf(kmsKeyArn);
    const permissionsOf = part === 'Readers' ? policyIn : roleIn;
    return prepare((aws) => permissionsOf(template, part, aws), {
      ...(kmsKeyArn !== undefined && { kmsKeyArn }),
      ...(principalTag !== undefined && { tag: principalTag }),
    });
  };

  it.each([
    ['its AWS managed key', undefined],
    ['a customer key', customerKeyArn],
  ])(
    'lets the token of its connection be read under %s, and is needed for that',
    async (_key, kmsKeyArn) => {
      const { policies, permissions, read } = await prepareReader(kmsKeyArn);

      const token = await read('acme');

      expect(token).toBe('token of acme');
      expect(refused(policies.decided)).toEqual([]);
      expect(unneeded(permissions, policies.decided)).toEqual(unused);
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
