import {
  DescribeParametersCommand,
  type DescribeParametersCommandInput,
  GetParametersByPathCommand,
  type GetParametersByPathCommandInput,
  type ParameterStringFilter,
} from '@aws-sdk/client-ssm';
import type { Account } from '../account';
import { pagesOf } from '../pages';
import { answerTo } from '../refusal';
import { type Row, systemsManagerApi } from '../row';

const getParametersByPath = systemsManagerApi('GetParametersByPath');
const describeParameters = systemsManagerApi('DescribeParameters');
const filters = systemsManagerApi('ParameterStringFilter');

interface Page {
  readonly Parameters?: { readonly Name?: string | undefined }[] | undefined;
  readonly NextToken?: string | undefined;
}

/**
 * Every page of a listing: the names below the row's path, and whether no page has more than asked
 * for. It may have fewer: "The number of items returned ... can be between zero and the value of
 * MaxResults" (API reference, GetParametersByPath and DescribeParameters).
 */
async function allPages(
  account: Account,
  mostAPage: number,
  ask: (token?: string) => Promise<Page>,
) {
  const pages = await pagesOf(async (token) => {
    const { Parameters = [], NextToken: next } = await ask(token);
    return { items: Parameters.map(({ Name = '' }) => Name.slice(account.path.length + 1)), next };
  });
  return {
    names: pages.flat().sort(),
    inSize: pages.every(({ length }) => length <= mostAPage),
  };
}

function byPath(account: Account, input: Partial<GetParametersByPathCommandInput> = {}) {
  const ask = (NextToken?: string) =>
    account.ssm.send(new GetParametersByPathCommand({ Path: account.path, ...input, NextToken }));
  return allPages(account, input.MaxResults ?? 10, ask);
}

/** DescribeParameters below the row's own path, repeated until it finds so many. */
function described(
  account: Account,
  wanted: number,
  input: Partial<DescribeParametersCommandInput>,
) {
  const ask = (NextToken?: string) =>
    account.ssm.send(new DescribeParametersCommand({ ...input, NextToken }));
  return account.listed(
    () => allPages(account, input.MaxResults ?? 50, ask),
    ({ names }) => names.length === wanted,
  );
}

const refusedFilter = (
  name: string,
  operation: 'DescribeParameters' | 'GetParametersByPath',
  filter: ParameterStringFilter,
  expected: string,
  motoDeparts?: string,
): Row => ({
  name,
  source: filters,
  steps: ({ ssm, path: Path }) => {
    const ParameterFilters = [filter];
    return answerTo(
      operation === 'DescribeParameters'
        ? ssm.send(new DescribeParametersCommand({ ParameterFilters }))
        : ssm.send(new GetParametersByPathCommand({ Path, ParameterFilters })),
    );
  },
  expected,
  ...(motoDeparts !== undefined && { motoDeparts }),
});

async function family(account: Account): Promise<void> {
  for (const name of ['top', 'a/config', 'a/b/deep']) await account.putParameter(name);
  await account.putParameter('a/secret', { Type: 'SecureString' });
  // Beside the path, not below it.
  await account.putParameter('', { Name: account.noteParameter(`${account.path}-other/p`) });
}

const chooses = (
  name: string,
  names: readonly string[],
  filter: (path: string) => ParameterStringFilter[],
  motoDeparts?: string,
): Row => ({
  name: `DescribeParameters filters ${name}`,
  source: filters,
  steps: async (account) => {
    await family(account);
    const ParameterFilters = filter(account.path);
    return (await described(account, names.length, { ParameterFilters })).names;
  },
  expected: names,
  ...(motoDeparts !== undefined && { motoDeparts }),
});

