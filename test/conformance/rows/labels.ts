import type { ConformanceSecret } from '../conformanceSecret';
import { answerTo } from '../refusal';
import { type Row, secretsManagerApi, secretsManagerGuide } from '../row';

const putSecretValue = secretsManagerApi('PutSecretValue');
const updateSecretVersionStage = secretsManagerApi('UpdateSecretVersionStage');
const versions = secretsManagerGuide("What's in a Secrets Manager secret?");
const quotas = secretsManagerGuide('AWS Secrets Manager quotas');

/** v1 current, v2 pending. */
async function withPending(created: Promise<ConformanceSecret>): Promise<ConformanceSecret> {
  const secret = await created;
  await secret.put('v2', { VersionStages: ['AWSPENDING'] });
  return secret;
}

/** Staging labels: how PutSecretValue, UpdateSecret and UpdateSecretVersionStage move them. */
export const labelRows: readonly Row[] = [
  {
    name: 'CreateSecret gives its version AWSCURRENT',
    source: secretsManagerApi('CreateSecret'),
    steps: async (account) => (await account.createSecret()).labels(),
    expected: { v1: ['AWSCURRENT'] },
  },
  {
    name: 'PutSecretValue moves AWSCURRENT, and AWSPREVIOUS to the version that had it',
    source: putSecretValue,
    steps: async (account) => {
      const secret = await account.createSecret();
      const { VersionStages } = await secret.put('v2');
      return [VersionStages, await secret.labels()];
    },
    expected: [['AWSCURRENT'], { v1: ['AWSPREVIOUS'], v2: ['AWSCURRENT'] }],
  },
  {
    name: 'a version without a label is not in DescribeSecret',
    source: secretsManagerApi('DescribeSecret'),
    steps: async (account) => {
      const secret = await account.createSecret();
      await secret.put('v2');
      await secret.put('v3');
      return secret.labels();
    },
    expected: { v2: ['AWSPREVIOUS'], v3: ['AWSCURRENT'] },
    motoDeparts: 'VersionIdsToStages has the unlabelled version too, with an empty list',
  },
  {
    name: 'PutSecretValue with AWSPENDING leaves AWSCURRENT where it is',
    source: putSecretValue,
    steps: async (account) => (await withPending(account.createSecret())).labels(),
    expected: { v1: ['AWSCURRENT'], v2: ['AWSPENDING'] },
  },
  {
    name: 'PutSecretValue takes AWSPENDING from the version that has it',
    source: putSecretValue,
    steps: async (account) => {
      const secret = await withPending(account.createSecret());
      await secret.put('v3', { VersionStages: ['AWSPENDING'] });
      const { v1, v2 = [], v3 } = await secret.labels();
      return { v1, v2, v3 };
    },
    expected: { v1: ['AWSCURRENT'], v2: [], v3: ['AWSPENDING'] },
  },
  {
    name: 'PutSecretValue with AWSCURRENT and a label of one’s own moves AWSPREVIOUS as well',
    source: putSecretValue,
    steps: async (account) => {
      const secret = await account.createSecret();
      await secret.put('v2', { VersionStages: ['AWSCURRENT', 'blue'] });
      return secret.labels();
    },
    expected: { v1: ['AWSPREVIOUS'], v2: ['AWSCURRENT', 'blue'] },
  },
  {
    name: 'PutSecretValue leaves a label of one’s own where AWSCURRENT was',
    source: putSecretValue,
    steps: async (account) => {
      const secret = await account.createSecret();
      await secret.move('blue', { to: 'v1' });
      await secret.put('v2');
      return secret.labels();
    },
    expected: { v1: ['AWSPREVIOUS', 'blue'], v2: ['AWSCURRENT'] },
    motoDeparts: 'the version that loses AWSCURRENT loses all its labels',
  },
  {
    name: 'PutSecretValue with AWSCURRENT takes a label of one’s own from the version that has it',
    source: putSecretValue,
    steps: async (account) => {
      const secret = await account.createSecret();
      await secret.put('v2', { VersionStages: ['blue'] });
      await secret.put('v3', { VersionStages: ['AWSCURRENT', 'blue'] });
      const { v1, v2 = [], v3 } = await secret.labels();
      return { v1, v2, v3 };
    },
    expected: { v1: ['AWSPREVIOUS'], v2: [], v3: ['AWSCURRENT', 'blue'] },
    motoDeparts: 'the label then stands on both versions',
  },
  {
    name: 'the first version of a secret gets AWSCURRENT beside the labels asked for',
    source: putSecretValue,
    steps: async (account) => {
      const secret = account.secret();
      await secret.createEmpty();
      await secret.put('v1', { VersionStages: ['AWSPENDING'] });
      return secret.labels();
    },
    expected: { v1: ['AWSCURRENT', 'AWSPENDING'] },
  },
  {
    name: 'UpdateSecret with a value moves labels as PutSecretValue does',
    source: secretsManagerApi('UpdateSecret'),
    steps: async (account) => {
      const secret = await account.createSecret();
      await secret.update('v2');
      return secret.labels();
    },
    expected: { v1: ['AWSPREVIOUS'], v2: ['AWSCURRENT'] },
  },
  {
    name: 'UpdateSecret with a key alone makes no version, and moves no label',
    source: secretsManagerApi('UpdateSecret'),
    steps: async (account) => {
      const secret = await account.createSecret();
      await secret.put('v2');
      await secret.updateKey('alias/aws/secretsmanager');
      return { labels: await secret.labels(), value: await secret.read() };
    },
    expected: { labels: { v1: ['AWSPREVIOUS'], v2: ['AWSCURRENT'] }, value: 'value of v2' },
  },
  {
    name: 'UpdateSecretVersionStage promotes AWSPENDING, and AWSPREVIOUS follows',
    source: updateSecretVersionStage,
    steps: async (account) => {
      const secret = await withPending(account.createSecret());
      await secret.move('AWSCURRENT', { to: 'v2', from: 'v1' });
      return secret.labels();
    },
    expected: { v1: ['AWSPREVIOUS'], v2: ['AWSCURRENT', 'AWSPENDING'] },
  },
  {
    name: 'UpdateSecretVersionStage rolls back: AWSCURRENT and AWSPREVIOUS change places',
    source: updateSecretVersionStage,
    steps: async (account) => {
      const secret = await account.createSecret();
      await secret.put('v2');
      await secret.move('AWSCURRENT', { to: 'v1', from: 'v2' });
      return secret.labels();
    },
    expected: { v1: ['AWSCURRENT'], v2: ['AWSPREVIOUS'] },
  },
  {
    name: 'AWSCURRENT is not moved without RemoveFromVersionId',
    source: updateSecretVersionStage,
    steps: async (account) => {
      const secret = await withPending(account.createSecret());
      const answer = await answerTo(secret.move('AWSCURRENT', { to: 'v2' }));
      return [answer, await secret.labels()];
    },
    expected: ['InvalidParameterException', { v1: ['AWSCURRENT'], v2: ['AWSPENDING'] }],
  },
  {
    name: 'AWSCURRENT is not moved from a version that does not have it',
    source: updateSecretVersionStage,
    steps: async (account) => {
      const secret = await withPending(account.createSecret());
      const answer = await answerTo(secret.move('AWSCURRENT', { to: 'v2', from: 'v2' }));
      return [answer, await secret.labels()];
    },
    expected: ['InvalidParameterException', { v1: ['AWSCURRENT'], v2: ['AWSPENDING'] }],
  },
  {
    name: 'AWSCURRENT is not removed outright: a secret always has a current version',
    source: versions,
    steps: async (account) => {
      const secret = await withPending(account.createSecret());
      const answer = await answerTo(secret.move('AWSCURRENT', { from: 'v1' }));
      return [answer, (await secret.labels()).v1];
    },
    expected: ['InvalidParameterException', ['AWSCURRENT']],
    motoDeparts: 'it removes AWSCURRENT and leaves the secret without a current version',
  },
  {
    name: 'UpdateSecretVersionStage attaches a new label without RemoveFromVersionId',
    source: updateSecretVersionStage,
    steps: async (account) => {
      const secret = await account.createSecret();
      await secret.move('blue', { to: 'v1' });
      return secret.labels();
    },
    expected: { v1: ['AWSCURRENT', 'blue'] },
  },
  {
    name: 'UpdateSecretVersionStage moves a label of one’s own with RemoveFromVersionId',
    source: updateSecretVersionStage,
    steps: async (account) => {
      const secret = await withPending(account.createSecret());
      await secret.move('blue', { to: 'v1' });
      await secret.move('blue', { to: 'v2', from: 'v1' });
      return secret.labels();
    },
    expected: { v1: ['AWSCURRENT'], v2: ['AWSPENDING', 'blue'] },
  },
  {
    name: 'a label of one’s own is not moved without RemoveFromVersionId, nor doubled',
    source: updateSecretVersionStage,
    steps: async (account) => {
      const secret = await withPending(account.createSecret());
      await secret.move('blue', { to: 'v1' });
      const answer = await answerTo(secret.move('blue', { to: 'v2' }));
      return [answer, await secret.labels()];
    },
    expected: ['InvalidParameterException', { v1: ['AWSCURRENT', 'blue'], v2: ['AWSPENDING'] }],
    motoDeparts: 'it attaches the label to the second version and leaves it on the first',
  },
  {
    name: 'a version whose last label is removed is deprecated, and can still be read by its id',
    source: updateSecretVersionStage,
    steps: async (account) => {
      const secret = await withPending(account.createSecret());
      await secret.move('AWSPENDING', { from: 'v2' });
      const { v2 = [] } = await secret.labels();
      return [v2, await secret.read({ VersionId: secret.idOf('v2') })];
    },
    expected: [[], 'value of v2'],
  },
  {
    name: 'a label is not moved to a version that does not exist',
    source: updateSecretVersionStage,
    steps: async (account) => {
      const secret = await account.createSecret();
      return answerTo(secret.move('blue', { to: 'v2' }));
    },
    expected: 'ResourceNotFoundException',
    motoDeparts: 'it calls the missing version an InvalidParameterException',
  },
  {
    name: 'all versions of a secret have 20 labels together at most',
    source: quotas,
    steps: async (account) => {
      const secret = await withPending(account.createSecret());
      const answers: string[] = [];
      for (let n = 3; n <= 21; n++) {
        answers.push(await answerTo(secret.move(`label-${n}`, { to: n % 2 ? 'v1' : 'v2' })));
      }
      return [new Set(answers.slice(0, -1)), answers.at(-1)];
    },
    expected: [new Set(['accepted']), 'LimitExceededException'],
    motoDeparts: 'it has no quotas',
  },
];
