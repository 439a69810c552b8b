import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import * as dispatcherQueries from '../../../infra/monitoring/dispatcherLogQueries';
import * as queries from '../../../infra/monitoring/logQueries';
import type { Outcome } from '../../../lambda/core/decide';
import { dispatch } from '../../../lambda/dispatcher/dispatch';
import { systemClock } from '../../../lambda/effects/clock';
import { createPowertoolsTelemetry } from '../../../lambda/effects/powertoolsTelemetry';
import { type AwsLocal, startAwsLocal } from '../../../local/aws/server';
import { type ProviderSimulator, startProviderSimulator } from '../../../local/provider/server';
import { captureOutput, type JsonLine } from '../../support/output';
import { rotatorEnvironment } from '../../support/rotatorEnvironment';
import { StoredConnection } from '../../support/storedConnection';

const folder = mkdtempSync(path.join(os.tmpdir(), 'sfmc-token-rotator-test-'));
let aws: AwsLocal;
let provider: ProviderSimulator;

beforeAll(async () => {
  [aws, provider] = await Promise.all([startAwsLocal(), startProviderSimulator()]);
  jest.spyOn(os, 'tmpdir').mockReturnValue(folder);
  Object.assign(process.env, rotatorEnvironment(aws.url));
});

afterAll(async () => {
  await Promise.all([aws.close(), provider.close()]);
  rmSync(folder, { recursive: true });
});

const messageOf = (asked: { readonly connection: string; readonly force?: boolean }) => ({
  Records: [
    {
      messageId: asked.connection,
      body: JSON.stringify(asked),
      attributes: { ApproximateReceiveCount: '1', SentTimestamp: String(Date.now()) },
    },
  ],
});

/** A rotation whose first request fails, and a forced one of a connection that was never seeded. */
async function rotatorsLog(): Promise<JsonLine[]> {
  const { handler } = await import('../../../lambda/rotator/handler');
  for (const [name, value] of [
    ['news', { refreshToken: provider.model.startChain('user', Date.now()) }],
    ['mail', {}],
  ] as const) {
    const stored = new StoredConnection(aws, name);
    stored.put(value);
    stored.configure({ authBaseUrl: provider.url, clientId: provider.clientId });
    stored.putParameter('client-secret', provider.clientSecret);
  }
  provider.orderFault({ kind: 'dropBefore' });
  const context = { awsRequestId: 'request-1', getRemainingTimeInMillis: () => 40_000 };
  const output = captureOutput();
  await handler(messageOf({ connection: 'news' }), context);
  await handler(messageOf({ connection: 'mail', force: true }), context);
  return output().filter((line) => 'level' in line);
}

/** The fields of the log that a query names, and the values that it looks for in some. */
function asked(lines: readonly string[]) {
  const text = lines.join(' | ');
  const wanted = [...text.matchAll(/(\w+) = "([^"]+)"/g)].map(([, field = '', value = '']) => {
    return [field, value] as const;
  });
  const aliases = [...text.matchAll(/ as (\w+)/g)].map(([, alias]) => alias);
  const language = [
    ...['filter', 'fields', 'stats', 'sort', 'limit', 'by', 'as', 'asc', 'desc', 'and'],
  ];
  const fields = [...text.replaceAll(/"[^"]*"|@\w+|\w+(?=\()|\b\d\w*/g, '').matchAll(/\w+/g)]
    .map(([word]) => word)
    .filter((word) => !language.includes(word) && !aliases.includes(word));
  return { wanted, fields: [...new Set(fields)] };
}

function expectAnswers(query: readonly string[], log: readonly JsonLine[]) {
  const { wanted, fields } = asked(query);
  const found = log.filter((line) => wanted.every(([field, value]) => line[field] === value));

  expect(wanted.length).toBeGreaterThan(0);
  expect(found).not.toEqual([]);
  expect(fields.filter((field) => !found.some((line) => field in line))).toEqual([]);
}

it('the queries ask for lines and fields that the rotator writes', async () => {
  const log = await rotatorsLog();

  for (const query of Object.values(queries)) expectAnswers(query, log);
});

it('the queries ask for lines and fields that the dispatcher writes', async () => {
  const output = captureOutput();
  const { handler } = await import('../../../lambda/dispatcher/handler');
  // It lacks the address of the queue.
  await handler({}, { awsRequestId: 'request-1', getRemainingTimeInMillis: () => 290_000 }).catch(
    () => undefined,
  );
  await dispatch({
    registry: { pages: async function* () {} },
    queue: { send: async () => [] },
    clock: systemClock,
    telemetry: createPowertoolsTelemetry().about({}),
    memory: {},
    scheduledAtMs: 0,
    deadlineMs: Number.MAX_SAFE_INTEGER,
  });
  const log = output();

  expectAnswers(dispatcherQueries.dispatched, log);
  expectAnswers(dispatcherQueries.dispatcherErrors, log);
});

it('each word that separates the outcomes is an outcome, and in no other', () => {
  const words = [...queries.outcomes.join(' ').matchAll(/outcome, "(\w+)"/g)].map(
    ([, word = '']) => word,
  );
  // What waits for its first refresh token has a line of its own.
  const outcomes: Record<Exclude<Outcome, 'waiting'>, true> = {
    fresh: true,
    rotated: true,
    recovered: true,
    reissued: true,
  };

  for (const outcome of Object.keys(outcomes)) {
    expect(words.filter((word) => outcome.includes(word))).toEqual([outcome]);
  }
});
