import fc from 'fast-check';
import {
  aheadOf,
  fingerprintOf,
  fitEscrow,
  type HeldTokenSet,
  heldAfterPublishing,
  mergeHeld,
  noParent,
  parseEscrow,
  serializeEscrow,
} from '../../../lambda/core/held';
import { escrowBytes } from '../../../lambda/core/limits';
import { Redacted } from '../../../lambda/core/redacted';
import { serializeTokenSet } from '../../../lambda/core/tokenSet';
import {
  fingerprint,
  fingerprintsOf,
  held,
  issued,
  minuteMs,
  notSeeded,
  nowMs,
  seeded,
  versionOf,
} from './facts';
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

  it('keeps its token set whatever else stands in the marks', () => {
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
  ])('cannot be read where it is %j', (text) => {
    expect(parseEscrow(text)).toBeUndefined();
  });

  it('is written as one object where one is enough, as older releases read it', () => {
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

  it('keep the parent that was told last', () => {
    const [merged] = mergeHeld([held('a', { parent: 'x' })], [held('a', { parent: 'y' })]);

    expect(merged?.parent).toBe(fingerprint('y'));
  });
});

describe('an escrow', () => {
  const fitted = (entries: readonly HeldTokenSet[], dead: readonly string[] = []) => {
    const fingerprints = fingerprintsOf(...dead);
    const { kept, displaced } = fitEscrow(entries, {
      nowMs,
      isDead: (token) => fingerprints.has(token),
    });
    return { kept: names(kept), displaced: names(displaced) };
  };
  /** Live rivals: of exchanges that were not clean, minutes ago. */
  const rival = (name: string, ageMinutes: number) =>
    held(name, { open: true, parent: 'current', ageMs: ageMinutes * minuteMs });
  const three = [rival('a', 3), rival('b', 2), rival('c', 1)];

  it('has room for four', () => {
    const entries = [...three, rival('d', 4)];

    expect(fitted(entries)).toEqual({ kept: ['a', 'b', 'c', 'd'], displaced: [] });
    expect(fitted([])).toEqual({ kept: [], displaced: [] });
  });

  it('that is full gives up what was refused first', () => {
    const entries = [...three, held('long over', { ageMs: 60 * minuteMs }), rival('refused', 0)];

    expect(fitted(entries, ['refused'])).toEqual({
      kept: ['a', 'b', 'c', 'long over'],
      displaced: [],
    });
  });

  it('then what is older than three windows, whichever clock is right', () => {
    const ancestor = held('ancestor', { ageMs: 14 * minuteMs });
    const child = held('child', { parent: 'ancestor', ageMs: 13 * minuteMs });
    const longOver = (ageMs: number) => rival('long over', ageMs / minuteMs);
    const others = [rival('a', 1), rival('b', 1), ancestor, child];

    expect(fitted([...others, longOver(15 * minuteMs + 1)]).kept).toEqual([
      'a',
      'b',
      'ancestor',
      'child',
    ]);
    expect(fitted([...others, longOver(15 * minuteMs)]).kept).toEqual([
      'a',
      'b',
      'child',
      'long over',
    ]);
  });

  it('then clean ancestors, the oldest first', () => {
    const chain = [
      held('grandparent', { ageMs: 9 * minuteMs }),
      held('parent', { parent: 'grandparent', ageMs: 8 * minuteMs }),
      held('child', { parent: 'parent', ageMs: 7 * minuteMs }),
    ];

    expect(fitted([rival('a', 3), rival('b', 14), ...chain])).toEqual({
      kept: ['a', 'b', 'parent', 'child'],
      displaced: [],
    });
    expect(fitted([...three, ...chain.toReversed()])).toEqual({
      kept: ['a', 'b', 'c', 'child'],
      displaced: [],
    });
  });

  it('never gives up a live rival without a word: the oldest is to have a place of its own', () => {
    const entries = [...three, rival('oldest', 14), rival('new', 0)];

    expect(fitted(entries)).toEqual({ kept: ['a', 'b', 'c', 'new'], displaced: ['oldest'] });
  });

  it('judges an ancestor by how its successor came about, not by how itself did', () => {
    const open = held('ancestor', { open: true, parent: 'current', ageMs: 10 * minuteMs });
    const clean = held('ancestor', { parent: 'current', ageMs: 10 * minuteMs });
    const childOf = (marks: { open: boolean }) =>
      held('child', { ...marks, parent: 'ancestor', ageMs: minuteMs });

    expect(fitted([...three, open, childOf({ open: false })]).displaced).toEqual([]);
    expect(fitted([...three, clean, childOf({ open: true })]).displaced).toEqual(['ancestor']);
  });

  it('takes nothing for an ancestor whose successor was refused', () => {
    const parent = held('parent', { parent: 'current', ageMs: 10 * minuteMs });
    const child = held('child', { parent: 'parent', ageMs: 9 * minuteMs });

    expect(fitted([...three, rival('d', 4), parent, child], ['child']).displaced).toEqual([
      'parent',
    ]);
  });

  it('keeps the clean end of a chain, of which nothing has come yet', () => {
    const end = held('end', { parent: 'current', ageMs: 10 * minuteMs });

    expect(fitted([...three, end, rival('d', 5)]).displaced).toEqual(['end']);
  });

  it('is full too where its text is longer than an advanced parameter holds', () => {
    const long = (name: string, ageMinutes: number) => rival(name.repeat(2_500), ageMinutes);
    const entries = [long('a', 1), long('b', 2), long('c', 3)];

    const { kept, displaced } = fitEscrow(entries, { nowMs, isDead: () => false });

    expect(Buffer.byteLength(serializeEscrow(kept))).toBeLessThanOrEqual(escrowBytes);
    expect(names(kept).map((name) => name[0])).toEqual(['a']);
    expect(names(displaced).map((name) => name[0])).toEqual(['c', 'b']);
  });

  it('is not full at just as many bytes as it holds', () => {
    const sized = (bytes: number) => {
      const set = issued('long', { ageMs: minuteMs });
      const padded = (length: number) => [
        held({ ...set, accessToken: new Redacted('x'.repeat(length)) }, { open: true }),
        rival('a', 2),
      ];
      return padded(bytes - Buffer.byteLength(serializeEscrow(padded(0))));
    };

    expect(fitted(sized(escrowBytes)).kept).toHaveLength(2);
    expect(fitted(sized(escrowBytes + 1)).kept).toHaveLength(1);
  });

  it('keeps the last one however long it is, since there is nothing to put in its place', () => {
    const huge = rival('x'.repeat(escrowBytes), 0);

    expect(fitted([huge]).kept).toHaveLength(1);
  });
});

