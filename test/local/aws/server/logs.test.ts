import { join } from 'node:path';
import {
  CloudWatchLogsClient,
  FilterLogEventsCommand,
  type FilterLogEventsCommandInput,
  InvalidParameterException,
  paginateFilterLogEvents,
  ResourceNotFoundException,
} from '@aws-sdk/client-cloudwatch-logs';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { localFunctionName, localLogGroupName } from '../../../../local/aws/lambda/names';
import { LogGroup } from '../../../../local/aws/logs/logGroup';
import { closing, fixedNowMs, prepareEndpoint } from './support';

const bundleDir = join(__dirname, '../lambda/bundles/probe');

/** With a clock that only `at` moves, and a log of what the function prints then. */
async function prepare() {
  const clock = { nowMs: fixedNowMs };
  const { settings } = await prepareEndpoint({
    now: () => clock.nowMs,
    function: { bundleDir },
  });
  const lambda = closing(new LambdaClient(settings));
  const logs = closing(new CloudWatchLogsClient(settings));
  const printAt = async (nowMs: number, ...lines: unknown[]) => {
    clock.nowMs = nowMs;
    const Payload = JSON.stringify({ do: 'log', lines });
    const { $metadata } = await lambda.send(
      new InvokeCommand({ FunctionName: localFunctionName, Payload }),
    );
    return $metadata.requestId;
  };
  const filter = (input: Partial<FilterLogEventsCommandInput> = {}) =>
    logs.send(new FilterLogEventsCommand({ logGroupName: localLogGroupName, ...input }));
  const messages = async (input?: Partial<FilterLogEventsCommandInput>) =>
    (await filter(input)).events?.map(({ message }) => message);
  return { logs, printAt, filter, messages };
}

describe('FilterLogEvents', () => {
  it("gives the function's lines between those of Lambda itself", async () => {
    const { printAt, filter } = await prepare();
    const requestId = await printAt(fixedNowMs, { level: 'INFO' }, { level: 'ERROR' });

    const { events = [], nextToken, searchedLogStreams } = await filter();

    expect(events.map(({ message }) => message)).toEqual([
      `START RequestId: ${requestId} Version: $LATEST`,
      '{"level":"INFO"}',
      '{"level":"ERROR"}',
      `END RequestId: ${requestId}`,
      expect.stringMatching(
        new RegExp(`^REPORT RequestId: ${requestId}\tDuration: \\d+\\.\\d\\d ms\tBilled `),
      ),
    ]);
    for (const event of events) {
      expect(event).toMatchObject({ timestamp: fixedNowMs, ingestionTime: fixedNowMs });
      expect(event.logStreamName).toMatch(/^2026\/11\/24\/\[\$LATEST\][0-9a-f]{32}$/);
    }
    expect(new Set(events.map(({ eventId }) => eventId)).size).toBe(5);
    expect({ nextToken, searchedLogStreams }).toEqual({
      nextToken: undefined,
      searchedLogStreams: [],
    });
  });

  it('gives the lines from a time to a time, both included', async () => {
    const { printAt, messages } = await prepare();
    for (const n of [1, 2, 3, 4]) await printAt(fixedNowMs + n, { n });
    const filterPattern = '"\\"n\\""';

    const between = await messages({
      filterPattern,
      startTime: fixedNowMs + 2,
      endTime: fixedNowMs + 3,
    });

    expect(between).toEqual(['{"n":2}', '{"n":3}']);
  });

  it('gives the lines that match a pattern', async () => {
    const { printAt, messages } = await prepare();
    await printAt(
      fixedNowMs,
      { level: 'ERROR', connection: 'acme' },
      { level: 'ERROR', connection: 'other' },
      { level: 'INFO', connection: 'acme' },
    );

    const matching = await messages({
      filterPattern: '{ $.level = "ERROR" && $.connection = "acme" }',
    });

    expect(matching).toEqual(['{"level":"ERROR","connection":"acme"}']);
  });

  it('pages', async () => {
    const { logs, printAt } = await prepare();
    await printAt(fixedNowMs, ...[1, 2, 3, 4, 5].map((n) => ({ n })));
    const pages: unknown[] = [];

    const query = { logGroupName: localLogGroupName, filterPattern: '"\\"n\\""', limit: 2 };
    for await (const { events = [] } of paginateFilterLogEvents({ client: logs }, query)) {
      pages.push(events.map(({ message }) => message));
    }

    expect(pages).toEqual([['{"n":1}', '{"n":2}'], ['{"n":3}', '{"n":4}'], ['{"n":5}']]);
  });

  it('searches the streams that are named', async () => {
    const { printAt, filter, messages } = await prepare();
    await printAt(fixedNowMs, { n: 1 });
    const { events: [event] = [] } = await filter();
    const stream = event?.logStreamName ?? '';

    expect(await messages({ logStreamNames: ['other', stream] })).toHaveLength(4);
    expect(await messages({ logStreamNames: ['other'] })).toEqual([]);
    expect(await messages({ logStreamNamePrefix: '2026/11/24/' })).toHaveLength(4);
    expect(await messages({ logStreamNamePrefix: '2026/11/25/' })).toEqual([]);
  });

  it('finds the group by its ARN', async () => {
    const { printAt, messages } = await prepare();
    await printAt(fixedNowMs, { n: 1 });
    const arn = `arn:aws:logs:eu-central-1:123456789012:log-group:${localLogGroupName}`;

    const found = await messages({ logGroupName: undefined, logGroupIdentifier: arn });

    expect(found).toHaveLength(4);
  });

  it.each([
    ['another group', { logGroupName: '/aws/lambda/other' }, ResourceNotFoundException],
    ['no group', { logGroupName: undefined }, InvalidParameterException],
    ['a pattern not served', { filterPattern: '{ $.a > 1 }' }, InvalidParameterException],
    ['a token never given', { nextToken: 'bm9uZQ' }, InvalidParameterException],
    [
      'streams named in two ways',
      { logStreamNames: ['a'], logStreamNamePrefix: 'a' },
      InvalidParameterException,
    ],
  ])('refuses %s', async (_, input, expected) => {
    const { filter } = await prepare();

    await expect(filter(input)).rejects.toThrow(expected);
  });

  it('finds no group in an endpoint without a function', async () => {
    const { settings } = await prepareEndpoint();
    const logs = closing(new CloudWatchLogsClient(settings));

    const filtered = logs.send(new FilterLogEventsCommand({ logGroupName: localLogGroupName }));

    await expect(filtered).rejects.toThrow('The specified log group does not exist.');
  });
});

it('keeps the last 10,000 lines', () => {
  const group = new LogGroup('any', () => fixedNowMs);

  for (let n = 1; n <= 10_001; n++) group.append(`line ${n}`);

  expect(group.events).toHaveLength(10_000);
  expect(group.events.at(0)?.message).toBe('line 2');
  expect(group.events.at(-1)?.message).toBe('line 10001');
});
