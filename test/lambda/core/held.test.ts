import fc from 'fast-check';
import {
  aheadOf,
  fingerprintOf,
  type HeldTokenSet,
  mergeHeld,
  noParent,
  parseEscrow,
  serializeEscrow,
} from '../../../lambda/core/held';
import { serializeTokenSet } from '../../../lambda/core/tokenSet';
import { fingerprint, held, issued, minuteMs, notSeeded, nowMs, seeded, versionOf } from './facts';
import './redactedEquality';

const names = (entries: readonly HeldTokenSet[]) =>
  entries.map(({ tokenSet }) => tokenSet.refreshToken.reveal());

describe("the escrow's text", () => {
  const set = issued('parked');
  const stored = JSON.parse(serializeTokenSet(set));
  const unmarked = { tokenSet: set, open: false, sent: false, parent: undefined };
  const parse = (value: unknown) => parseEscrow(JSON.stringify(value));

  it('is one token set, or a list of a few', () => {
    const other = issued('other');

    expect(parse(stored)).toEqual([unmarked]);
    expect(parse([stored])).toEqual([unmarked]);
    expect(parse([stored, JSON.parse(serializeTokenSet(other))])).toEqual([
      unmarked,
      { ...unmarked, tokenSet: other },
    ]);
  });

  it('may say that a token set is open, sent, and the answer to which token', () => {
    expect(parse({ ...stored, open: true, sent: true, parent: 'ba7816bf' })).toEqual([
      { tokenSet: set, open: true, sent: true, parent: 'ba7816bf' },
    ]);
  });

  it('keeps its token set whatever else is in the marks', () => {
    for (const wrong of ['yes', 1, null, {}, 'BA7816BF', 'ba7816bf0', 'xba7816bf', 'ba7816b']) {
      expect(parse({ ...stored, open: wrong, sent: wrong, parent: wrong })).toEqual([unmarked]);
    }
  });

  it('keeps the token sets of a list in which something else stands, too', () => {
    const odd = [null, 'text', 4711, [stored], {}, { refreshToken: 'alone' }, { refreshToken: 1 }];

    expect(parse([...odd, stored])).toEqual([unmarked]);
  });

  it.each([
    '',
    'not JSON',
    'null',
    '[]',
    '{}',
    '{"refreshToken":"alone"}',
    '[{"refreshToken":"alone"}]',
  ])('cannot be read if it is %j', (text) => {
    expect(parseEscrow(text)).toBeUndefined();
  });

  it('is written as one object if one is enough, as older releases read it', () => {
    expect(JSON.parse(serializeEscrow([held(set)]))).toEqual(stored);
  });

  it('says of a mark only what is so', () => {
    const marked = held(set, { open: true, sent: true, parent: 'current' });

    expect(JSON.parse(serializeEscrow([marked, held(set)]))).toEqual([
      { ...stored, open: true, sent: true, parent: fingerprint('current') },
      stored,
    ]);
  });

  it('gives back all that was written', () => {
    const entry = fc
      .record({
        name: fc.constantFrom('a', 'b', 'c'),
        open: fc.boolean(),
        sent: fc.boolean(),
        parent: fc.option(fc.constantFrom('a', 'b'), { nil: undefined }),
      })
      .map(({ name, parent, ...marks }) =>
        held(name, { ...marks, ...(parent === undefined ? {} : { parent }) }),
      );

    fc.assert(
      fc.property(fc.array(entry, { minLength: 1, maxLength: 4 }), (entries) => {
        expect(parseEscrow(serializeEscrow(entries))).toEqual(entries);
      }),
    );
  });
});

describe('two lists of held token sets', () => {
  it('are merged so that no rival overwrites another', () => {
    const merged = mergeHeld([held('a'), held('b')], [held('c'), held('a')]);

    expect(names(merged)).toEqual(['a', 'b', 'c']);
    expect(mergeHeld([], [])).toEqual([]);
  });

  it.each([
    [{ open: true }, {}],
    [{}, { open: true }],
    [{ sent: true }, {}],
    [{}, { sent: true }],
    [{ parent: 'p' }, {}],
    [{}, { parent: 'p' }],
  ])('keep what either knows of a token: %j and %j', (older, newer) => {
    const both = held('a', { ...older, ...newer });

    expect(mergeHeld([held('a', older)], [held('a', newer)])).toEqual([both]);
  });

  it('keep the later of two access tokens that stand beside one refresh token', () => {
    const [earlier, later] = [held('a', { ageMs: 2 * minuteMs }), held('a', { ageMs: minuteMs })];

    expect(mergeHeld([earlier], [later])).toEqual([later]);
    expect(mergeHeld([later], [earlier])).toEqual([later]);
  });

  it('keep the one of the later list if both were issued at once', () => {
    const [before, after] = [held('a'), held({ ...held('a').tokenSet, expiresAtMs: nowMs })];

    expect(mergeHeld([before], [after])).toEqual([after]);
  });

  it('keep the parent that was reported last', () => {
    const [merged] = mergeHeld([held('a', { parent: 'x' })], [held('a', { parent: 'y' })]);

    expect(merged?.parent).toBe(fingerprint('y'));
  });

  it('keep the nearer parent: a list from which the links between have left knows less', () => {
    const whole = ['first', 'second', 'third', 'last'].map((name, at, all) =>
      held(name, { parent: all[at - 1] ?? 'current' }),
    );
    const parentsOf = (entries: readonly HeldTokenSet[]) => entries.map(({ parent }) => parent);
    const known = parentsOf(whole);

    for (const ancestor of ['second', 'first', 'current']) {
      const shortened = [held('last', { parent: ancestor })];
      expect(parentsOf(mergeHeld(whole, shortened))).toEqual(known);
      const [last] = parentsOf(mergeHeld(shortened, whole));
      expect(last).toBe(fingerprint('third'));
    }
  });
});

