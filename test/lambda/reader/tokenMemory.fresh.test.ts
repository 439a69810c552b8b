import { createTokenReader } from '../../../lambda/reader';
import { minuteMs } from '../../support/simulatedClock';
import { heldSource } from './heldSource';
import { prepareReader, readsOf, shortenTimeouts, simulateNow, tokenSet } from './readerWorld';

/** A reader whose secret holds "two", and whose memory still holds "one". */
async function prepareRotated() {
  const world = await prepareReader();
  const { clock, stored, reader } = world;
  stored.put(tokenSet('one', clock.now()));
  const one = await reader.get();
  stored.put(tokenSet('two', clock.now()));
  return { ...world, one };
}

async function prepareHeld() {
  const clock = simulateNow();
  const { source, reads } = heldSource();
  const reader = createTokenReader({ connection: 'acme', source });
  const first = reader.get();
  reads[0]?.answer(tokenSet('one', clock.now()));
  return { clock, reads, reader, one: await first };
}

describe('a fresh token set', () => {
  it('is read although the one in memory has enough of its life left', async () => {
    const { aws, reader } = await prepareRotated();

    const fresh = await reader.get({ fresh: true });

    expect(fresh.accessToken).toBe('access-two');
    expect(await reader.get()).toBe(fresh);
    expect(readsOf(aws)).toBe(2);
  });

  it('is read by one call, whatever number of callers want it at once', async () => {
    const { aws, reader } = await prepareRotated();

    const all = await Promise.all(Array.from({ length: 1_000 }, () => reader.get({ fresh: true })));

    expect(new Set(all.map(({ accessToken }) => accessToken))).toEqual(new Set(['access-two']));
    expect(readsOf(aws)).toBe(2);
  });

  it('is no answer to a question that an ordinary call had asked before', async () => {
    const { clock, reads, reader } = await prepareHeld();
    clock.advance(58 * minuteMs);
    const ordinary = reader.get();

    const fresh = reader.get({ fresh: true });
    reads[2]?.answer(tokenSet('two', clock.now()));
    reads[1]?.answer(tokenSet('one', clock.now()));

    expect((await fresh).accessToken).toBe('access-two');
    expect((await ordinary).accessToken).toBe('access-two');
  });

  it('is joined by ordinary callers if their memory is not enough', async () => {
    const { clock, reads, reader } = await prepareHeld();
    clock.advance(58 * minuteMs);

    const fresh = reader.get({ fresh: true });
    const ordinary = reader.get();
    reads[1]?.answer(tokenSet('two', clock.now()));

    expect(await ordinary).toBe(await fresh);
    expect(reads).toHaveLength(2);
  });

  it('that cannot be had is an error, and the memory goes on serving', async () => {
    const { aws, reader, one } = await prepareRotated();
    aws.orderFault({ kind: 'deny' });

    const wanted = reader.get({ fresh: true });

    await expect(wanted).rejects.toMatchObject({ code: 'SecretUnreadable', connection: 'acme' });
    expect(await reader.get()).toBe(one);
  });

  it('is never one that has expired', async () => {
    const { clock, stored, reader } = await prepareRotated();
    stored.put(tokenSet('old', clock.now() - 60 * minuteMs));

    await expect(reader.get({ fresh: true })).rejects.toMatchObject({ code: 'TokenExpired' });
  });

  it.each([undefined, {}, { fresh: false }, { fresh: undefined }])(
    'is not read unless it is asked for (%j)',
    async (options) => {
      const { aws, reader, one } = await prepareRotated();

      expect(await reader.get(options)).toBe(one);
      expect(readsOf(aws)).toBe(1);
    },
  );
});

describe('an invalidated memory', () => {
  it('is renewed by the next call, once', async () => {
    const { aws, reader } = await prepareRotated();

    reader.invalidate();
    const next = await reader.get();

    expect(next.accessToken).toBe('access-two');
    expect(await reader.get()).toBe(next);
    expect(readsOf(aws)).toBe(2);
  });

  it('is renewed by one read, however many refusals there are at once', async () => {
    const { aws, reader } = await prepareRotated();

    const all = await Promise.all(
      Array.from({ length: 60 }, () => {
        reader.invalidate();
        return reader.get();
      }),
    );

    expect(new Set(all.map(({ accessToken }) => accessToken))).toEqual(new Set(['access-two']));
    expect(readsOf(aws)).toBe(2);
  });

  it('is not renewed if a newer token than the refused one is there already', async () => {
    const { aws, reader, one } = await prepareRotated();

    for (let refusals = 0; refusals < 3; refusals += 1) {
      reader.invalidate(one);
      expect((await reader.get()).accessToken).toBe('access-two');
    }

    expect(readsOf(aws)).toBe(2);
  });

  it('reads nothing by itself', async () => {
    const { aws, reader } = await prepareRotated();

    reader.invalidate();
    await new Promise(setImmediate);

    expect(readsOf(aws)).toBe(1);
  });

  it('serves its token, while that is valid and the secret cannot be read', async () => {
    const { clock, aws, reader, one } = await prepareRotated();
    aws.orderFault({ kind: 'deny', calls: 'untilCancelled' });

    reader.invalidate();

    expect(await reader.get()).toBe(one);
    clock.advance(60 * minuteMs);
    await expect(reader.get()).rejects.toMatchObject({ code: 'SecretUnreadable' });
  });

  it('is not made whole by a read from before the refusal', async () => {
    const { clock, reads, reader } = await prepareHeld();
    shortenTimeouts(1);
    clock.advance(56 * minuteMs);
    const before = reader.get();

    reader.invalidate();
    const one = tokenSet('one', clock.now());
    reads[1]?.answer(one);
    await before;
    const after = reader.get();
    reads[2]?.answer(tokenSet('two', clock.now()));

    expect((await after).accessToken).toBe('access-two');
    expect(reads).toHaveLength(3);
  });

  it('before the first read is nothing special', async () => {
    const { clock, aws, stored, reader } = await prepareReader();
    stored.put(tokenSet('one', clock.now()));

    reader.invalidate();

    expect((await reader.get()).accessToken).toBe('access-one');
    expect((await reader.get()).accessToken).toBe('access-one');
    expect(readsOf(aws)).toBe(1);
  });
});
