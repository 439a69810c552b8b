import { PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { answerTo } from '../refusal';
import { type Row, secretsManagerApi } from '../row';

const createSecret = secretsManagerApi('CreateSecret');
const putSecretValue = secretsManagerApi('PutSecretValue');
const updateSecret = secretsManagerApi('UpdateSecret');

/** What a second request with the same ClientRequestToken does. */
export const idempotencyRows: readonly Row[] = [
  {
    name: 'CreateSecret repeated with the same token and value is ignored',
    source: createSecret,
    steps: async (account) => {
      const secret = account.secret();
      const first = await secret.create('v1');
      const answer = await answerTo(secret.create('v1'));
      const { ARN } = await secret.describe();
      return [answer, ARN === first.ARN, await secret.labels()];
    },
    expected: ['accepted', true, { v1: ['AWSCURRENT'] }],
  },
  {
    name: 'CreateSecret refuses the same token with another value',
    source: createSecret,
    steps: async (account) => {
      const secret = await account.createSecret();
      const answer = await answerTo(secret.create('v1', { SecretString: 'another value' }));
      return [answer, await secret.read()];
    },
    expected: ['ResourceExistsException', 'value of v1'],
  },
  {
    name: 'CreateSecret refuses a name that is taken',
    source: createSecret,
    steps: async (account) => {
      const secret = await account.createSecret();
      return [await answerTo(secret.create('v2')), await secret.read()];
    },
    expected: ['ResourceExistsException', 'value of v1'],
  },
  {
    name: 'PutSecretValue repeated with the same token and value makes no second version',
    source: putSecretValue,
    steps: async (account) => {
      const secret = await account.createSecret();
      await secret.put('v2');
      const { VersionId } = await secret.put('v2');
      return [secret.nameOf(VersionId), await secret.labels()];
    },
    expected: ['v2', { v1: ['AWSPREVIOUS'], v2: ['AWSCURRENT'] }],
  },
  {
    name: 'PutSecretValue refuses the same token with another value, and keeps the value',
    source: putSecretValue,
    steps: async (account) => {
      const secret = await account.createSecret();
      const answer = await answerTo(secret.put('v1', { SecretString: 'another value' }));
      return [answer, await secret.read()];
    },
    expected: ['ResourceExistsException', 'value of v1'],
  },
  {
    name: 'PutSecretValue replayed after a later one moves no label back',
    source: putSecretValue,
    steps: async (account) => {
      const secret = await account.createSecret();
      await secret.put('v2');
      await secret.put('v3');
      await secret.put('v2');
      const { v2, v3 } = await secret.labels();
      return [v2, v3, await secret.read({ VersionStage: 'AWSCURRENT' })];
    },
    expected: [['AWSPREVIOUS'], ['AWSCURRENT'], 'value of v3'],
  },
  {
    name: 'PutSecretValue of a pending version replayed after its promotion leaves it current',
    source: putSecretValue,
    steps: async (account) => {
      const secret = await account.createSecret();
      const pending = { VersionStages: ['AWSPENDING'] };
      await secret.put('v2', pending);
      await secret.move('AWSCURRENT', { to: 'v2', from: 'v1' });
      await secret.put('v2', pending);
      return secret.labels();
    },
    expected: { v1: ['AWSPREVIOUS'], v2: ['AWSCURRENT', 'AWSPENDING'] },
    motoDeparts: 'the replay takes AWSCURRENT away and leaves AWSPENDING alone',
  },
  {
    name: 'PutSecretValue replayed with other labels does nothing',
    source: putSecretValue,
    steps: async (account) => {
      const secret = await account.createSecret();
      await secret.put('v1', { VersionStages: ['blue'] });
      return secret.labels();
    },
    expected: { v1: ['AWSCURRENT'] },
  },
  {
    name: 'PutSecretValue of a deprecated version replayed gives it no label',
    source: putSecretValue,
    steps: async (account) => {
      const secret = await account.createSecret();
      await secret.put('v2');
      await secret.put('v3');
      await secret.put('v1');
      const { v1 = [], v2, v3 } = await secret.labels();
      return { v1, v2, v3 };
    },
    expected: { v1: [], v2: ['AWSPREVIOUS'], v3: ['AWSCURRENT'] },
  },
  {
    name: 'UpdateSecret repeated with the same token and value makes no second version',
    source: updateSecret,
    steps: async (account) => {
      const secret = await account.createSecret();
      await secret.update('v2');
      return [await answerTo(secret.update('v2')), await secret.labels()];
    },
    expected: ['accepted', { v1: ['AWSPREVIOUS'], v2: ['AWSCURRENT'] }],
  },
  {
    name: 'UpdateSecret refuses the same token with another value, and keeps the value',
    source: updateSecret,
    steps: async (account) => {
      const secret = await account.createSecret();
      const answer = await answerTo(secret.update('v1', { SecretString: 'another value' }));
      return [answer, await secret.read()];
    },
    expected: ['ResourceExistsException', 'value of v1'],
  },
  {
    name: 'a request without a token gets a UUID from the SDK, which is the version’s id',
    source: putSecretValue,
    steps: async (account) => {
      const secret = await account.createSecret();
      const { VersionId = '' } = await account.secretsManager.send(
        new PutSecretValueCommand({ SecretId: secret.id, SecretString: 'value' }),
      );
      return [/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(VersionId), await secret.read()];
    },
    expected: [true, 'value'],
  },
];
