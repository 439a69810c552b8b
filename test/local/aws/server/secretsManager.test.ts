import {
  BatchGetSecretValueCommand,
  CreateSecretCommand,
  DescribeSecretCommand,
  GetRandomPasswordCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  ListSecretVersionIdsCommand,
  PutSecretValueCommand,
  ResourceExistsException,
  ResourceNotFoundException,
  RotateSecretCommand,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { fixedNowMs, prepare, prepareWithSecret, token1, token2 } from './support';

describe('Secrets Manager, to its SDK client', () => {
  it('creates, puts, moves, lists and reads', async () => {
    const { secrets } = await prepare();
    const SecretId = 'sfmc/acme';

    const created = await secrets.send(
      new CreateSecretCommand({ Name: SecretId, SecretString: 'one', ClientRequestToken: token1 }),
    );
    await secrets.send(
      new PutSecretValueCommand({
        SecretId,
        SecretString: 'two',
        ClientRequestToken: token2,
        VersionStages: ['AWSPENDING'],
      }),
    );
    await secrets.send(
      new UpdateSecretVersionStageCommand({
        SecretId,
        VersionStage: 'AWSCURRENT',
        MoveToVersionId: token2,
        RemoveFromVersionId: token1,
      }),
    );
    const listed = await secrets.send(new ListSecretVersionIdsCommand({ SecretId }));
    const value = await secrets.send(new GetSecretValueCommand({ SecretId }));

    expect(created.ARN).toMatch(
      /^arn:aws:secretsmanager:eu-central-1:123456789012:secret:sfmc\/acme-\w{6}$/,
    );
    expect(
      listed.Versions?.map(({ VersionId, VersionStages }) => [VersionId, VersionStages]),
    ).toEqual([
      [token1, ['AWSPREVIOUS']],
      [token2, ['AWSCURRENT', 'AWSPENDING']],
    ]);
    expect(value).toMatchObject({ SecretString: 'two', CreatedDate: new Date(fixedNowMs) });
    expect(value.$metadata.requestId).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('reads several at once, each as it is read alone, and names what it could not read', async () => {
    const { secrets } = await prepare({
      authorize: ({ action, resource }) =>
        action !== 'secretsmanager:GetSecretValue' || !resource.includes('forbidden'),
    });
    for (const Name of ['one', 'two', 'forbidden']) {
      await secrets.send(new CreateSecretCommand({ Name, SecretString: `of ${Name}` }));
    }

    const { SecretValues = [], Errors } = await secrets.send(
      new BatchGetSecretValueCommand({ SecretIdList: ['one', 'two', 'forbidden', 'missing'] }),
    );
    const alone = await secrets.send(new GetSecretValueCommand({ SecretId: 'two' }));

    expect(SecretValues.map(({ SecretString }) => SecretString)).toEqual(['of one', 'of two']);
    expect(alone).toMatchObject(SecretValues[1] ?? {});
    expect(Errors).toMatchObject([
      { SecretId: 'forbidden', ErrorCode: 'AccessDeniedException' },
      { SecretId: 'missing', ErrorCode: 'ResourceNotFoundException' },
    ]);
  });

  it('carries binary values', async () => {
    const { secrets } = await prepare();
    const SecretBinary = Uint8Array.from([0, 255, 128]);

    await secrets.send(new CreateSecretCommand({ Name: 'binary', SecretBinary }));
    const value = await secrets.send(new GetSecretValueCommand({ SecretId: 'binary' }));

    expect(Uint8Array.from(value.SecretBinary ?? [])).toEqual(SecretBinary);
  });

  it('refuses with errors that the client knows by their classes', async () => {
    const { secrets, put, arn } = await prepareWithSecret();
    await put();

    const missing = await secrets
      .send(new GetSecretValueCommand({ SecretId: 'sfmc/other' }))
      .catch((error) => error);
    const taken = await secrets
      .send(
        new PutSecretValueCommand({
          SecretId: arn,
          ClientRequestToken: token2,
          SecretString: 'another',
        }),
      )
      .catch((error) => error);

    expect(missing).toBeInstanceOf(ResourceNotFoundException);
    expect(missing.message).toBe("Secrets Manager can't find the specified secret.");
    expect(taken).toBeInstanceOf(ResourceExistsException);
    expect(taken.message).toContain(`${token2} because that value is already in use`);
  });

  it('refuses operations that it does not serve', async () => {
    const { secrets } = await prepareWithSecret();

    const password = secrets.send(new GetRandomPasswordCommand({}));

    await expect(password).rejects.toMatchObject({
      name: 'UnknownOperationException',
      message: 'secretsmanager:GetRandomPassword is not served here.',
    });
  });

  it('attaches a function to a secret when it is to be rotated, and rotates none without', async () => {
    const { secrets } = await prepareWithSecret();
    const rotate = (more: object) =>
      secrets.send(new RotateSecretCommand({ SecretId: 'sfmc/acme', ...more }));
    const RotationLambdaARN = 'arn:aws:lambda:us-east-1:123456789012:function:rotator';

    await expect(rotate({})).rejects.toMatchObject({ name: 'InvalidRequestException' });
    await rotate({ RotationLambdaARN, RotateImmediately: false });

    await expect(
      secrets.send(new DescribeSecretCommand({ SecretId: 'sfmc/acme' })),
    ).resolves.toMatchObject({ RotationEnabled: true, RotationLambdaARN });
  });

  it('names the function that rotates the secrets of connections, if there is one', async () => {
    const { secrets } = await prepare({ function: {} });
    for (const Name of ['sfmc/acme', 'other']) {
      await secrets.send(new CreateSecretCommand({ Name, KmsKeyId: 'alias/sfmc' }));
    }

    const acme = await secrets.send(new DescribeSecretCommand({ SecretId: 'sfmc/acme' }));
    const other = await secrets.send(new DescribeSecretCommand({ SecretId: 'other' }));
    const listed = await secrets.send(
      new ListSecretsCommand({ Filters: [{ Key: 'name', Values: ['sfmc/'] }] }),
    );

    const rotation = {
      RotationEnabled: true,
      RotationLambdaARN:
        'arn:aws:lambda:eu-central-1:123456789012:function:sfmc-token-rotator-local',
      RotationRules: { AutomaticallyAfterDays: 1000 },
    };
    expect(acme).toMatchObject({ ...rotation, KmsKeyId: 'alias/sfmc' });
    expect(listed.SecretList).toMatchObject([{ Name: 'sfmc/acme', ...rotation }]);
    expect(other).not.toHaveProperty('RotationEnabled');
    expect(other).not.toHaveProperty('RotationLambdaARN');
  });

  it('rotates no secret if there is no function', async () => {
    const { secrets } = await prepareWithSecret();

    const described = await secrets.send(new DescribeSecretCommand({ SecretId: 'sfmc/acme' }));

    expect(described).not.toHaveProperty('RotationEnabled');
    expect(described).not.toHaveProperty('RotationLambdaARN');
  });
});
