import {
  DeleteSecretCommand,
  ListSecretsCommand,
  type ListSecretsCommandInput,
  ListSecretVersionIdsCommand,
  TagResourceCommand,
} from '@aws-sdk/client-secrets-manager';
import type { Account } from '../account';
import { pagesOf } from '../pages';
import { answerTo } from '../refusal';
import { type Row, secretsManagerApi } from '../row';

const listSecretVersionIds = secretsManagerApi('ListSecretVersionIds');
const listSecrets = secretsManagerApi('ListSecrets');

async function threeVersions(account: Account) {
  const secret = await account.createSecret();
  await secret.put('v2');
  await secret.put('v3');
  return secret;
}

/**
 * The row's secrets whose names begin so, waiting for them if listings lag, and whether no page
 * has more than asked for.
 */
async function listedNames(
  account: Account,
  wanted: number,
  { beginning = '', ...input }: ListSecretsCommandInput & { readonly beginning?: string } = {},
) {
  const value = `${account.secretName('')}${beginning}`;
  const list = async (NextToken: string | undefined) => {
    const { SecretList = [], NextToken: next } = await account.secretsManager.send(
      new ListSecretsCommand({
        Filters: [{ Key: 'name', Values: [value] }],
        ...input,
        NextToken,
      }),
    );
    return { items: SecretList.map(({ Name = '' }) => Name.split('/').at(-1) ?? ''), next };
  };
  const pages = await account.listed(
    () => pagesOf(list),
    (found) => found.flat().length === wanted,
  );
  const { MaxResults = 100 } = input;
  return {
    names: pages.flat().sort(),
    inSize: pages.every(({ length }) => length <= MaxResults),
  };
}

/** What is listed: versions and secrets, in pages. */
export const listingRows: readonly Row[] = [
  {
    name: 'ListSecretVersionIds leaves deprecated versions out',
    source: listSecretVersionIds,
    steps: async (account) => (await threeVersions(account)).versions(false),
    expected: [
      { version: 'v2', labels: ['AWSPREVIOUS'] },
      { version: 'v3', labels: ['AWSCURRENT'] },
    ],
    motoDeparts: 'it lists deprecated versions whether IncludeDeprecated asks for them or not',
  },
  {
    name: 'ListSecretVersionIds with IncludeDeprecated gives all versions',
    source: listSecretVersionIds,
    steps: async (account) => {
      const versions = await (await threeVersions(account)).versions(true);
      return versions.map(({ version, labels = [] }) => [version, labels]);
    },
    expected: [
      ['v1', []],
      ['v2', ['AWSPREVIOUS']],
      ['v3', ['AWSCURRENT']],
    ],
  },
  {
    name: 'ListSecretVersionIds gives pages that have each version once',
    source: listSecretVersionIds,
    steps: async (account) => {
      const secret = await threeVersions(account);
      await secret.put('v4');
      await secret.put('v5');
      const pages = await pagesOf(async (NextToken) => {
        const { Versions = [], NextToken: next } = await account.secretsManager.send(
          new ListSecretVersionIdsCommand({
            SecretId: secret.id,
            IncludeDeprecated: true,
            MaxResults: 2,
            NextToken,
          }),
        );
        return { items: Versions.map(({ VersionId }) => secret.nameOf(VersionId)), next };
      });
      return [pages.flat().sort(), pages.every(({ length }) => length <= 2)];
    },
    expected: [['v1', 'v2', 'v3', 'v4', 'v5'], true],
    motoDeparts: 'it gives all versions at once, and an empty NextToken',
  },
  {
    name: 'ListSecretVersionIds refuses a NextToken that it never gave',
    source: listSecretVersionIds,
    steps: async (account) => {
      const { id: SecretId } = await account.createSecret();
      return answerTo(
        account.secretsManager.send(
          new ListSecretVersionIdsCommand({ SecretId, NextToken: 'made-up' }),
        ),
      );
    },
    expected: 'InvalidNextTokenException',
    motoDeparts: 'it does not look at NextToken',
  },
  ...[0, 101].map(
    (MaxResults): Row => ({
      name: `ListSecretVersionIds refuses pages of ${MaxResults}`,
      source: listSecretVersionIds,
      steps: async (account) => {
        const { id: SecretId } = await account.createSecret();
        return answerTo(
          account.secretsManager.send(new ListSecretVersionIdsCommand({ SecretId, MaxResults })),
        );
      },
      expected: 'ValidationException',
      motoDeparts: 'it does not look at MaxResults',
    }),
  ),
  {
    name: 'DescribeSecret has description, tags and dates, and no rotation',
    source: secretsManagerApi('DescribeSecret'),
    steps: async (account) => {
      const secret = account.secret();
      await secret.create('v1', { Description: 'ours', Tags: [{ Key: 'team', Value: 'mail' }] });
      await account.secretsManager.send(
        new TagResourceCommand({ SecretId: secret.id, Tags: [{ Key: 'env', Value: 'test' }] }),
      );
      const described = await secret.describe();
      return {
        description: described.Description,
        tags: described.Tags?.map(({ Key, Value }) => `${Key}=${Value}`).sort(),
        dated: [described.CreatedDate, described.LastChangedDate].every((d) => d instanceof Date),
        deleted: described.DeletedDate,
        rotates: described.RotationEnabled ?? false,
      };
    },
    expected: {
      description: 'ours',
      tags: ['env=test', 'team=mail'],
      dated: true,
      deleted: undefined,
      rotates: false,
    },
  },
  {
    name: 'ListSecrets filters by the beginning of a name',
    source: listSecrets,
    steps: async (account) => {
      for (const name of ['one', 'once', 'two']) await account.createSecret(name);
      return (await listedNames(account, 2, { beginning: 'on' })).names;
    },
    expected: ['once', 'one'],
  },
  {
    name: 'ListSecrets distinguishes upper case from lower case in a name',
    source: listSecrets,
    steps: async (account) => {
      for (const name of ['one', 'One']) await account.createSecret(name);
      return (await listedNames(account, 1, { beginning: 'O' })).names;
    },
    expected: ['One'],
  },
  {
    name: 'ListSecrets gives pages that have each secret once',
    source: listSecrets,
    steps: async (account) => {
      for (const name of ['a', 'b', 'c']) await account.createSecret(name);
      return listedNames(account, 3, { MaxResults: 2 });
    },
    expected: { names: ['a', 'b', 'c'], inSize: true },
  },
  {
    name: 'ListSecrets leaves out what is to be deleted, unless IncludePlannedDeletion asks for it',
    source: listSecrets,
    steps: async (account) => {
      await account.createSecret('kept');
      const { id: SecretId } = await account.createSecret('leaving');
      await account.secretsManager.send(new DeleteSecretCommand({ SecretId }));
      return Promise.all([
        listedNames(account, 1).then(({ names }) => names),
        listedNames(account, 2, { IncludePlannedDeletion: true }).then(({ names }) => names),
      ]);
    },
    expected: [['kept'], ['kept', 'leaving']],
  },
  {
    name: 'ListSecrets refuses a NextToken that it never gave',
    source: listSecrets,
    steps: async (account) =>
      answerTo(account.secretsManager.send(new ListSecretsCommand({ NextToken: 'made-up' }))),
    expected: 'InvalidNextTokenException',
    motoDeparts: 'it fails on it, with status 500',
  },
];
