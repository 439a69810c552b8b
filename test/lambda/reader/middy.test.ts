import { execFile } from 'node:child_process';
import { devNull } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { startAwsLocal } from '../../../local/aws/server';
import { rotatorEnvironment } from '../../support/rotatorEnvironment';
import { StoredConnection } from '../../support/storedConnection';
import { readsOf, tokenSet } from './readerWorld';

const script = path.join(__dirname, 'middyFunction.ts');

let results: Record<string, unknown>;
let reads: number;

beforeAll(async () => {
  const aws = await startAwsLocal();
  new StoredConnection(aws).put(tokenSet('one', Date.now()));
  const env = {
    ...rotatorEnvironment(aws.url),
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
  };
  try {
    const args = ['--import', 'tsx', script];
    const { stdout } = await promisify(execFile)(process.execPath, args, { env });
    results = JSON.parse(stdout);
    reads = readsOf(aws);
  } finally {
    await aws.close();
  }
});

it('puts the token set on the context, read once for all invocations', () => {
  const answer = {
    accessToken: 'access-one',
    members: ['accessToken', 'legacyToken', 'issuedAt', 'expiresAt', 'restBaseUrl'],
    remainingMs: 1_000,
  };
  expect(results.context).toEqual([answer, answer]);
  expect(reads).toBe(1);
});

it('leaves it to other middlewares alone if it should not be on the context', () => {
  expect(results.internal).toEqual({ event: { accessToken: 'access-two' }, hasIt: false });
});

it("fails with the reader's error before the handler, having tried again", () => {
  expect(results.notSeeded).toEqual({
    isOurs: true,
    code: 'NotSeeded',
    connection: 'acme',
    handled: false,
    reads: 2,
  });
});

it('reads several connections ahead of the first invocation', () => {
  const answer = ['access-two', 'access-two'];
  expect(results.prefetch).toEqual({ before: 2, after: 2, answer });
});

it.each(['noPrefetch', 'extension'])('reads nothing ahead if it should not (%s)', (name) => {
  const answer = ['access-two', 'access-two'];
  expect(results[name]).toEqual({ before: 0, after: 2, answer });
});

it('gives a handler whose token was refused a fresh one', () => {
  expect(results.afterRefusal).toEqual({ answer: [false, true], names: ['sfmc'], reads: 2 });
});

it('refuses unknown and wrong options', () => {
  const needsNames = expect.stringContaining('tokens: fetchData must name connections');
  expect(results.refused).toEqual([
    needsNames,
    needsNames,
    needsNames,
    expect.stringContaining('connection must be 1 to 63'),
    expect.stringContaining('tokens: no option "cacheExpiry". Its options are: fetchData, '),
    expect.stringContaining('tokens: setToContext must be true or false'),
    expect.stringContaining('minRemainingSeconds must be'),
  ]);
});
