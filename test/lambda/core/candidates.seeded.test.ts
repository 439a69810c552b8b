import { newestVersion } from '../../../lambda/core/candidates';
import { labels } from '../../../lambda/core/labels';
import { ahead, childOf, tokens } from './candidatesOf';
import {
  factsOf,
  held,
  issued,
  listedOf,
  minuteMs,
  notSeeded,
  nowMs,
  previous,
  seeded,
  unlabelled,
  versionOf,
} from './facts';

describe('once a person has begun a new chain', () => {
  const seedMs = nowMs - 10 * minuteMs;
  const at = (minutes: number) => seedMs + minutes * minuteMs;
  const seed = versionOf(seeded('seed'), {
    stages: ['AWSCURRENT', labels.seeded],
    versionId: 'seed',
    createdAtMs: seedMs,
  });
  const old = versionOf(issued('old'), { ...previous, createdAtMs: at(-20) });
  const late = childOf(old, issued('late'), at(1));
  const byHand = versionOf(issued('by hand'), { ...unlabelled, createdAtMs: at(1) });

  it('no version that was created before is tried any more', () => {
    const same = versionOf(issued('same'), { ...unlabelled, createdAtMs: seedMs });
    const otherVersions = [old, same, byHand];

    expect(
      tokens({ current: seed, listed: listedOf(seed, ...otherVersions), otherVersions }),
    ).toEqual(['seed', 'same', 'by hand']);
  });

  it('nor one that a rotation wrote after one of those, though later than the seed', () => {
    const otherVersions = [late, old, byHand];

    expect(
      tokens({ current: seed, listed: listedOf(seed, ...otherVersions), otherVersions }),
    ).toEqual(['seed', 'by hand']);
  });

  it('nor one of those that a rotation wrote later, though its forerunner was not read', () => {
    const listed = listedOf(seed, late, old);

    expect(tokens({ current: seed, listed, otherVersions: [late] })).toEqual(['seed']);
  });

  it('nor one from before that has come to be known since the versions were listed', () => {
    expect(tokens({ current: seed, listed: undefined, otherVersions: [old, byHand] })).toEqual([
      'seed',
      'by hand',
    ]);
  });

  it('nor one that came of it over several steps, in whatever order they are listed', () => {
    const later = childOf(late, issued('later'), at(2));
    const orders = [
      [later, late, old],
      [old, late, later],
    ];

    for (const otherVersions of orders) {
      const listed = listedOf(seed, ...otherVersions);
      expect(tokens({ current: seed, listed, otherVersions })).toEqual(['seed']);
    }
  });

  it('nor what is held and came of one of those, over however many steps', () => {
    const entries = [
      held('grandchild', { parent: 'child', ageMs: 8 * minuteMs }),
      held('child', { parent: 'late', ageMs: 9 * minuteMs }),
      held('rival', { parent: 'unknown', ageMs: 9 * minuteMs }),
    ];
    const otherVersions = [late, old];
    const listed = listedOf(seed, ...otherVersions);

    expect(tokens({ current: seed, held: entries, listed, otherVersions })).toEqual([
      'seed',
      'rival',
    ]);
  });

  it('also if the seed has been rotated since, and bears its label elsewhere', () => {
    const current = childOf(seed, issued('next'), at(5));
    const seeding = { ...seed, stages: ['AWSPREVIOUS', labels.seeded] };
    const otherVersions = [seeding, late, old];
    const listed = listedOf(current, ...otherVersions);

    expect(tokens({ current, listed, otherVersions })).toEqual(['next', 'seed']);
    expect(newestVersion(factsOf({ current, listed, otherVersions }))).toBeUndefined();
  });

  it('also if the seed was emptied: an older token set does not come back', () => {
    const current = versionOf(notSeeded, { createdAtMs: at(5) });
    const otherVersions = [{ ...seed, stages: [labels.seeded] }, late, old];
    const listed = listedOf(current, ...otherVersions);

    expect(newestVersion(factsOf({ current, listed, otherVersions }))).toBeUndefined();
  });

  it('what is held from before is neither published nor tried', () => {
    const entries = [
      held('before', { ageMs: 11 * minuteMs }),
      held('since', { ageMs: 9 * minuteMs }),
      held('with it', { ageMs: 10 * minuteMs }),
      held('unrelated', { parent: 'other', ageMs: 11 * minuteMs }),
    ];

    expect(ahead({ current: seed, held: entries })).toBe('since');
    expect(tokens({ current: seed, held: entries, otherVersions: [] })).toEqual([
      'since',
      'seed',
      'with it',
    ]);
  });

  it("but what came of the seed itself counts, though this environment's clock is late", () => {
    const child = held('child', { parent: 'seed', ageMs: 11 * minuteMs });

    expect(ahead({ current: seed, held: [child] })).toBe('child');
  });
});
