import { GetSecretValueCommand, ResourceNotFoundException } from '@aws-sdk/client-secrets-manager';
import { answerTo, errorOf } from '../refusal';
import { type Row, secretsManagerApi, secretsManagerGuide } from '../row';

const getSecretValue = secretsManagerApi('GetSecretValue');

/** GetSecretValue: which version it gives, and how it refuses. */
export const readingRows: readonly Row[] = [
  {
    name: 'GetSecretValue gives the value with its version, labels, ARN, name and date',
    source: getSecretValue,
    steps: async (account) => {
      const secret = await account.createSecret();
      const { ARN = '', Name, VersionId, VersionStages, CreatedDate, ...rest } = await secret.get();
      return {
        arn: /^arn:aws:secretsmanager:[\w-]+:\d{12}:secret:.+-\w{6}$/.test(ARN),
        name: Name === secret.id,
        version: secret.nameOf(VersionId),
        labels: VersionStages,
        dated: CreatedDate instanceof Date,
        value: rest.SecretString,
        binary: rest.SecretBinary,
      };
    },
    expected: {
      arn: true,
      name: true,
      version: 'v1',
      labels: ['AWSCURRENT'],
      dated: true,
      value: 'value of v1',
      binary: undefined,
    },
  },
  {
    name: 'GetSecretValue gives AWSCURRENT if no version is named',
    source: getSecretValue,
    steps: async (account) => {
      const secret = await account.createSecret();
      await secret.put('v2', { VersionStages: ['AWSPENDING'] });
      const before = await secret.read();
      await secret.move('AWSCURRENT', { to: 'v2', from: 'v1' });
      return [before, await secret.read()];
    },
    expected: ['value of v1', 'value of v2'],
    motoDeparts: 'after UpdateSecretVersionStage it goes on giving the former version by default',
  },
  {
    name: 'GetSecretValue follows AWSCURRENT if the label is named',
    source: getSecretValue,
    steps: async (account) => {
      const secret = await account.createSecret();
      await secret.put('v2', { VersionStages: ['AWSPENDING'] });
      await secret.move('AWSCURRENT', { to: 'v2', from: 'v1' });
      return Promise.all([
        secret.read({ VersionStage: 'AWSCURRENT' }),
        secret.read({ VersionStage: 'AWSPREVIOUS' }),
      ]);
    },
    expected: ['value of v2', 'value of v1'],
  },
  {
    name: 'GetSecretValue gives a version by its id, and by id and label together',
    source: getSecretValue,
    steps: async (account) => {
      const secret = await account.createSecret();
      await secret.put('v2');
      const VersionId = secret.idOf('v1');
      return Promise.all([
        secret.read({ VersionId }),
        secret.read({ VersionId, VersionStage: 'AWSPREVIOUS' }),
      ]);
    },
    expected: ['value of v1', 'value of v1'],
  },
  {
    name: 'GetSecretValue refuses an id and a label of two versions',
    source: getSecretValue,
    steps: async (account) => {
      const secret = await account.createSecret();
      await secret.put('v2');
      const VersionId = secret.idOf('v1');
      return answerTo(secret.get({ VersionId, VersionStage: 'AWSCURRENT' }));
    },
    expected: 'InvalidRequestException',
  },
  {
    name: 'GetSecretValue gives a deprecated version by its id',
    source: getSecretValue,
    steps: async (account) => {
      const secret = await account.createSecret();
      await secret.put('v2');
      await secret.put('v3');
      const { SecretString, VersionStages = [] } = await secret.get({
        VersionId: secret.idOf('v1'),
      });
      return [SecretString, VersionStages];
    },
    expected: ['value of v1', []],
  },
  {
    name: 'GetSecretValue finds a secret by its ARN, and by its ARN without the suffix',
    source: secretsManagerGuide('Troubleshoot AWS Secrets Manager: finding a partial ARN'),
    steps: async (account) => {
      const secret = await account.createSecret();
      const { ARN = '' } = await secret.describe();
      return Promise.all([
        secret.read({ SecretId: ARN }),
        secret.read({ SecretId: ARN.slice(0, -'-XXXXXX'.length) }),
      ]);
    },
    expected: ['value of v1', 'value of v1'],
  },
  {
    name: 'binary values come back as they were, without a SecretString',
    source: getSecretValue,
    steps: async (account) => {
      const secret = await account.createSecret();
      const SecretBinary = Uint8Array.from([0, 255, 13, 10, 128]);
      await secret.put('v2', { SecretString: undefined, SecretBinary });
      const value = await secret.get({ VersionStage: 'AWSCURRENT' });
      return [Array.from(value.SecretBinary ?? []), value.SecretString];
    },
    expected: [[0, 255, 13, 10, 128], undefined],
  },
  {
    name: 'text comes back as it was, whatever its characters',
    source: getSecretValue,
    steps: async (account) => {
      const secret = await account.createSecret();
      await secret.put('v2', { SecretString: '{"é":"\\u0000 \\" 𝄞"}\n' });
      return secret.read({ VersionStage: 'AWSCURRENT' });
    },
    expected: '{"é":"\\u0000 \\" 𝄞"}\n',
  },
  {
    name: 'a secret that does not exist is a ResourceNotFoundException with a request id',
    source: getSecretValue,
    steps: async (account) => {
      const SecretId = account.secretName('absent');
      const error = await errorOf(
        account.secretsManager.send(new GetSecretValueCommand({ SecretId })),
      );
      if (!(error instanceof ResourceNotFoundException)) return error.name;
      const { requestId = '' } = error.$metadata;
      return [error.name, error.message, error.$fault, requestId.length > 0];
    },
    expected: [
      'ResourceNotFoundException',
      "Secrets Manager can't find the specified secret.",
      'client',
      true,
    ],
  },
  {
    name: 'a secret without the version asked for is distinguished by its text from one that is missing',
    source: secretsManagerGuide('Troubleshoot AWS Secrets Manager rotation of secrets'),
    steps: async (account) => {
      const secret = await account.createSecret();
      const error = await errorOf(secret.get({ VersionStage: 'AWSPENDING' }));
      return [error.name, error.message];
    },
    expected: [
      'ResourceNotFoundException',
      "Secrets Manager can't find the specified secret value for staging label: AWSPENDING",
    ],
    motoDeparts: 'it says of a missing version what AWS says of a missing secret',
  },
  {
    name: 'a secret that never had a value has no AWSCURRENT',
    source: getSecretValue,
    steps: async (account) => {
      const secret = account.secret();
      await secret.createEmpty();
      const error = await errorOf(secret.get());
      const { VersionIdsToStages = {} } = await secret.describe();
      return [error.name, error.message, VersionIdsToStages];
    },
    expected: [
      'ResourceNotFoundException',
      "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT",
      {},
    ],
  },
  {
    name: 'an id that no version has is a ResourceNotFoundException',
    source: getSecretValue,
    steps: async (account) => {
      const secret = await account.createSecret();
      return answerTo(secret.get({ VersionId: secret.idOf('v9') }));
    },
    expected: 'ResourceNotFoundException',
  },
  {
    name: 'what is missing, taken or invalid is refused with HTTP status 400',
    source: `${getSecretValue} and CreateSecret, "Errors"`,
    steps: async (account) => {
      const secret = await account.createSecret();
      const errors = [
        await errorOf(account.secret('absent').get()),
        await errorOf(secret.create('v2')),
        await errorOf(secret.move('AWSCURRENT', { to: 'v1', from: 'v9' })),
      ];
      return errors.map(({ name, $metadata }) => `${name} ${$metadata.httpStatusCode}`);
    },
    expected: [
      'ResourceNotFoundException 400',
      'ResourceExistsException 400',
      'InvalidParameterException 400',
    ],
    motoDeparts: 'it answers ResourceNotFoundException with status 404',
  },
];
