import { DescribeKeyCommand, KMSClient, NotFoundException } from '@aws-sdk/client-kms';
import { closing, fixedNowMs, prepareEndpoint, token1 } from './support';

const someKeyId = '1234abcd-12ab-34cd-56ef-1234567890ab';
const arnOf = (key: string) => `arn:aws:kms:eu-central-1:123456789012:${key}`;

async function prepare(KmsKeyId?: string) {
  const asked: string[] = [];
  const { aws, settings } = await prepareEndpoint({
    authorize({ action, resource }) {
      asked.push(`${action} ${resource}`);
      return true;
    },
  });
  aws.secretsManager.createSecret({
    Name: 'sfmc/acme',
    ClientRequestToken: token1,
    SecretString: '{}',
    KmsKeyId,
  });
  const kms = closing(new KMSClient(settings));
  const describeKey = async (KeyId: string) =>
    (await kms.send(new DescribeKeyCommand({ KeyId }))).KeyMetadata;
  return { aws, asked, describeKey };
}

describe('DescribeKey', () => {
  it.each(['alias/aws/secretsmanager', 'alias/aws/ssm', arnOf('alias/aws/ssm')])(
    "gives AWS's own key %s, under a key id of its own",
    async (alias) => {
      const { describeKey } = await prepare();

      const key = await describeKey(alias);
      const again = await describeKey(key?.KeyId ?? '');

      expect(key).toMatchObject({
        Arn: arnOf(`key/${key?.KeyId}`),
        KeyId: expect.stringMatching(/^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/),
        KeyManager: 'AWS',
        KeyState: 'Enabled',
        Enabled: true,
        CreationDate: new Date(fixedNowMs),
      });
      expect(again).toEqual(key);
    },
  );

  it.each([
    [someKeyId, someKeyId],
    [someKeyId, arnOf(`key/${someKeyId}`)],
    [arnOf(`key/${someKeyId}`), someKeyId],
    ['alias/sfmc', 'alias/sfmc'],
    ['alias/sfmc', arnOf('alias/sfmc')],
    [arnOf('alias/sfmc'), 'alias/sfmc'],
  ])('gives the key that a secret names as %s, under %s', async (named, asked) => {
    const { describeKey } = await prepare(named);

    const key = await describeKey(asked);

    expect(key).toMatchObject({ KeyManager: 'CUSTOMER', KeyState: 'Enabled', Enabled: true });
  });

  it('gives the key that a parameter names', async () => {
    const { aws, describeKey } = await prepare();
    aws.parameterStore.putParameter({
      Name: '/sfmc/acme/escrow',
      Value: 'canary',
      Type: 'SecureString',
      KeyId: someKeyId,
    });

    expect(await describeKey(someKeyId)).toMatchObject({
      KeyId: someKeyId,
      KeyManager: 'CUSTOMER',
    });
  });

  it.each([
    [someKeyId, `Key '${arnOf(`key/${someKeyId}`)}' does not exist`],
    ['alias/other', `Alias ${arnOf('alias/other')} is not found.`],
  ])('does not know the key %s, which nothing names', async (keyId, message) => {
    const { describeKey } = await prepare('alias/sfmc');

    await expect(describeKey(keyId)).rejects.toThrow(NotFoundException);
    await expect(describeKey(keyId)).rejects.toThrow(message);
  });

  it('is authorized on the key, not on its alias', async () => {
    const { asked, describeKey } = await prepare();

    const key = await describeKey('alias/aws/ssm');

    expect(asked).toEqual([`kms:DescribeKey ${key?.Arn}`]);
  });
});
