import {
  DeleteSecretCommand,
  type DeleteSecretCommandInput,
  RestoreSecretCommand,
  TagResourceCommand,
} from '@aws-sdk/client-secrets-manager';
import type { Account } from '../account';
import { answerTo } from '../refusal';
import { type Row, secretsManagerApi } from '../row';

const deleteSecret = secretsManagerApi('DeleteSecret');
const dayMs = 24 * 60 * 60 * 1000;

const remove = (
  { secretsManager }: Account,
  SecretId: string,
  input: Partial<DeleteSecretCommandInput> = {},
) => secretsManager.send(new DeleteSecretCommand({ SecretId, ...input }));

/** The days from now to the date that a deletion is planned for. */
async function plannedDays(account: Account, input?: Partial<DeleteSecretCommandInput>) {
  const { id } = await account.createSecret();
  const { DeletionDate } = await remove(account, id, input);
  return Math.round(((DeletionDate?.getTime() ?? 0) - Date.now()) / dayMs);
}

/** A secret marked for deletion, its value still `value of v1`. */
async function marked(account: Account) {
  const secret = await account.createSecret();
  await remove(account, secret.id);
  return secret;
}

/** Deletion, its recovery window, and what a secret marked for it still does. */
export const deletionRows: readonly Row[] = [
  {
    name: 'DeleteSecret plans the deletion in 30 days',
    source: deleteSecret,
    steps: (account) => plannedDays(account),
    expected: 30,
  },
  {
    name: 'DeleteSecret takes a recovery window of 7 days',
    source: deleteSecret,
    steps: (account) => plannedDays(account, { RecoveryWindowInDays: 7 }),
    expected: 7,
  },
  ...[6, 31].map(
    (RecoveryWindowInDays): Row => ({
      name: `DeleteSecret refuses a recovery window of ${RecoveryWindowInDays} days`,
      source: deleteSecret,
      steps: async (account) => {
        const secret = await account.createSecret();
        const answer = await answerTo(remove(account, secret.id, { RecoveryWindowInDays }));
        return [answer, await secret.read()];
      },
      expected: ['InvalidParameterException', 'value of v1'],
    }),
  ),
  {
    name: 'DeleteSecret refuses a recovery window together with ForceDeleteWithoutRecovery',
    source: deleteSecret,
    steps: async (account) => {
      const secret = await account.createSecret();
      const input = { RecoveryWindowInDays: 7, ForceDeleteWithoutRecovery: true };
      return [await answerTo(remove(account, secret.id, input)), await secret.read()];
    },
    expected: ['InvalidParameterException', 'value of v1'],
  },
  {
    name: 'a secret marked for deletion is described with its date, and read no more',
    source: deleteSecret,
    steps: async (account) => {
      const secret = await marked(account);
      const { DeletedDate } = await secret.describe();
      return [DeletedDate instanceof Date, await answerTo(secret.get())];
    },
    expected: [true, 'InvalidRequestException'],
  },
  {
    name: 'a secret marked for deletion still lists its versions',
    source: secretsManagerApi('ListSecretVersionIds'),
    steps: async (account) => (await marked(account)).versions(false),
    expected: [{ version: 'v1', labels: ['AWSCURRENT'] }],
  },
  {
    name: 'a secret marked for deletion takes no value, label or tag',
    source: secretsManagerApi('PutSecretValue, UpdateSecretVersionStage and TagResource'),
    steps: async (account) => {
      const secret = await marked(account);
      const tag = new TagResourceCommand({ SecretId: secret.id, Tags: [{ Key: 'a', Value: 'b' }] });
      return [
        await answerTo(secret.put('v2')),
        await answerTo(secret.update('v2')),
        await answerTo(secret.move('blue', { to: 'v1' })),
        await answerTo(account.secretsManager.send(tag)),
      ];
    },
    expected: Array.from({ length: 4 }, () => 'InvalidRequestException'),
    motoDeparts: 'it takes all of them',
  },
  {
    name: 'the name of a secret marked for deletion is not free',
    source: secretsManagerApi('CreateSecret'),
    steps: async (account) => answerTo((await marked(account)).create('v2')),
    expected: 'InvalidRequestException',
    motoDeparts: 'it calls the name taken, by ResourceExistsException',
  },
  {
    name: 'a secret marked for deletion is not marked a second time',
    source: deleteSecret,
    steps: async (account) => answerTo(remove(account, (await marked(account)).id)),
    expected: 'InvalidRequestException',
  },
  {
    name: 'RestoreSecret gives the value back',
    source: secretsManagerApi('RestoreSecret'),
    steps: async (account) => {
      const secret = await marked(account);
      await account.secretsManager.send(new RestoreSecretCommand({ SecretId: secret.id }));
      const { DeletedDate } = await secret.describe();
      return [await secret.read(), DeletedDate, await secret.labels()];
    },
    expected: ['value of v1', undefined, { v1: ['AWSCURRENT'] }],
  },
  {
    name: 'ForceDeleteWithoutRecovery leaves nothing, also of a secret marked for deletion',
    source: deleteSecret,
    steps: async (account) => {
      const secret = await marked(account);
      await remove(account, secret.id, { ForceDeleteWithoutRecovery: true });
      const isGone = (answer: string) => answer.startsWith('ResourceNotFound');
      return account.listed(() => answerTo(secret.describe()), isGone);
    },
    expected: 'ResourceNotFoundException',
  },
  {
    name: 'ForceDeleteWithoutRecovery of a secret that does not exist is no error',
    source: deleteSecret,
    steps: async (account) => {
      const name = account.secretName('absent');
      return answerTo(remove(account, name, { ForceDeleteWithoutRecovery: true }));
    },
    expected: 'accepted',
  },
  {
    name: 'DeleteSecret of a secret that does not exist is refused',
    source: deleteSecret,
    steps: async (account) => answerTo(remove(account, account.secretName('absent'))),
    expected: 'ResourceNotFoundException',
  },
];
