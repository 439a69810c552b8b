import { PutParameterCommand } from '@aws-sdk/client-ssm';
import type { Account } from '../account';
import { answerTo } from '../refusal';
import { type Row, systemsManagerApi, systemsManagerGuide } from '../row';

const putParameter = systemsManagerApi('PutParameter');
const names = systemsManagerGuide('Requirements and constraints for parameter names');
const tiers = systemsManagerGuide('Managing parameter tiers');

/** The answer to PutParameter under any name at all. */
const putAnywhere = (account: Account, name: string) =>
  answerTo(account.ssm.send(put(account.noteParameter(name))));

const put = (Name: string) => new PutParameterCommand({ Name, Value: 'value', Type: 'String' });

/** A row's own name under a beginning that AWS keeps for itself. */
const reserved = (name: string, beginning: string, expected: string): Row => ({
  name,
  source: names,
  steps: ({ ssm, path }) => answerTo(ssm.send(put(`${beginning}${path.slice(1)}`))),
  expected,
});

/** Sizes and tiers, and what a parameter may be called. */
export const parameterLimitRows: readonly Row[] = [
  {
    name: 'a standard parameter holds 4,096 characters and no more',
    source: tiers,
    steps: async (account) => {
      const put = (rest: string, length: number) =>
        answerTo(account.putParameter(rest, { Value: 'x'.repeat(length), Tier: 'Standard' }));
      return [await put('a', 4096), await put('b', 4097)];
    },
    expected: ['accepted', 'ValidationException'],
    motoDeparts: 'it has no limits of size',
  },
  {
    name: 'Intelligent-Tiering makes a parameter advanced if it must be',
    source: tiers,
    steps: async (account) => {
      const put = (rest: string, length: number) =>
        account.putParameter(rest, {
          Value: 'x'.repeat(length),
          Type: 'SecureString',
          Tier: 'Intelligent-Tiering',
        });
      return [(await put('a', 4096)).Tier, (await put('b', 4097)).Tier];
    },
    expected: ['Standard', 'Advanced'],
    motoDeparts: 'it gives Intelligent-Tiering itself as the tier',
  },
  {
    name: 'an advanced parameter holds 8,192 characters and no more',
    source: tiers,
    steps: async (account) => {
      const put = (rest: string, length: number) =>
        answerTo(account.putParameter(rest, { Value: 'x'.repeat(length), Tier: 'Advanced' }));
      return [await put('a', 8192), await put('b', 8193)];
    },
    expected: ['accepted', 'ValidationException'],
    motoDeparts: 'it has no limits of size',
  },
  {
    name: 'an advanced parameter does not become standard again',
    source: tiers,
    steps: async (account) => {
      await account.putParameter('p', { Tier: 'Advanced' });
      return answerTo(account.putParameter('p', { Tier: 'Standard', Overwrite: true }));
    },
    expected: 'ValidationException',
    motoDeparts: 'it makes the parameter standard',
  },
  {
    name: 'an empty parameter is refused',
    source: putParameter,
    steps: (account) => answerTo(account.putParameter('p', { Value: '' })),
    expected: 'ValidationException',
  },
  {
    name: 'spaces before and behind a name are taken away',
    source: putParameter,
    steps: async (account) => {
      const Name = account.parameterName('p');
      const answer = await answerTo(account.putParameter('p', { Name: ` ${Name}  ` }));
      const again = await answerTo(account.putParameter('p'));
      return [answer, again];
    },
    expected: ['accepted', 'ParameterAlreadyExists'],
    motoDeparts: 'it keeps the spaces in the name',
  },
  {
    name: 'a space within a name is refused',
    source: putParameter,
    steps: (account) => putAnywhere(account, `${account.path}/a b`),
    expected: 'ValidationException',
    motoDeparts: 'it takes names of any characters',
  },
  {
    name: 'a hierarchy without its first slash is refused',
    source: putParameter,
    steps: (account) => putAnywhere(account, `${account.path.slice(1)}/p`),
    expected: 'ValidationException',
    motoDeparts: 'it takes a hierarchy with or without it',
  },
  reserved('a name that begins with aws is refused', 'aws-', 'ValidationException'),
  reserved('a name that begins with Ssm is refused', 'Ssm-', 'ValidationException'),
  reserved('a path that begins with /aws is out of bounds', '/aws/', 'AccessDeniedException'),
  {
    name: 'a hierarchy has 15 levels at most',
    source: putParameter,
    steps: async (account) => {
      const levels = (count: number) => `${account.path}${'/a'.repeat(count - 1)}`;
      return [await putAnywhere(account, levels(15)), await putAnywhere(account, levels(16))];
    },
    expected: ['accepted', 'HierarchyLevelLimitExceededException'],
    motoDeparts: 'it takes hierarchies of any depth',
  },
  {
    name: 'a name and what its ARN has before it are 1,011 characters at most',
    source: putParameter,
    steps: async (account) => {
      const region = await account.ssm.config.region();
      const arnStart = `arn:aws:ssm:${region}:123456789012:parameter`;
      const named = (arnLength: number) => {
        const start = `${account.path}/`;
        return `${start}${'n'.repeat(arnLength - arnStart.length - start.length)}`;
      };
      return [await putAnywhere(account, named(1011)), await putAnywhere(account, named(1012))];
    },
    expected: ['accepted', 'ValidationException'],
    motoDeparts: 'it takes names of any length',
  },
];
