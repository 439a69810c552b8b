import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import * as fleetQueries from '../../../infra/monitoring/fleetLogQueries';
import * as queries from '../../../infra/monitoring/logQueries';
import type { Outcome } from '../../../lambda/core/decide';
import { dispatch } from '../../../lambda/dispatcher/dispatch';
import { systemClock } from '../../../lambda/effects/clock';
import { createPowertoolsTelemetry } from '../../../lambda/effects/powertoolsTelemetry';
import { type AwsLocal, startAwsLocal } from '../../../local/aws/server';
import { type ProviderSimulator, startProviderSimulator } from '../../../local/provider/server';
import '../../support/nodeErrors';
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

const inEvent = (connection: string) => ({ connection });
const inMessage = (connection: string) => ({
  Records: [{ messageId: connection, body: JSON.stringify({ connection }) }],
});

/** A rotation whose first request fails, and one of a connection that was never seeded. */
async function rotatorsLog(eventOf: (connection: string) => unknown): Promise<JsonLine[]> {
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
  await handler(eventOf('news'), context);
  await handler(eventOf('mail'), context).catch(() => undefined);
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
  const log = await rotatorsLog(inEvent);

  for (const query of Object.values(queries)) expectAnswers(query, log);
});

it('the queries of a fleet ask for lines and fields that its rotator writes', async () => {
  const log = await rotatorsLog(inMessage);

  const { outcomes, failingConnections, firstToExpire, mostFailures } = fleetQueries;
  const { providerLatency, providerProblems } = queries;
  for (const query of [
    ...[outcomes, failingConnections, firstToExpire, mostFailures],
    ...[providerLatency, providerProblems],
  ]) {
    expectAnswers(query, log);
  }
});

it('the queries of a fleet ask for lines and fields that its dispatcher writes', async () => {
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

  expectAnswers(fleetQueries.dispatched, log);
  expectAnswers(fleetQueries.dispatcherErrors, log);
});

it('each word that the outcomes are told apart by is an outcome, and in no other', () => {
  const words = [...fleetQueries.outcomes.join(' ').matchAll(/outcome, "(\w+)"/g)].map(
    ([, word = '']) => word,
  );
  const outcomes: Record<Outcome, true> = {
    fresh: true,
    rotated: true,
    recovered: true,
    reissued: true,
  };

  for (const outcome of Object.keys(outcomes)) {
    expect(words.filter((word) => outcome.includes(word))).toEqual([outcome]);
  }
});