describe('once a token set was published', () => {
  const left = (
    entries: readonly HeldTokenSet[],
    { open = false, dead = [] as string[], ageMs = 0 } = {},
  ) => {
    const fingerprints = fingerprintsOf(...dead);
    const published = { tokenSet: issued('published', { ageMs }), open };
    return names(heldAfterPublishing(entries, published, (token) => fingerprints.has(token)));
  };
  const published = held('published', { ageMs: 0 });
  const rival = held('rival', { ageMs: minuteMs });
  const longOver = held('long over', { ageMs: 15 * minuteMs });

  it('it is needed outside no more', () => {
    expect(left([published])).toEqual([]);
    expect(left([published], { open: true })).toEqual([]);
  });

  it('a rival stays while it may be alive', () => {
    expect(left([published, rival])).toEqual(['rival']);
    expect(left([held('rival', { ageMs: 15 * minuteMs - 1 })])).toEqual(['rival']);
  });

  it('a clean one has outlived what came about three windows before', () => {
    expect(left([longOver])).toEqual([]);
    expect(left([longOver, rival])).toEqual(['rival']);
  });

  it('all others stay beside one that is to be confirmed', () => {
    expect(left([longOver, rival], { open: true })).toEqual(['long over', 'rival']);
  });

  it('what was refused goes, unless the time of a rival still runs', () => {
    expect(left([held('dead', { ageMs: 20 * minuteMs })], { open: true, dead: ['dead'] })).toEqual(
      [],
    );
    expect(left([rival, held('dead', { ageMs: 20 * minuteMs })], { dead: ['dead'] })).toEqual([
      'rival',
      'dead',
    ]);
  });
});

describe('a held token set is ahead of AWSCURRENT', () => {
  const current = versionOf(issued('current', { ageMs: 30 * minuteMs }));
  const ahead = (entries: readonly HeldTokenSet[], version = current) =>
    aheadOf(version, entries)?.tokenSet.refreshToken.reveal();
  const child = held('child', { parent: 'current' });
  const grandchild = held('grandchild', { parent: 'child' });

  it("where it is the answer to AWSCURRENT's refresh token, whatever the clocks say", () => {
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

  it('but not where a step between is missing, or it came of another token', () => {
    expect(ahead([grandchild])).toBeUndefined();
    expect(ahead([held('rival', { parent: 'other', ageMs: 0 })])).toBeUndefined();
  });

  it('of two answers to one token the one that was issued later', () => {
    const rival = held('rival', { parent: 'current', ageMs: 10 * minuteMs });

    expect(ahead([child, rival])).toBe('rival');
    expect(ahead([rival, child])).toBe('rival');
  });

  it('where no parent is known, by the clock', () => {
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

  it('but not where it has the refresh token that AWSCURRENT has', () => {
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

  it('where it is newer and has a parent at all, once AWSCURRENT is dead', () => {
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

  it('never where parents go round in a circle', () => {
    const circle = [held('a', { parent: 'b' }), held('b', { parent: 'a' })];

    expect(ahead(circle)).toBeUndefined();
    expect(['a', 'b']).toContain(ahead(circle, versionOf(notSeeded)));
  });

  it('never where nothing is held', () => {
    expect(ahead([])).toBeUndefined();
    expect(ahead([], versionOf(notSeeded))).toBeUndefined();
  });
});

it('a held token set is named by the fingerprint of its refresh token', () => {
  expect(fingerprintOf(held('abc'))).toBe('ba7816bf');
});