/** Parameters by their path, and parameters described. */
export const hierarchyRows: readonly Row[] = [
  {
    name: 'GetParametersByPath gives what is directly below the path',
    source: getParametersByPath,
    steps: async (account) => {
      await family(account);
      return (await byPath(account)).names;
    },
    expected: ['top'],
  },
  {
    name: 'GetParametersByPath gives all below the path if it is recursive, in pages of 10',
    source: getParametersByPath,
    steps: async (account) => {
      await family(account);
      for (let n = 0; n < 8; n++) await account.putParameter(`many/${n}`);
      const { names, inSize } = await byPath(account, { Recursive: true });
      return [names.length, names.slice(0, 3), inSize];
    },
    expected: [12, ['a/b/deep', 'a/config', 'a/secret'], true],
  },
  {
    name: 'GetParametersByPath keeps to MaxResults and gives each parameter once',
    source: getParametersByPath,
    steps: async (account) => {
      await family(account);
      return byPath(account, { Recursive: true, MaxResults: 3 });
    },
    expected: { names: ['a/b/deep', 'a/config', 'a/secret', 'top'], inSize: true },
  },
  {
    name: 'GetParametersByPath filters by type',
    source: filters,
    steps: async (account) => {
      await family(account);
      const ParameterFilters = [{ Key: 'Type', Values: ['SecureString'] }];
      return (await byPath(account, { Recursive: true, ParameterFilters })).names;
    },
    expected: ['a/secret'],
  },
  {
    name: 'GetParametersByPath decrypts if it is asked to',
    source: getParametersByPath,
    steps: async (account) => {
      await account.putParameter('p', { Type: 'SecureString', Value: 'plain' });
      const get = async (WithDecryption: boolean) => {
        const { Parameters = [] } = await account.ssm.send(
          new GetParametersByPathCommand({ Path: account.path, WithDecryption }),
        );
        return Parameters.map(({ Value }) => Value === 'plain');
      };
      return [await get(true), await get(false)];
    },
    expected: [[true], [false]],
  },
  {
    name: 'GetParametersByPath of a path that has nothing is empty',
    source: getParametersByPath,
    steps: async (account) => (await byPath(account)).names,
    expected: [],
  },
  {
    name: 'GetParametersByPath refuses pages of 11',
    source: getParametersByPath,
    steps: (account) => answerTo(byPath(account, { MaxResults: 11 })),
    expected: 'ValidationException',
  },
  {
    name: 'GetParametersByPath refuses a path without its first slash',
    source: getParametersByPath,
    steps: (account) => answerTo(byPath(account, { Path: account.path.slice(1) })),
    expected: 'ValidationException',
    motoDeparts: 'it takes the path for one that has nothing',
  },
  {
    name: 'GetParametersByPath refuses a NextToken that it never gave',
    source: getParametersByPath,
    steps: ({ ssm, path: Path }) =>
      answerTo(ssm.send(new GetParametersByPathCommand({ Path, NextToken: 'made-up' }))),
    expected: 'InvalidNextToken',
    motoDeparts: 'it fails on it, with status 500',
  },
  refusedFilter(
    'GetParametersByPath takes no filter on the name',
    'GetParametersByPath',
    { Key: 'Name', Values: ['a'] },
    'InvalidFilterKey',
  ),
  refusedFilter(
    'GetParametersByPath takes no filter by what a type contains',
    'GetParametersByPath',
    { Key: 'Type', Option: 'Contains', Values: ['S'] },
    'InvalidFilterOption',
  ),
  chooses('by name', ['top'], (path) => [{ Key: 'Name', Values: [`${path}/top`] }]),
  chooses('by the beginning of a name', ['a/b/deep', 'a/config', 'a/secret'], (path) => [
    { Key: 'Name', Option: 'BeginsWith', Values: [`${path}/a`] },
  ]),
  chooses('by what a name contains', ['a/config'], (path) => [
    { Key: 'Name', Option: 'Contains', Values: [`${path.slice(3)}/a/conf`] },
  ]),
  chooses('by a path, one level deep unless set otherwise', ['top'], (path) => [
    { Key: 'Path', Values: [path] },
  ]),
  chooses('by a path and all below it', ['a/b/deep', 'a/config', 'a/secret', 'top'], (path) => [
    { Key: 'Path', Option: 'Recursive', Values: [path] },
  ]),
  chooses('by type and path together', ['a/secret'], (path) => [
    { Key: 'Path', Option: 'Recursive', Values: [path] },
    { Key: 'Type', Values: ['SecureString'] },
  ]),
  chooses(
    'by tier',
    ['a/b/deep', 'a/config', 'a/secret', 'top'],
    (path) => [
      { Key: 'Path', Option: 'Recursive', Values: [path] },
      { Key: 'Tier', Values: ['Standard'] },
    ],
    'a parameter that was put without a tier does not count as standard there',
  ),
  chooses('by KMS key', ['a/secret'], (path) => [
    { Key: 'Path', Option: 'Recursive', Values: [path] },
    { Key: 'KeyId', Values: ['alias/aws/ssm'] },
  ]),
  {
    name: 'DescribeParameters keeps to MaxResults and gives each parameter once',
    source: describeParameters,
    steps: async (account) => {
      await family(account);
      const ParameterFilters = [{ Key: 'Path', Option: 'Recursive', Values: [account.path] }];
      return described(account, 4, { ParameterFilters, MaxResults: 3 });
    },
    expected: { names: ['a/b/deep', 'a/config', 'a/secret', 'top'], inSize: true },
    motoDeparts: 'it does not look at MaxResults',
  },
  {
    name: 'DescribeParameters gives metadata, and never a value',
    source: describeParameters,
    steps: async (account) => {
      await family(account);
      const ParameterFilters = [{ Key: 'Path', Option: 'Recursive', Values: [account.path] }];
      await described(account, 4, { ParameterFilters });
      const { Parameters = [] } = await account.ssm.send(
        new DescribeParametersCommand({ ParameterFilters }),
      );
      const [secret] = Parameters.filter(({ Type }) => Type === 'SecureString');
      return {
        secret: [secret?.KeyId, secret?.Version, secret?.Tier, secret?.DataType],
        values: Parameters.filter((parameter) => 'Value' in parameter).length,
      };
    },
    expected: { secret: ['alias/aws/ssm', 1, 'Standard', 'text'], values: 0 },
  },
  {
    name: 'DescribeParameters refuses pages of 51',
    source: describeParameters,
    steps: ({ ssm }) => answerTo(ssm.send(new DescribeParametersCommand({ MaxResults: 51 }))),
    expected: 'ValidationException',
    motoDeparts: 'it does not look at MaxResults',
  },
  {
    name: 'DescribeParameters refuses a NextToken that it never gave',
    source: describeParameters,
    steps: ({ ssm }) => answerTo(ssm.send(new DescribeParametersCommand({ NextToken: 'made-up' }))),
    expected: 'InvalidNextToken',
    motoDeparts: 'it fails on it, with status 500',
  },
  refusedFilter(
    'DescribeParameters takes no filter by label',
    'DescribeParameters',
    { Key: 'Label', Values: ['a'] },
    'InvalidFilterKey',
  ),
  refusedFilter(
    'DescribeParameters takes a path as OneLevel or Recursive only',
    'DescribeParameters',
    { Key: 'Path', Option: 'Equals', Values: ['/a'] },
    'InvalidFilterOption',
  ),
  refusedFilter(
    'DescribeParameters takes no filter by what a type contains',
    'DescribeParameters',
    { Key: 'Type', Option: 'Contains', Values: ['S'] },
    'InvalidFilterOption',
  ),
];
