import { DeleteSecretCommand } from '@aws-sdk/client-secrets-manager';
import { type AwsLocal, startAwsLocal } from '../../local/aws/server';
import { closeAfterTest } from '../support/closing';
import { Account } from './account';
import { ConformanceSecret } from './conformanceSecret';
import { deleteLeftovers } from './leftovers';
import { localTarget } from './localTarget';
import { expectConformance, observe, rows } from './suite';

let aws: AwsLocal;
let target: ReturnType<typeof localTarget>;

beforeAll(async () => {
  aws = await startAwsLocal();
  target = localTarget(aws.url);
});

afterAll(async () => {
  target.close();
  await aws.close();
});

describe('the loopback AWS endpoint behaves as AWS documents it', () => {
  expectConformance(rows, () => target);
});

describe('the rows', () => {
  it('have each a name of its own', () => {
    expect(new Set(rows.map(({ name }) => name)).size).toBe(rows.length);
  });

  it('leave nothing behind, not even one that fails', async () => {
    const failing = observe(
      {
        steps: async (account) => {
          const secret = await account.createSecret();
          await account.putParameter('p');
          return secret.get({ VersionStage: 'absent' });
        },
      },
      target,
    );

    await expect(failing).rejects.toThrow('staging label: absent');

    const secrets = aws.secretsManager.listSecrets({ IncludePlannedDeletion: true }).SecretList;
    expect(secrets).toEqual([]);
    expect(aws.parameterStore.describeParameters({}).Parameters).toEqual([]);
  });

  it('of a run that was killed leave nothing behind either, once it is cleaned up', async () => {
    const own = await startAwsLocal();
    closeAfterTest(() => own.close());
    const { secretsManager, parameterStore } = own;
    const ownTarget = localTarget(own.url);
    closeAfterTest(() => ownTarget.close());
    const killed = new Account(ownTarget);
    await killed.createSecret('left');
    const { id: SecretId } = await killed.createSecret('marked');
    await ownTarget.secretsManager.send(new DeleteSecretCommand({ SecretId }));
    for (let n = 1; n <= 12; n++) await killed.putParameter(`left/${n}`);
    const others = new ConformanceSecret(ownTarget.secretsManager, 'sfmc/acme');
    await others.create('v1');
    parameterStore.putParameter({ Name: '/sfmc/acme/config', Type: 'String', Value: '{}' });

    const deleted = await deleteLeftovers(ownTarget);

    const secrets = secretsManager.listSecrets({ IncludePlannedDeletion: true }).SecretList;
    const parameters = parameterStore.describeParameters({}).Parameters;
    expect(deleted).toHaveLength(14);
    expect(secrets.map(({ Name }) => Name)).toEqual(['sfmc/acme']);
    expect(parameters.map(({ Name }) => Name)).toEqual(['/sfmc/acme/config']);
  });
});
