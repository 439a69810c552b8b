import { type AwsLocal, startAwsLocal } from '../../local/aws/server';
import '../support/awsClients';
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
});
