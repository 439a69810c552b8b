import { PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { answerTo } from '../refusal';
import { type Row, secretsManagerApi, secretsManagerGuide } from '../row';

const createSecret = secretsManagerApi('CreateSecret');
const putSecretValue = secretsManagerApi('PutSecretValue');
const quotas = secretsManagerGuide('AWS Secrets Manager quotas');

/** Quotas are about 100 versions: what accepts half as many again has none. */
const versionsTried = 150;

/** Sizes, names, and what a request must have. */
export const limitRows: readonly Row[] = [
  {
    name: 'a value of 65,536 bytes is taken',
    source: quotas,
    steps: async (account) => {
      const secret = await account.createSecret();
      await secret.put('v2', { SecretString: 'x'.repeat(65_536) });
      return (await secret.read({ VersionStage: 'AWSCURRENT' }))?.length;
    },
    expected: 65_536,
  },
  {
    name: 'a value of 65,537 bytes is refused, and nothing changes',
    source: quotas,
    steps: async (account) => {
      const secret = await account.createSecret();
      const answer = await answerTo(secret.put('v2', { SecretString: 'x'.repeat(65_537) }));
      return [answer, await secret.labels()];
    },
    expected: ['ValidationException', { v1: ['AWSCURRENT'] }],
    motoDeparts: 'it has no limits of size',
  },
  {
    name: 'the size of a value counts bytes in UTF-8, not characters',
    source: quotas,
    steps: async (account) => {
      const secret = await account.createSecret();
      await secret.put('v2', { SecretString: 'é'.repeat(32_768) });
      const answer = await answerTo(secret.put('v3', { SecretString: 'é'.repeat(32_769) }));
      return [answer === 'accepted', (await secret.labels()).v2];
    },
    expected: [false, ['AWSCURRENT']],
    motoDeparts: 'it has no limits of size',
  },
  {
    name: 'a binary value of 65,536 bytes is taken',
    source: quotas,
    steps: async (account) => {
      const secret = await account.createSecret();
      const SecretBinary = new Uint8Array(65_536).fill(7);
      await secret.put('v2', { SecretString: undefined, SecretBinary });
      return (await secret.get({ VersionStage: 'AWSCURRENT' })).SecretBinary?.length;
    },
    expected: 65_536,
  },
  {
    name: 'an empty value is refused',
    source: putSecretValue,
    steps: async (account) => {
      const secret = await account.createSecret();
      return answerTo(secret.put('v2', { SecretString: '' }));
    },
    expected: 'ValidationException',
    motoDeparts: 'it takes an empty text for a missing one: InvalidRequestException',
  },
  {
    name: 'a request without a value is refused',
    source: putSecretValue,
    steps: async (account) => {
      const secret = await account.createSecret();
      return answerTo(
        account.secretsManager.send(new PutSecretValueCommand({ SecretId: secret.id })),
      );
    },
    expected: 'InvalidRequestException',
  },
  {
    name: 'a value as text and as binary data at once is refused',
    source: putSecretValue,
    steps: async (account) => {
      const secret = await account.createSecret();
      const answer = await answerTo(secret.put('v2', { SecretBinary: Uint8Array.of(1) }));
      return answer === 'accepted';
    },
    expected: false,
    motoDeparts: 'it takes both',
  },
  {
    name: 'an empty list of labels is refused',
    source: putSecretValue,
    steps: async (account) => {
      const secret = await account.createSecret();
      const answer = await answerTo(secret.put('v2', { VersionStages: [] }));
      return [answer, await secret.labels()];
    },
    expected: ['ValidationException', { v1: ['AWSCURRENT'] }],
    motoDeparts: 'it stores a version without a label',
  },
  ...[31, 65].map(
    (length): Row => ({
      name: `a ClientRequestToken of ${length} characters is refused`,
      source: putSecretValue,
      steps: async (account) => {
        const secret = await account.createSecret();
        const answer = await answerTo(secret.put('v2', { ClientRequestToken: 'x'.repeat(length) }));
        return answer === 'accepted';
      },
      expected: false,
    }),
  ),
  {
    name: 'ClientRequestTokens of 32 and of 64 characters are taken',
    source: putSecretValue,
    steps: async (account) => {
      const secret = await account.createSecret();
      const [shortest, longest] = ['s'.repeat(32), 'l'.repeat(64)];
      const first = await secret.put('v2', { ClientRequestToken: shortest });
      const second = await secret.put('v3', { ClientRequestToken: longest });
      return [first.VersionId === shortest, second.VersionId === longest];
    },
    expected: [true, true],
  },
  {
    name: 'a name of 512 characters is taken, one of 513 is refused',
    source: createSecret,
    steps: async (account) => {
      const start = account.secretName('');
      const answers: string[] = [];
      for (const length of [512, 513]) {
        const secret = account.secret('n'.repeat(length - start.length));
        answers.push(await answerTo(secret.create('v1')));
      }
      return answers;
    },
    expected: ['accepted', 'ValidationException'],
    motoDeparts: 'it takes names of any length',
  },
  {
    name: 'a name may have letters, digits and /_+=.@-',
    source: createSecret,
    steps: async (account) => answerTo(account.secret('aZ09/_+=.@-x').create('v1')),
    expected: 'accepted',
  },
  ...['a b', 'a:b', 'a#b'].map(
    (name): Row => ({
      name: `a name like "${name}" is refused`,
      source: createSecret,
      steps: async (account) => answerTo(account.secret(name).create('v1')),
      expected: 'ValidationException',
      motoDeparts: 'it takes names of any characters',
    }),
  ),
  {
    name: 'what a label may be is checked: at most 256 characters',
    source: putSecretValue,
    steps: async (account) => {
      const secret = await account.createSecret();
      const answers: string[] = [];
      for (const length of [256, 257]) {
        answers.push(await answerTo(secret.move('x'.repeat(length), { to: 'v1' })));
      }
      return answers;
    },
    expected: ['accepted', 'ValidationException'],
    motoDeparts: 'it takes labels of any length',
  },
  {
    name: 'a secret takes about 100 versions within a day, and then no more',
    source: quotas,
    steps: async (account) => {
      const secret = await account.createSecret();
      for (let n = 2; n <= versionsTried; n++) {
        const answer = await answerTo(secret.put(`v${n}`));
        if (answer !== 'accepted') return [n > 90, answer];
      }
      return 'accepted';
    },
    expected: [true, 'LimitExceededException'],
    motoDeparts: 'it has no quotas',
  },
];
