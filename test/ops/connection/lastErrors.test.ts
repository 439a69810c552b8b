import { awsClients } from '../../../ops/awsAccess';
import { readLastErrors } from '../../../ops/connection/lastErrors';
import { startScriptedServer } from '../../support/scriptedServer';
import { SimulatedClock, startMs } from '../../support/simulatedClock';

const event = (atMs: number, line: unknown) => ({
  timestamp: atMs,
  message: typeof line === 'string' ? line : JSON.stringify(line),
});

const error = (connection: string, code?: string, message = 'It failed.', more: object = {}) => ({
  level: 'ERROR',
  connection,
  message,
  code,
  ...more,
});

/** A log that gives these pages, one after the other, and the last one forever. */
async function logOf(...pages: object[][]) {
  let at = 0;
  const server = await startScriptedServer((response) => {
    const isLast = at === pages.length - 1;
    const events = pages[at] ?? [];
    at += 1;
    response.setHeader('content-type', 'application/x-amz-json-1.1');
    response.end(JSON.stringify({ events, nextToken: isLast ? undefined : `page-${at}` }));
  });
  const aws = awsClients({ local: true, endpointUrl: server.url });
  const context = { aws, clock: new SimulatedClock() };
  const asked = () => server.received.map(({ body }) => JSON.parse(body));
  return { context, asked };
}

const dayMs = 24 * 3_600_000;
const refusedTokens = new Set<string>();

describe('readLastErrors', () => {
  it('searches all pages, empty ones too, and takes the newest of each connection', async () => {
    const { context, asked } = await logOf(
      [event(startMs - 9, error('acme', 'ChainBroken')), event(startMs - 8, error('beta', 'a'))],
      [],
      [event(startMs - 2, error('acme', 'StoreUnavailable')), event(startMs - 5, error('acme'))],
    );

    const errors = await readLastErrors(context, '/log', dayMs);

    expect(Object.fromEntries(errors)).toEqual({
      acme: { atMs: startMs - 2, code: 'StoreUnavailable', message: 'It failed.', refusedTokens },
      beta: { atMs: startMs - 8, code: 'a', message: 'It failed.', refusedTokens },
    });
    expect(asked()).toMatchObject([
      {
        logGroupName: '/log',
        startTime: startMs - dayMs,
        endTime: startMs,
        filterPattern: '{ $.level = "ERROR" }',
      },
      { nextToken: 'page-1' },
      { nextToken: 'page-2' },
    ]);
  });

  it('asks for one connection if it is named', async () => {
    const { context, asked } = await logOf([]);

    await readLastErrors(context, '/log', dayMs, 'acme');

    expect(asked()).toMatchObject([
      { filterPattern: '{ $.level = "ERROR" && $.connection = "acme" }' },
    ]);
  });

  it('makes one short line of a message, without what a terminal would obey', async () => {
    const message = `two\nlines\u001b[2J ${'long '.repeat(100)}`;
    const { context } = await logOf([event(startMs, error('acme', 'x', message))]);

    const found = (await readLastErrors(context, '/log', dayMs)).get('acme');

    expect(found?.message).toMatch(/^two lines \[2J long long .*…$/);
    expect(found?.message).toHaveLength(240);
  });

  it('gathers the fingerprints of refused tokens from every error, whatever the newest one is', async () => {
    const refused = (...tokens: unknown[]) => ({ refusedTokens: tokens });
    const { context } = await logOf([
      event(startMs - 9, error('acme', 'ChainBroken', 'x', refused('0123abcd', '4567cdef'))),
      event(startMs - 5, error('acme', 'StoreUnavailable')),
      event(startMs - 7, error('acme', 'ChainBroken', 'x', refused('89abcdef'))),
      event(startMs - 3, error('acme', 'ChainBroken', 'x', refused('no fingerprint', 7))),
      event(startMs - 6, error('beta', 'ChainBroken', 'x', { refusedTokens: '01234567' })),
    ]);

    const found = await readLastErrors(context, '/log', dayMs);

    expect(found.get('acme')).toMatchObject({
      atMs: startMs - 3,
      refusedTokens: new Set(['0123abcd', '4567cdef', '89abcdef']),
    });
    expect(found.get('beta')?.refusedTokens).toEqual(new Set());
  });

  it('takes no line for an error that a log without filters brings along', async () => {
    const { context } = await logOf([
      event(startMs - 1, { ...error('acme', 'x'), level: 'INFO', message: 'Rotation finished' }),
      event(startMs - 2, error('acme', 'ChainBroken')),
    ]);

    const found = await readLastErrors(context, '/log', dayMs);

    expect(found.get('acme')).toMatchObject({ code: 'ChainBroken' });
  });

  it('leaves out lines that are not the rotator’s', async () => {
    const { context } = await logOf([
      event(startMs, 'not JSON'),
      event(startMs, { level: 'ERROR' }),
    ]);

    expect((await readLastErrors(context, '/log', dayMs)).size).toBe(0);
  });

  it('gives up on a log without end', async () => {
    const endless = Array.from({ length: 1_000 }, () => []);
    const { context, asked } = await logOf(...endless);

    const searched = readLastErrors(context, '/log', dayMs);

    await expect(searched).rejects.toThrow('The log /log is too long to be searched to its end.');
    expect(asked()).toHaveLength(40);
  });
});
