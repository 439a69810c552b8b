import {
  GetParameterHistoryCommand,
  type GetParameterHistoryCommandInput,
} from '@aws-sdk/client-ssm';
import type { Account } from '../account';
import { pagesOf } from '../pages';
import { answerTo } from '../refusal';
import { type Row, systemsManagerApi } from '../row';

const source = systemsManagerApi('GetParameterHistory');

const history = (account: Account, input: Partial<GetParameterHistoryCommandInput> = {}) =>
  account.ssm.send(new GetParameterHistoryCommand({ Name: account.parameterName('p'), ...input }));

async function putVersions(account: Account, count: number): Promise<void> {
  for (let n = 1; n <= count; n++) {
    await account.putParameter('p', {
      Type: 'SecureString',
      Value: `value ${n}`,
      Overwrite: n > 1,
    });
  }
}

/** What is still known of a parameter's versions. */
export const parameterHistoryRows: readonly Row[] = [
  {
    name: 'GetParameterHistory gives each version with its value, type, key and tier',
    source,
    steps: async (account) => {
      await putVersions(account, 2);
      const { Parameters = [] } = await history(account, { WithDecryption: true });
      return Parameters.map(({ Version, Value, Type, KeyId, Tier }) =>
        [Version, Value, Type, KeyId, Tier].join(' '),
      ).sort();
    },
    expected: [
      '1 value 1 SecureString alias/aws/ssm Standard',
      '2 value 2 SecureString alias/aws/ssm Standard',
    ],
  },
  {
    name: 'GetParameterHistory decrypts only if it is asked to',
    source,
    steps: async (account) => {
      await putVersions(account, 1);
      const { Parameters = [] } = await history(account);
      return Parameters.map(({ Value }) => Value?.includes('value 1'));
    },
    expected: [false],
    motoDeparts: 'what it gives without decryption has the value in it',
  },
  {
    name: 'GetParameterHistory keeps to MaxResults and gives each version once',
    source,
    steps: async (account) => {
      await putVersions(account, 3);
      const pages = await pagesOf(async (NextToken) => {
        const { Parameters = [], NextToken: next } = await history(account, {
          MaxResults: 2,
          NextToken,
        });
        return { items: Parameters.map(({ Version }) => Version), next };
      });
      return [pages.flat().sort(), pages.every(({ length }) => length <= 2)];
    },
    expected: [[1, 2, 3], true],
  },
  {
    name: 'GetParameterHistory refuses a name that does not exist',
    source,
    steps: (account) => answerTo(history(account)),
    expected: 'ParameterNotFound',
  },
  {
    name: 'GetParameterHistory refuses pages of 51',
    source,
    steps: async (account) => {
      await putVersions(account, 1);
      return answerTo(history(account, { MaxResults: 51 }));
    },
    expected: 'ValidationException',
  },
  {
    name: 'GetParameterHistory refuses a NextToken that it never gave',
    source,
    steps: async (account) => {
      await putVersions(account, 1);
      return answerTo(history(account, { NextToken: 'made-up' }));
    },
    expected: 'InvalidNextToken',
    motoDeparts: 'it fails on it, with status 500',
  },
];
