import { randomUUID } from 'node:crypto';
import { IAMClient } from '@aws-sdk/client-iam';
import { localFunctionName } from '../../../../local/aws/lambda/names';
import type { AwsAccess } from '../../../../ops/awsAccess';
import type { FunctionDescription } from '../../../../ops/connection/keeper';
import { readPermissions } from '../../../../ops/connection/permissions';
import { known } from '../../../../ops/connection/reading';
import { idOf, keyArn, permissionsOf, rotationWith } from '../../../infra/support';
import { printingFunction, schedule, storeToken } from '../../support/installed';
import { type OpsWorld, startOpsWorld } from '../../support/opsWorld';

function createUnderKey(world: OpsWorld): void {
  world.aws.secretsManager.createSecret({
    Name: 'sfmc/beta',
    KmsKeyId: keyArn,
    ClientRequestToken: randomUUID(),
    SecretString: '{}',
  });
}

describe('the check of the permissions', () => {
  it('asks about exactly the actions that the stack allows', async () => {
    const template = rotationWith({}, keyArn).template();
    const role = idOf(template, 'AWS::IAM::Role', 'RotatorRole');
    const allowed = permissionsOf(template, role).map((line) => line.split(' ')[0]);
    const asked = new Set<string>();
    const world = await startOpsWorld({
      function: printingFunction,
      authorize: ({ action, accessKeyId }) => {
        if (accessKeyId === localFunctionName) asked.add(action);
        return true;
      },
    });
    createUnderKey(world);
    const { url: authBaseUrl, clientId } = world.provider;
    world.stored('beta').configure({ authBaseUrl, clientId });
    storeToken(world, { connection: 'beta' });
    schedule(world, { connection: 'beta' });

    await world.run(['doctor', 'beta', '--json']);

    expect([...asked].sort()).toEqual([...new Set(allowed)].sort());
  });

  it.each([
    ['aws', 'eu-west-1', 'amazonaws.com'],
    ['aws-cn', 'cn-north-1', 'amazonaws.com.cn'],
  ])(
    'asks about keys as services use them in the partition %s',
    async (partition, region, host) => {
      const iam = new IAMClient({ region });
      const send = jest.spyOn(iam, 'send').mockImplementation(async () => ({}));
      const key = known({ arn: `arn:${partition}:kms:key`, isAwsManaged: false, state: 'Enabled' });

      await readPermissions(
        { aws: { iam }, settings: { parameterPrefix: '/sfmc/' } } as AwsAccess,
        'acme',
        {
          rotator: { name: 'f', roleArn: 'role', logGroup: 'log' } as FunctionDescription,
          secretArn: `arn:${partition}:secretsmanager:${region}:123456789012:secret:sfmc/acme-abcdef`,
          keys: { secretKey: key, clientSecretKey: key },
          queueArn: undefined,
        },
      );

      const asked = send.mock.calls.flatMap(
        ([{ input }]) => ('ContextEntries' in input && input.ContextEntries) || [],
      );
      expect(asked.map(({ ContextKeyValues }) => ContextKeyValues)).toEqual([
        [`secretsmanager.${region}.${host}`],
        [`ssm.${region}.${host}`],
      ]);
    },
  );

  it('asks about a customer key only if the secret is under one', async () => {
    const resources: string[] = [];
    const world = await startOpsWorld({
      function: printingFunction,
      authorize: ({ action, resource, accessKeyId }) => {
        if (accessKeyId === localFunctionName && action.startsWith('kms:'))
          resources.push(resource);
        return true;
      },
    });
    createUnderKey(world);
    world.stored('beta').configure({ authBaseUrl: world.provider.url, clientId: 'id' });

    await world.run(['doctor', 'acme', '--json']);
    const ofAcme = resources.splice(0);
    await world.run(['doctor', 'beta', '--json']);

    const keyId = keyArn.split('/')[1];
    expect(ofAcme).toEqual([]);
    expect(resources).toEqual([
      expect.stringMatching(`:key/${keyId}$`),
      expect.stringMatching(`:key/${keyId}$`),
    ]);
  });
});
