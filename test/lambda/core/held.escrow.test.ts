import {
  fitEscrow,
  type HeldTokenSet,
  heldAfterPublishing,
  newestHeld,
  noParent,
  serializeEscrow,
} from '../../../lambda/core/held';
import { escrowBytes } from '../../../lambda/core/limits';
import { Redacted } from '../../../lambda/core/redacted';
import { fingerprintsOf, held, issued, minuteMs, nowMs } from './facts';
import './redactedEquality';

const names = (entries: readonly HeldTokenSet[]) =>
  entries.map(({ tokenSet }) => tokenSet.refreshToken.reveal());

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

  it('then clean ancestors, the first of a chain first though a clock has dated it later', () => {
    const chain = [
      held('grandparent', { ageMs: minuteMs }),
      held('parent', { parent: 'grandparent', ageMs: 8 * minuteMs }),
      held('child', { parent: 'parent', ageMs: 7 * minuteMs }),
    ];

    expect(fitted([rival('a', 3), rival('b', 14), ...chain])).toEqual({
      kept: ['a', 'b', 'parent', 'child'],
      displaced: [],
    });
  });

  it('knows of the ones that stay from what they came once those between have left', () => {
    const chain = ['a', 'b', 'c', 'd', 'e', 'f'].map((name, at, all) =>
      held(name, { open: true, parent: all[at - 1] ?? 'current', ageMs: (6 - at) * minuteMs }),
    );
    const { kept } = fitEscrow(chain, { nowMs, isDead: () => false });

    expect(names(kept)).toEqual(['c', 'd', 'e', 'f']);
    expect(kept[0]?.parent).toBe(held('x', { parent: 'current' }).parent);
    expect(names(newestHeld(chain))).toEqual(['c', 'd', 'e', 'f']);
    expect(newestHeld(chain)[0]?.parent).toBe(kept[0]?.parent);
  });

  it.each([
    ['unknown', undefined],
    ['in AWSCURRENT', noParent],
  ])('knows what they came from if the forerunner of what has left is %s', (_, parent) => {
    const first = { ...held('first', { ageMs: 60 * minuteMs }), parent };
    const next = held('next', { open: true, parent: 'first', ageMs: 5 * minuteMs });
    const { kept } = fitEscrow([first, next, ...three], { nowMs, isDead: () => false });

    expect(names(kept)).toEqual(['next', 'a', 'b', 'c']);
    expect(kept[0]).toEqual(next);
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

  it('keeps the clean end of a chain, which nothing has come of yet', () => {
    const end = held('end', { parent: 'current', ageMs: 10 * minuteMs });

    expect(fitted([...three, end, rival('d', 5)]).displaced).toEqual(['end']);
  });

  it('is full too if its text is longer than an advanced parameter holds', () => {
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
    expect(left([longOver, held('dead', { ageMs: 20 * minuteMs })], { dead: ['dead'] })).toEqual(
      [],
    );
  });
});