describe('a held token set is ahead of AWSCURRENT', () => {
  const current = versionOf(issued('current', { ageMs: 30 * minuteMs }));
  const ahead = (entries: readonly HeldTokenSet[], version = current) =>
    aheadOf(version, entries)?.tokenSet.refreshToken.reveal();
  const child = held('child', { parent: 'current' });
  const grandchild = held('grandchild', { parent: 'child' });

  it("if it is the answer to AWSCURRENT's refresh token, whatever the clocks say", () => {
    const dated = (ageMs: number) => held('child', { parent: 'current', ageMs });

    expect(ahead([dated(10 * minuteMs)])).toBe('child');
    expect(ahead([dated(90 * minuteMs)])).toBe('child');
    expect(ahead([child], versionOf(seeded('current')))).toBe('child');
  });

  it('over any number of steps: the last one', () => {
    const late = held('late', { parent: 'grandchild', ageMs: 90 * minuteMs });

    expect(ahead([child, grandchild])).toBe('grandchild');
    expect(ahead([late, grandchild, child])).toBe('late');
  });

  it('but not if a step between is missing, or it came of another token', () => {
    expect(ahead([grandchild])).toBeUndefined();
    expect(ahead([held('rival', { parent: 'other', ageMs: 0 })])).toBeUndefined();
  });

  it('of two answers to one token the one that was issued later', () => {
    const rival = held('rival', { parent: 'current', ageMs: 10 * minuteMs });

    expect(ahead([child, rival])).toBe('rival');
    expect(ahead([rival, child])).toBe('rival');
  });

  it('if no parent is known, by the clock', () => {
    const dated = (ageMs: number) => [held('parked', { ageMs })];

    expect(ahead(dated(30 * minuteMs - 1))).toBe('parked');
    expect(ahead(dated(30 * minuteMs))).toBeUndefined();
    expect(ahead(dated(31 * minuteMs))).toBeUndefined();
  });

  it('by when a seed was stored, so that a seed is not undone', () => {
    const seed = versionOf(seeded('first'), { createdAtMs: nowMs - 25 * minuteMs });

    expect(ahead([held('parked', { ageMs: 26 * minuteMs })], seed)).toBeUndefined();
    expect(ahead([held('parked', { ageMs: 24 * minuteMs })], seed)).toBe('parked');
  });

  it('but not if it has the refresh token that AWSCURRENT has', () => {
    expect(ahead([held('current', { ageMs: minuteMs })])).toBeUndefined();
    expect(ahead([held('current', { parent: 'current', ageMs: 0 })])).toBeUndefined();
  });

  it('whatever it is, while AWSCURRENT holds nothing: the end of the longest chain', () => {
    const empty = versionOf(notSeeded, { createdAtMs: nowMs });
    const old = held('old', { ageMs: 700 * 24 * 60 * minuteMs });

    expect(ahead([old], empty)).toBe('old');
    expect(ahead([old, child], empty)).toBe('child');
    expect(ahead([held('end', { parent: 'old', ageMs: 90 * minuteMs }), old, child], empty)).toBe(
      'end',
    );
  });

  it('if it is newer and has a parent at all, once AWSCURRENT is dead', () => {
    const rival = held('rival', { parent: 'other', ageMs: 20 * minuteMs });
    const next = held('next', { parent: 'rival', ageMs: 10 * minuteMs });
    const older = held('older', { parent: 'other', ageMs: 30 * minuteMs });
    const newest = (entries: readonly HeldTokenSet[]) =>
      aheadOf(current, entries, true)?.tokenSet.refreshToken.reveal();

    expect(newest([rival, older])).toBe('rival');
    expect(newest([next, rival])).toBe('next');
    expect(newest([older])).toBeUndefined();
    expect(ahead([next, rival])).toBeUndefined();
  });

  it('but not AWSCURRENT that was marked in the escrow, once its successor is there', () => {
    const ancestor = { ...held('before', { open: true, sent: true, ageMs: 0 }), parent: noParent };

    expect(ahead([ancestor])).toBeUndefined();
    expect(aheadOf(current, [ancestor], true)).toBeUndefined();
    expect(parseEscrow(serializeEscrow([ancestor]))).toEqual([ancestor]);
  });

  it('over one whose parent is not known, if the clock has that after AWSCURRENT', () => {
    const next = held('next', { parent: 'elder' });

    expect(ahead([held('elder', { ageMs: 25 * minuteMs }), next])).toBe('next');
    expect(ahead([held('elder', { ageMs: 35 * minuteMs }), next])).toBeUndefined();
  });

  it('not even over a dead one, if what began that chain is older than AWSCURRENT', () => {
    const chain = [held('elder', { ageMs: 35 * minuteMs }), held('next', { parent: 'elder' })];

    expect(aheadOf(current, chain, true)).toBeUndefined();
  });

  it('never if parents go round in a circle', () => {
    const circle = [held('a', { parent: 'b' }), held('b', { parent: 'a' })];

    expect(ahead(circle)).toBeUndefined();
    expect(['a', 'b']).toContain(ahead(circle, versionOf(notSeeded)));
  });

  it('never if nothing is held', () => {
    expect(ahead([])).toBeUndefined();
    expect(ahead([], versionOf(notSeeded))).toBeUndefined();
  });
});

it('a held token set is named by the fingerprint of its refresh token', () => {
  expect(fingerprintOf(held('abc'))).toBe('ba7816bf');
});
