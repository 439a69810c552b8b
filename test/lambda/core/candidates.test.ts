import { aheadTokenSet, mayBeInWindow, newestVersion } from '../../../lambda/core/candidates';
import type { Facts } from '../../../lambda/core/facts';
import { labels } from '../../../lambda/core/labels';
import { Redacted } from '../../../lambda/core/redacted';
import type { StoredVersion } from '../../../lambda/core/tokenSet';
import { ahead, childOf, tokens } from './candidatesOf';
import {
  factsOf,
  fingerprint,
  held,
  issued,
  listedOf,
  minuteMs,
  notSeeded,
  nowMs,
  pending,
  previous,
  refusing,
  seeded,
  unlabelled,
  versionOf,
} from './facts';

describe('the token set that belongs in AWSCURRENT', () => {
  const child = held('child', { parent: 'current' });
  const rival = held('rival', { parent: 'current', ageMs: minuteMs });

  it("is the newest held one that came of AWSCURRENT's refresh token", () => {
    expect(ahead({ held: [child] })).toBe('child');
    expect(ahead({ held: [rival, child] })).toBe('rival');
  });

  it("is to be confirmed if it takes the place of AWSCURRENT's, which is dead", () => {
    const other = held('other', { parent: 'unknown', ageMs: minuteMs });
    const found = (overrides: Partial<Facts>) =>
      aheadTokenSet(factsOf({ held: [other], ...overrides }));

    expect(found({})).toBeUndefined();
    expect(found(refusing(['current'], { count: 1 }))).toBeUndefined();
    expect(found(refusing(['current']))).toEqual({ ...other, open: true });
    expect(found({ held: [child], ...refusing(['current']) })).toEqual({ ...child, open: true });
  });

  it('is no version of the secret: a version is in Secrets Manager already', () => {
    const otherVersions = [versionOf(issued('newer', { ageMs: minuteMs }), pending)];

    expect(ahead({ otherVersions })).toBeUndefined();
  });

  it('waits once it was refused, even once: a rival beside it may be alive', () => {
    expect(ahead({ held: [rival, child], ...refusing(['rival'], { count: 1 }) })).toBe('child');
    expect(
      ahead({ held: [rival, child], refusedInRound: new Map([[fingerprint('rival'), 1]]) }),
    ).toBe('child');
    expect(ahead({ held: [child], ...refusing(['child']) })).toBeUndefined();
  });

  it('is what is known to descend, if the list of versions was denied', () => {
    const unknown = held('unknown', { ageMs: minuteMs });
    const denied = { listed: [], listFailed: true };

    expect(ahead({ held: [unknown] })).toBe('unknown');
    expect(ahead({ held: [unknown], ...denied })).toBeUndefined();
    expect(ahead({ held: [unknown, child], ...denied })).toBe('child');
  });

  it('is nothing of another chain if the list was denied: a person may have replaced that', () => {
    const replaced = held('replaced', { parent: 'replaced before', ageMs: minuteMs });
    const next = held('next', { parent: 'child', ageMs: minuteMs });
    const denied = { listed: [], listFailed: true, otherVersions: [], ...refusing(['current']) };

    expect(tokens({ held: [replaced, child, next], ...denied })).toEqual([
      'next',
      'current',
      'child',
    ]);
    expect(ahead({ held: [replaced], ...denied })).toBeUndefined();
  });

  it('is of the present chain by its nearest ancestor, whatever clock has dated it', () => {
    const seededAt = versionOf(issued('current'), {
      stages: ['AWSCURRENT', labels.seeded],
      createdAtMs: nowMs,
    });
    const listed = listedOf(seededAt);
    const old = held('old', { parent: 'replaced', ageMs: 4 * minuteMs });
    const behind = held('behind', { parent: 'child', ageMs: 3 * minuteMs });
    const chain = [held('child', { parent: 'current', ageMs: 4 * minuteMs }), behind];

    expect(ahead({ current: seededAt, listed, held: chain })).toBe('behind');
    expect(ahead({ current: seededAt, listed, held: [old] })).toBeUndefined();
    expect(ahead({ current: seededAt, listed, held: [...chain, old] })).toBe('behind');
  });

  it('has proven itself if its forerunner is held too', () => {
    const first = held('first', { parent: 'unknown', ageMs: 2 * minuteMs });
    const second = held('second', { parent: 'first', ageMs: minuteMs });
    const found = (entries: Facts['held']) =>
      aheadTokenSet(factsOf({ held: entries, ...refusing(['current']) }));

    expect(found([first])).toEqual({ ...first, open: true });
    expect(found([first, second])).toEqual(second);
  });

  it('has not proven itself if that forerunner is AWSCURRENT, which is dead', () => {
    const parked = held('current', { sent: true });

    expect(aheadTokenSet(factsOf({ held: [parked, child], ...refusing(['current']) }))).toEqual({
      ...child,
      open: true,
    });
  });

  it('is to be confirmed if AWSCURRENT may have been used between', () => {
    const next = held('next', { parent: 'child', ageMs: minuteMs });
    const found = (overrides: Partial<Facts>) =>
      aheadTokenSet(factsOf({ held: [child], ...overrides }));

    expect(found({})).toEqual(child);
    expect(found({ mayBeUsedBetween: true })).toEqual({ ...child, open: true });
    // A provider may revoke with a successor what had come of it.
    const both = found({ mayBeUsedBetween: true, held: [child, next] });
    expect(both).toEqual({ ...next, open: true });
  });

  it('is nowhere if nothing is held', () => {
    expect(ahead({})).toBeUndefined();
  });
});

