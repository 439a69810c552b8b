import type { ServerResponse } from 'node:http';
import { createTokenReader } from '../../../lambda/reader';
import { until } from '../../local/provider/support';
import { closeAfterTest } from '../../support/closing';
import { startScriptedServer } from '../../support/scriptedServer';
import { minuteMs } from '../../support/simulatedClock';
import { heldSource } from './heldSource';
import { tokenSet } from './readerWorld';

const path = '/platform/v1/tokenContext';

/** The REST interface takes the token "two". It refuses "one", at once or when the test says. */
async function prepare({ holds = false } = {}) {
  const held: ServerResponse[] = [];
  const { url } = await startScriptedServer((response, { headers }) => {
    if (headers.authorization === 'Bearer access-two') response.end();
    else if (holds) held.push(response);
    else response.writeHead(401).end();
  });
  const { source, reads } = heldSource();
  const reader = createTokenReader({ connection: 'acme', source });
  const tokens = (mark: string, ageMs = 0) =>
    tokenSet(mark, Date.now() - ageMs, { restBaseUrl: url });
  return { reader, reads, tokens, held };
}

/** Sends a request with the token "one", of whose life little is left: each `get` reads. */
async function prepareNearItsEnd() {
  const world = await prepare({ holds: true });
  const { reader, reads, tokens, held } = world;
  const one = tokens('one', 58 * minuteMs);
  const call = reader.fetch(path);
  reads[0]?.answer(one);
  await until(() => held.length === 1);
  return { ...world, one, call, refuse: () => held[0]?.writeHead(401).end() };
}

describe('the read after a 401', () => {
  it('is not made if another call has brought a newer token meanwhile', async () => {
    const { reader, reads, tokens, call, refuse } = await prepareNearItsEnd();
    const other = reader.get();
    reads[1]?.answer(tokens('two'));
    await other;

    refuse();

    expect((await call).status).toBe(200);
    expect(reads).toHaveLength(2);
  });

  it('is made although another has given the same token since the call began', async () => {
    const { reader, reads, tokens, one, call, refuse } = await prepareNearItsEnd();
    const other = reader.get();
    reads[1]?.answer(one);
    await other;

    refuse();
    await until(() => reads.length === 3);
    reads[2]?.answer(tokens('two'));

    expect((await call).status).toBe(200);
  });

  it('is not one that began before: that may show the time before the rotation', async () => {
    const { reader, reads, tokens, one, call, refuse } = await prepareNearItsEnd();
    const other = reader.get();

    refuse();
    await until(() => reads.length === 3);
    reads[2]?.answer(tokens('two'));
    const response = await call;
    reads[1]?.answer(one);
    await other;

    expect(response.status).toBe(200);
    expect((await reader.get()).accessToken).toBe('access-two');
    expect(reads).toHaveLength(3);
  });

  it('serves those too whose calls begin while it is under way', async () => {
    const { reader, reads, tokens } = await prepare();
    const sent = jest.spyOn(globalThis, 'fetch');
    closeAfterTest(() => sent.mockRestore());
    const calls = [reader.fetch(path)];
    reads[0]?.answer(tokens('one'));
    await until(() => reads.length === 2);

    for (const count of [2, 3, 4]) {
      calls.push(reader.fetch(path));
      await until(() => sent.mock.results.length === count);
      await sent.mock.results.at(-1)?.value;
    }
    reads[1]?.answer(tokens('two'));

    expect((await Promise.all(calls)).map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(reads).toHaveLength(2);
  });

  it('is not made again for calls from before it, if it failed', async () => {
    const { reader, reads, tokens, held } = await prepare({ holds: true });
    const calls = [reader.fetch(path), reader.fetch(path)];
    reads[0]?.answer(tokens('one'));
    await until(() => held.length === 2);

    held[0]?.writeHead(401).end();
    await until(() => reads.length === 2);
    reads[1]?.fail(new Error('marked'));
    await Promise.race(calls);
    held[1]?.writeHead(401).end();

    expect((await Promise.all(calls)).map(({ status }) => status)).toEqual([401, 401]);
    expect(reads).toHaveLength(2);
  });

  it('is made again for a call that begins after it', async () => {
    const { reader, reads, tokens } = await prepare();
    const first = reader.fetch(path);
    reads[0]?.answer(tokens('one'));
    await until(() => reads.length === 2);
    reads[1]?.answer(tokens('one'));
    await first;

    const second = reader.fetch(path);
    await until(() => reads.length === 3);
    reads[2]?.answer(tokens('two'));

    expect([(await first).status, (await second).status]).toEqual([401, 200]);
  });
});
