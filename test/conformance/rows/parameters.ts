import { setTimeout as delay } from 'node:timers/promises';
import {
  DeleteParameterCommand,
  DeleteParametersCommand,
  GetParameterCommand,
  type GetParameterCommandInput,
  GetParametersCommand,
} from '@aws-sdk/client-ssm';
import type { Account } from '../account';
import { answerTo, errorOf } from '../refusal';
import { type Row, systemsManagerApi, systemsManagerGuide } from '../row';

const putParameter = systemsManagerApi('PutParameter');
const getParameter = systemsManagerApi('GetParameter');
const getParameters = systemsManagerApi('GetParameters');
const versions = systemsManagerGuide('Working with parameter versions in Parameter Store');
const secureString = { Type: 'SecureString', Value: 'plain' } as const;

const get = ({ ssm }: Account, Name: string, input: Partial<GetParameterCommandInput> = {}) =>
  ssm.send(new GetParameterCommand({ Name, ...input }));

const valueAt = async (...request: Parameters<typeof get>) =>
  (await get(...request)).Parameter?.Value;

/** Writing, reading and deleting parameters, and their versions. */
export const parameterRows: readonly Row[] = [
  {
    name: 'PutParameter counts versions, and Overwrite replaces the value',
    source: putParameter,
    steps: async (account) => {
      const first = await account.putParameter('p', { Value: 'one' });
      const second = await account.putParameter('p', { Value: 'two', Overwrite: true });
      const value = await valueAt(account, account.parameterName('p'));
      return [first.Version, first.Tier, second.Version, value];
    },
    expected: [1, 'Standard', 2, 'two'],
  },
  {
    name: 'PutParameter does not overwrite unless asked to',
    source: putParameter,
    steps: async (account) => {
      await account.putParameter('p', { Value: 'one' });
      const answer = await answerTo(account.putParameter('p', { Value: 'two' }));
      return [answer, await valueAt(account, account.parameterName('p'))];
    },
    expected: ['ParameterAlreadyExists', 'one'],
  },
  {
    name: 'PutParameter needs a type for a new parameter, and keeps it on Overwrite',
    source: putParameter,
    steps: async (account) => {
      const answer = await answerTo(account.putParameter('new', { Type: undefined }));
      await account.putParameter('p', secureString);
      await account.putParameter('p', { Type: undefined, Value: 'two', Overwrite: true });
      const { Parameter } = await get(account, account.parameterName('p'));
      return [answer, Parameter?.Type];
    },
    expected: ['ValidationException', 'SecureString'],
  },
  {
    name: 'PutParameter does not change the type of a parameter',
    source: `${putParameter}, "Errors"`,
    steps: async (account) => {
      await account.putParameter('p');
      const answer = await answerTo(
        account.putParameter('p', { Type: 'SecureString', Overwrite: true }),
      );
      const { Parameter } = await get(account, account.parameterName('p'));
      return [answer, Parameter?.Type];
    },
    expected: ['HierarchyTypeMismatchException', 'String'],
    motoDeparts: 'it changes the type',
  },
  {
    name: 'PutParameter does not take tags together with Overwrite',
    source: putParameter,
    steps: async (account) => {
      const input = { Overwrite: true, Tags: [{ Key: 'a', Value: 'b' }] };
      return answerTo(account.putParameter('p', input));
    },
    expected: 'ValidationException',
  },
  {
    name: 'GetParameter gives name, type, version, ARN, date and data type',
    source: getParameter,
    steps: async (account) => {
      await account.putParameter('p');
      const Name = account.parameterName('p');
      const { Parameter } = await get(account, Name);
      const arn = new RegExp(`^arn:aws:ssm:[\\w-]+:\\d{12}:parameter${Name}$`);
      return {
        name: Parameter?.Name === Name,
        arn: arn.test(Parameter?.ARN ?? ''),
        dated: Parameter?.LastModifiedDate instanceof Date,
        rest: [Parameter?.Type, Parameter?.Value, Parameter?.Version, Parameter?.DataType],
      };
    },
    expected: { name: true, arn: true, dated: true, rest: ['String', 'value', 1, 'text'] },
  },
  {
    name: 'a SecureString is readable with decryption, and only so',
    source: getParameter,
    steps: async (account) => {
      await account.putParameter('p', secureString);
      const Name = account.parameterName('p');
      const decrypted = await valueAt(account, Name, { WithDecryption: true });
      const encrypted = await valueAt(account, Name);
      return [decrypted, encrypted?.includes('plain')];
    },
    expected: ['plain', false],
    motoDeparts: 'what it gives without decryption has the value in it',
  },
  {
    name: 'a String is readable whether decryption is asked for or not',
    source: getParameter,
    steps: async (account) => {
      await account.putParameter('p');
      const Name = account.parameterName('p');
      const values = [true, false].map((WithDecryption) =>
        valueAt(account, Name, { WithDecryption }),
      );
      return Promise.all(values);
    },
    expected: ['value', 'value'],
  },
  {
    name: 'GetParameter refuses a name that does not exist',
    source: getParameter,
    steps: async (account) => answerTo(get(account, account.parameterName('absent'))),
    expected: 'ParameterNotFound',
  },
  {
    name: 'what is missing or taken is refused with HTTP status 400 and a request id',
    source: `${getParameter} and PutParameter, "Errors"`,
    steps: async (account) => {
      await account.putParameter('p');
      const errors = [
        await errorOf(get(account, account.parameterName('absent'))),
        await errorOf(get(account, `${account.parameterName('p')}:9`)),
        await errorOf(account.putParameter('p')),
      ];
      return errors.map(({ name, $fault, $metadata: { httpStatusCode, requestId = '' } }) =>
        [name, $fault, httpStatusCode, requestId.length > 0].join(' '),
      );
    },
    expected: [
      'ParameterNotFound client 400 true',
      'ParameterVersionNotFound client 400 true',
      'ParameterAlreadyExists client 400 true',
    ],
  },
  {
    name: 'GetParameter finds a parameter by its ARN',
    source: getParameter,
    steps: async (account) => {
      await account.putParameter('p');
      const { Parameter } = await get(account, account.parameterName('p'));
      return valueAt(account, Parameter?.ARN ?? '');
    },
    expected: 'value',
  },
  {
    name: 'GetParameter gives a version by its number behind a colon',
    source: versions,
    steps: async (account) => {
      await account.putParameter('p', { Value: 'one' });
      await account.putParameter('p', { Value: 'two', Overwrite: true });
      const { Parameter } = await get(account, `${account.parameterName('p')}:1`);
      return [Parameter?.Value, Parameter?.Version];
    },
    expected: ['one', 1],
  },
  {
    name: 'GetParameter refuses a version that does not exist',
    source: versions,
    steps: async (account) => {
      await account.putParameter('p');
      return answerTo(get(account, `${account.parameterName('p')}:2`));
    },
    expected: 'ParameterVersionNotFound',
  },
  {
    name: 'GetParameters gives what exists, and the rest as InvalidParameters',
    source: getParameters,
    steps: async (account) => {
      await account.putParameter('a', secureString);
      await account.putParameter('b');
      const Names = ['b', 'absent', 'a'].map((name) => account.parameterName(name));
      const answer = await account.ssm.send(
        new GetParametersCommand({ Names, WithDecryption: true }),
      );
      const found = answer.Parameters?.map(({ Name, Value }) => [Name?.split('/').at(-1), Value]);
      return [found?.sort(), answer.InvalidParameters?.map((name) => name.split('/').at(-1))];
    },
    expected: [
      [
        ['a', 'plain'],
        ['b', 'value'],
      ],
      ['absent'],
    ],
  },
  {
    name: 'GetParameters counts a missing version among the InvalidParameters',
    source: getParameters,
    steps: async (account) => {
      await account.putParameter('a');
      const Names = [`${account.parameterName('a')}:7`];
      const answer = await account.ssm.send(new GetParametersCommand({ Names }));
      return [answer.Parameters, answer.InvalidParameters?.length];
    },
    expected: [[], 1],
  },
  {
    name: 'GetParameters takes 10 names at most',
    source: getParameters,
    steps: async (account) => {
      const ask = (count: number) => {
        const Names = Array.from({ length: count }, (_, n) => `${account.path}/absent-${n}`);
        return answerTo(account.ssm.send(new GetParametersCommand({ Names })));
      };
      return [await ask(10), await ask(11)];
    },
    expected: ['accepted', 'ValidationException'],
  },
  {
    name: 'DeleteParameter deletes, and refuses what does not exist',
    source: systemsManagerApi('DeleteParameter'),
    steps: async (account) => {
      await account.putParameter('p');
      const Name = account.parameterName('p');
      const remove = () => answerTo(account.ssm.send(new DeleteParameterCommand({ Name })));
      return [await remove(), await remove(), await answerTo(get(account, Name))];
    },
    expected: ['accepted', 'ParameterNotFound', 'ParameterNotFound'],
  },
  {
    name: 'DeleteParameters says what it deleted and what did not exist',
    source: systemsManagerApi('DeleteParameters'),
    steps: async (account) => {
      await account.putParameter('p');
      const Names = ['p', 'absent'].map((name) => account.parameterName(name));
      const answer = await account.ssm.send(new DeleteParametersCommand({ Names }));
      return [answer.DeletedParameters, answer.InvalidParameters].map((names) =>
        names?.map((name) => name.split('/').at(-1)),
      );
    },
    expected: [['p'], ['absent']],
  },
  {
    name: 'a parameter that is put again after its deletion begins with version 1',
    source: versions,
    steps: async (account) => {
      await account.putParameter('p');
      await account.putParameter('p', { Overwrite: true });
      const Name = account.parameterName('p');
      await account.ssm.send(new DeleteParameterCommand({ Name }));
      await delay(account.target.nameReuseMs);
      return (await account.putParameter('p')).Version;
    },
    expected: 1,
  },
  {
    name: 'a parameter keeps its 100 newest versions',
    source: versions,
    steps: async (account) => {
      for (let n = 1; n <= 101; n++) {
        await account.putParameter('p', { Value: `value ${n}`, Overwrite: true });
      }
      const name = account.parameterName('p');
      return [await answerTo(get(account, `${name}:1`)), await valueAt(account, `${name}:2`)];
    },
    expected: ['ParameterVersionNotFound', 'value 2'],
  },
];