describe('the refresh tokens to try', () => {
  const otherVersions = [
    versionOf(issued('in pending'), pending),
    versionOf(seeded('in previous'), previous),
    versionOf(notSeeded, unlabelled),
    versionOf(issued('unlabelled'), unlabelled),
  ];

  it('have the forerunner of an AWSCURRENT that is open before all other versions', () => {
    const forerunner = { ...versionOf(issued('unlabelled'), unlabelled), versionId: 'forerunner' };
    const child = childOf(forerunner, issued('current'), nowMs - minuteMs);
    const versions = [...otherVersions.slice(0, 2), forerunner];
    const inOrder = (stages: readonly string[]) =>
      tokens({ current: { ...child, stages }, otherVersions: versions });

    expect(inOrder(['AWSCURRENT'])).toEqual(['current', 'in pending', 'in previous', 'unlabelled']);
    expect(inOrder(['AWSCURRENT', labels.open])).toEqual([
      'current',
      'unlabelled',
      'in pending',
      'in previous',
    ]);
  });

  it('are the one ahead, AWSCURRENT, what else is held by age, then the other versions', () => {
    const entries = [
      held('older rival', { parent: 'other', ageMs: 3 * minuteMs }),
      held('newer rival', { parent: 'other', ageMs: 2 * minuteMs }),
      held('child', { parent: 'current', ageMs: 5 * minuteMs }),
    ];

    expect(tokens({ held: entries, otherVersions })).toEqual([
      'child',
      'current',
      'newer rival',
      'older rival',
      'in pending',
      'in previous',
      'unlabelled',
    ]);
  });

  it('are each named once, wherever they are stored', () => {
    const twice = {
      held: [held('in pending', { parent: 'other' }), held('current')],
      otherVersions: [...otherVersions, versionOf(seeded('in pending'), unlabelled)],
    };

    expect(tokens(twice)).toEqual(['current', 'in pending', 'in previous', 'unlabelled']);
  });

  it("begin with the others if AWSCURRENT's is missing", () => {
    expect(tokens({ current: versionOf(notSeeded), otherVersions })).toEqual([
      'in pending',
      'in previous',
      'unlabelled',
    ]);
  });

  it('are the one ahead and AWSCURRENT alone, until the others show what a person replaced', () => {
    const entries = [held('rival', { parent: 'other' }), held('child', { parent: 'current' })];

    expect(tokens({ held: entries })).toEqual(['child', 'current']);
    expect(tokens({ held: entries, otherVersions: [] })).toEqual(['child', 'current', 'rival']);
  });

  it('stay what they are when refused: whether to ask again is decided elsewhere', () => {
    expect(tokens({ otherVersions, ...refusing(['current', 'in pending']) })).toEqual([
      'current',
      'in pending',
      'in previous',
      'unlabelled',
    ]);
  });
});

describe('a refresh token may have been used for the first time just now', () => {
  const isInWindow = (token: string, overrides: Partial<Facts>) =>
    mayBeInWindow(factsOf(overrides), new Redacted(token));
  const at = (ageMs: number, where: { stages: string[]; versionId: string }) => ({
    otherVersions: [versionOf(seeded('other'), { ...where, createdAtMs: nowMs - ageMs })],
  });

  it('if it is that of AWSCURRENT, or of the version before', () => {
    expect(isInWindow('current', {})).toBe(true);
    expect(isInWindow('other', at(60 * minuteMs, previous))).toBe(true);
  });

  it('if it was stored within the last 20 minutes', () => {
    expect(isInWindow('other', at(20 * minuteMs - 1, unlabelled))).toBe(true);
    expect(isInWindow('other', at(20 * minuteMs, unlabelled))).toBe(false);
    expect(isInWindow('other', { held: [held('other', { ageMs: 20 * minuteMs - 1 })] })).toBe(true);
    expect(isInWindow('other', { held: [held('other', { ageMs: 20 * minuteMs })] })).toBe(false);
  });

  it('but not if it is stored nowhere', () => {
    expect(isInWindow('another', at(0, previous))).toBe(false);
    expect(isInWindow('another', { current: versionOf(notSeeded) })).toBe(false);
    const emptied = versionOf(notSeeded, { ...previous, createdAtMs: nowMs });
    expect(isInWindow('another', { otherVersions: [emptied] })).toBe(false);
  });
});

describe('for an AWSCURRENT that holds nothing', () => {
  const current = versionOf(notSeeded);
  const newest = (otherVersions: readonly StoredVersion[] | undefined) =>
    newestVersion(factsOf({ current, otherVersions }))?.versionId;
  const aged = (ageMs: number, where: { stages: string[]; versionId: string }) =>
    versionOf(issued(where.versionId), { ...where, createdAtMs: nowMs - ageMs });

  it('the version that was written last is looked for, by the clock of Secrets Manager', () => {
    expect(newest([aged(3, unlabelled), aged(1, previous), aged(2, pending)])).toBe('previous');
    expect(newest([aged(1, pending), aged(2, previous)])).toBe('pending');
  });

  it('of those that hold a whole token set, which alone serves a reader', () => {
    const seed = versionOf(seeded('first'), { ...pending, createdAtMs: nowMs });

    expect(newest([seed, aged(2, previous)])).toBe('previous');
    expect(newest([seed])).toBeUndefined();
    expect(newest(undefined)).toBeUndefined();
  });
});
