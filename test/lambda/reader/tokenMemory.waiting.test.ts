import { createTokenReader } from '../../../lambda/reader';
import { minuteMs } from '../../support/simulatedClock';
import { heldSource } from './heldSource';
import { shortenTimeouts, simulateNow, tokenSet } from './readerWorld';

/** A reader that has read a token set of an hour once. */
async function prepareHeldReader() {
  const clock = simulateNow();
  const { source, reads } = heldSource();
  const reader = createTokenReader({ connection: 'acme', source });
  const first = reader.get();
  reads[0]?.answer(tokenSet('one', clock.now()));
  await first;
  return { clock, reads, reader };
}

describe('a read that hangs', () => {
  it('is waited for no longer than a second with a valid token at hand', async () => {
    const { clock, reads, reader } = await prepareHeldReader();
    const asked = shortenTimeouts(1);
    clock.advance(56 * minuteMs);

    const served = [await reader.get(), await reader.get()];

    expect(served.map(({ accessToken }) => accessToken)).toEqual(['access-one', 'access-one']);
    expect(asked).toEqual([1_000, 1_000]);
    // It goes on, and the second caller has joined it.
    expect(reads).toHaveLength(2);
    reads[1]?.answer(tokenSet('two', clock.now()));
    expect((await reader.get()).accessToken).toBe('access-two');
  });

  it('is waited for when the token at hand ends meanwhile', async () => {
    const { clock, reads, reader } = await prepareHeldReader();
    shortenTimeouts(1);
    clock.advance(60 * minuteMs - 1);

    const next = reader.get();
    clock.advance(1);
    setTimeout(() => reads[1]?.answer(tokenSet('two', clock.now())), 20);

    expect((await next).accessToken).toBe('access-two');
  });

  it('fails later without harm', async () => {
    const { clock, reads, reader } = await prepareHeldReader();
    shortenTimeouts(1);
    clock.advance(56 * minuteMs);
    await reader.get();

    reads[1]?.fail(new Error('marked'));
    await new Promise(setImmediate);
    const next = reader.get();
    reads[2]?.answer(tokenSet('two', clock.now()));

    expect((await next).accessToken).toBe('access-two');
  });
});

// Lambda freezes a function between invocations, and for hours what it has started ahead of one.
describe('a read that was under way when the function was frozen', () => {
  it.each([
    ['has ended meanwhile', 120 * minuteMs],
    ['is still valid', minuteMs],
  ])('is not joined, and its token replaces no later one: it %s', async (_, frozenMs) => {
    const clock = simulateNow();
    const { source, reads } = heldSource();
    const reader = createTokenReader({ connection: 'acme', source });
    const old = tokenSet('old', clock.now());
    const before = reader.get();
    clock.advance(frozenMs);

    const after = reader.get();
    reads[1]?.answer(tokenSet('new', clock.now()));
    await after;
    reads[0]?.answer(old);

    const tokens = await Promise.all([before, after, reader.get()]);
    expect(tokens.map(({ accessToken }) => accessToken)).toEqual(Array(3).fill('access-new'));
    expect(reads).toHaveLength(2);
  });

  it('leaves the later read to those who share it, when it ends first', async () => {
    const clock = simulateNow();
    const { source, reads } = heldSource();
    const reader = createTokenReader({ connection: 'acme', source });
    const before = reader.get();
    clock.advance(minuteMs);

    const after = reader.get();
    reads[0]?.fail(new Error('marked'));
    await expect(before).rejects.toMatchObject({ code: 'SecretUnreadable' });
    const another = reader.get();
    reads[1]?.answer(tokenSet('new', clock.now()));

    expect(await another).toBe(await after);
    expect(reads).toHaveLength(2);
  });

  it('is joined within the ten seconds that a read may take', async () => {
    const clock = simulateNow();
    const { source, reads } = heldSource();
    const reader = createTokenReader({ connection: 'acme', source });
    const before = reader.get();
    clock.advance(10_000);

    const after = reader.get();
    reads[0]?.answer(tokenSet('one', clock.now()));

    expect(await after).toBe(await before);
    expect(reads).toHaveLength(1);
  });
});

it('serves what is in memory when the clock is set back', async () => {
  const { clock, reads, reader } = await prepareHeldReader();

  clock.advance(-120 * minuteMs);

  expect((await reader.get()).accessToken).toBe('access-one');
  expect(reads).toHaveLength(1);
});

it('refuses a token from its last moment on, also without a minimum', async () => {
  const clock = simulateNow();
  const text = JSON.stringify(tokenSet('one', clock.now()));
  const source = { read: async () => text };
  const reader = createTokenReader({ connection: 'acme', source, minRemainingSeconds: 0 });
  await reader.get();

  clock.advance(60 * minuteMs);

  await expect(reader.get()).rejects.toMatchObject({ code: 'TokenExpired' });
});
