import { decide } from '../../../lambda/core/decide';
import type { Facts, ListedVersion, Use } from '../../../lambda/core/facts';
import { labels } from '../../../lambda/core/labels';
import {
  byHand,
  dead,
  factsOf,
  fingerprint,
  held,
  hourMs,
  issued,
  listedOf,
  minuteMs,
  nowMs,
  previous,
  recoverWith,
  refreshWith,
  secondDelivery,
  seeded,
  versionOf,
} from './facts';
import './redactedEquality';

const decideWith = (overrides: Partial<Facts>) => decide(factsOf(overrides));
const finish = (outcome: string, leavesOpen = false) => ({ do: 'finish', outcome, leavesOpen });
const used = (use: Use, token = 'current') => ({ uses: new Map([[fingerprint(token), use]]) });

const due = versionOf(issued('current'), { createdAtMs: nowMs - hourMs });
/** Also to a repetition, which finds a token due ten minutes sooner. */
const fresh = versionOf(issued('current', { ageMs: 9 * minuteMs }));
const listed = listedOf(due);
const labelled = (...stages: string[]) =>
  versionOf(issued('current', { ageMs: minuteMs }), {
    stages: ['AWSCURRENT', ...stages],
    createdAtMs: nowMs - minuteMs,
  });
const open = labelled(labels.open);
const sent = labelled(labels.sent);
const openAndSent = labelled(labels.open, labels.sent);

describe('a use of the refresh token that is not the first for certain', () => {
  const repeated = { current: due, delivery: secondDelivery };

  it('is marked before it is sent, once it was looked up where the label is', () => {
    expect(decideWith(repeated)).toEqual({ do: 'listVersions' });
    expect(decideWith({ ...repeated, listed })).toMatchObject({ do: 'mark' });
  });

  it('is not sent without the mark while the token is fresh: no later message would find it due', () => {
    const forced = { current: fresh, force: true, delivery: secondDelivery, listed };

    expect(decideWith(forced)).toEqual({ do: 'mark', isRequired: true });
  });

  it('may be sent without the mark if it is due: its message comes again, and finds it due', () => {
    const tried = { ...repeated, listed, markFailed: true };

    expect(decideWith({ ...repeated, listed })).toEqual({ do: 'mark', isRequired: false });
    expect(decideWith(tried)).toEqual(refreshWith('current', { isDirty: true }));
  });

  it('may be sent without the mark if the delivery before may have sent it: it is lost else', () => {
    const forced = { current: fresh, force: true, delivery: secondDelivery, listed };

    expect(decideWith({ ...forced, mayBeUsedUnseen: true })).toEqual({
      do: 'mark',
      isRequired: false,
    });
  });

  it('is known to be a further use once the mark is there', () => {
    const marked = { ...due, stages: ['AWSCURRENT', labels.sent] };

    expect(decideWith({ ...repeated, current: marked })).toEqual(
      refreshWith('current', { isDirty: true }),
    );
    expect(decideWith({ ...repeated, held: [held('current', { sent: true })] })).toEqual(
      refreshWith('current', { isDirty: true }),
    );
  });

  it('is the only one, though marked, if this invocation has marked a token that was unused', () => {
    const marked = { ...due, stages: ['AWSCURRENT', labels.sent] };

    expect(decideWith({ current: marked, ...used({ isDirty: false }) })).toEqual(
      refreshWith('current'),
    );
    expect(decideWith({ current: marked, ...used({ isDirty: true }) })).toEqual(
      refreshWith('current', { isDirty: true }),
    );
  });

  it('is no clean one after a request of this invocation that may have been taken up', () => {
    const possiblyUsed = { isDirty: false, possiblyUsedAtMs: nowMs };

    expect(decideWith(used(possiblyUsed))).toEqual(refreshWith('current', { isDirty: true }));
  });

  it('needs no second mark in the same invocation', () => {
    expect(decideWith({ ...repeated, listed, ...used({ isDirty: true }) })).toEqual(
      refreshWith('current', { isDirty: true }),
    );
  });
});

describe('by hand', () => {
  const followed = { current: due, delivery: byHand, followUpSent: true };

  it('a message is sent before a refresh token is: should the invocation die, it goes on', () => {
    expect(decideWith({ current: due, delivery: byHand })).toEqual({ do: 'sendFollowUp' });
    expect(decideWith({ current: fresh, delivery: byHand })).toEqual(finish('fresh'));
  });

  it('every use is marked, even the first, and none is sent without', () => {
    expect(decideWith(followed)).toEqual({ do: 'listVersions' });
    expect(decideWith({ ...followed, listed })).toEqual({ do: 'mark', isRequired: true });
    expect(decideWith({ ...followed, listed, mayBeUsedUnseen: true })).toEqual({
      do: 'mark',
      isRequired: true,
    });
  });
});

describe('a token of another version or of the escrow', () => {
  const others = {
    otherVersions: [versionOf(issued('before'), previous)],
    listed: listedOf(due, versionOf(issued('before'), previous)),
  };

  it('is sent as it is: whoever sent it before, its answer is to be confirmed', () => {
    expect(decideWith({ ...dead('current'), ...others })).toEqual(recoverWith('before'));
  });

  it('of the escrow is marked there while Secrets Manager takes no writes', () => {
    const rival = held('rival', { open: true, parent: 'other' });
    const denied = { ...dead('current'), ...others, refusesWrites: true };

    expect(decideWith({ ...denied, held: [rival] })).toEqual({ do: 'markHeld', held: rival });
    expect(decideWith({ ...denied, held: [{ ...rival, sent: true }] })).toEqual(
      recoverWith('rival'),
    );
    expect(decideWith({ ...denied, held: [rival], ...used({ isDirty: false }, 'rival') })).toEqual({
      ...recoverWith('rival'),
      isDirty: false,
    });
  });

  it('of the escrow is marked whatever stands there of another', () => {
    const refused = held('refused', { open: true, sent: true, parent: 'other' });
    const rival = held('rival', { open: true, parent: 'other' });
    const denied = { ...dead('current', 'refused'), ...others, refusesWrites: true };

    expect(decideWith({ ...denied, held: [refused, rival] })).toEqual({
      do: 'markHeld',
      held: rival,
    });
  });
});

describe('an open end', () => {
  it('is confirmed though the access token is fresh, once the versions were counted', () => {
    expect(decideWith({ current: open, parameters: undefined })).toEqual({ do: 'listVersions' });
    expect(decideWith({ current: open, parameters: undefined, listed })).toEqual({
      do: 'readParameters',
    });
    expect(decideWith({ current: open, listed })).toEqual({ do: 'mark', isRequired: true });
  });

  it('is confirmed in the invocation that published it, before that ends', () => {
    expect(decideWith({ current: open, listed, outcome: 'rotated' })).toEqual({
      do: 'mark',
      isRequired: true,
    });
  });

  it('is closed by a clean use, which the first one after the mark can be', () => {
    const marked = { current: openAndSent, listed };

    expect(decideWith({ ...marked, ...used({ isDirty: false }) })).toEqual(refreshWith('current'));
    expect(decideWith(marked)).toEqual(refreshWith('current', { isDirty: true }));
  });

  it('whose use was marked in the escrow is gone on with', () => {
    const marked = { current: open, listed, held: [held('current', { open: true, sent: true })] };

    expect(decideWith({ ...marked, markFailed: true, ...used({ isDirty: false }) })).toEqual(
      refreshWith('current'),
    );
    expect(decideWith(marked)).toEqual(refreshWith('current', { isDirty: true }));
  });

  it('that cannot be marked is confirmed all the same, cleanly if nobody can have begun that', () => {
    const unmarked = { current: open, listed, markFailed: true };

    expect(decideWith(unmarked)).toEqual(refreshWith('current'));
    for (const unknown of [{ escrowUnknown: true }, { mayBeUsedBetween: true }]) {
      const own = { ...unmarked, ...unknown, isOwnCurrent: true };

      expect(decideWith({ ...unmarked, ...unknown })).toEqual(
        refreshWith('current', { isDirty: true }),
      );
      expect(decideWith(own)).toEqual(refreshWith('current'));
    }
  });

  it('is left open if the versions of the day are spent: the token counts as fresh', () => {
    const extra = (count: number): readonly ListedVersion[] =>
      Array.from({ length: count + 1 }, (_, nth) => ({
        versionId: `version-${nth}`,
        stages: [],
        createdAtMs: nowMs - nth * minuteMs,
      }));
    const spent = { current: open, listed: extra(14) };
    expect(decideWith({ ...spent, parameters: undefined })).toEqual(finish('fresh', true));
    expect(decideWith({ ...spent, outcome: 'recovered' })).toEqual(finish('recovered', true));
    expect(decideWith({ ...spent, listed: extra(13) }).do).toBe('mark');
    // What was begun has a reserve of its own.
    const begun = { ...spent, current: openAndSent };
    expect(decideWith({ ...begun, listed: extra(17) }).do).toBe('refresh');
    expect(decideWith({ ...begun, listed: extra(18) })).toEqual(finish('fresh', true));
    const second = { by: 'queue', receiveCount: 2, sentAtMs: nowMs - minuteMs } as const;
    // A rotation that is asked for, or due, may have been begun by an earlier delivery.
    expect(decideWith({ ...spent, delivery: second, force: true }).do).toBe('mark');
  });

  it('of tokens that live short is confirmed at their own pace, which makes more versions', () => {
    const versions = Array.from({ length: 90 }, (_, nth) => ({
      versionId: `version-${nth}`,
      stages: [],
      createdAtMs: nowMs - nth * 15 * minuteMs,
    }));
    const short = versionOf(issued('current', { ageMs: minuteMs, lifeMs: 20 * minuteMs }), {
      stages: open.stages,
      createdAtMs: nowMs - minuteMs,
    });

    expect(decideWith({ current: short, listed: versions }).do).toBe('mark');
    expect(decideWith({ current: open, listed: versions })).toEqual(finish('fresh', true));
  });

  it('for want of a successor is asked for again, however many versions there are', () => {
    const extended = { ...issued('current', { ageMs: minuteMs }), refreshTokenIssuedAtMs: 0 };
    const lacking = versionOf(extended, { stages: openAndSent.stages, createdAtMs: nowMs });

    expect(decideWith({ current: lacking })).toEqual(refreshWith('current', { isDirty: true }));
  });

  it('that nobody can confirm any more is left to its time', () => {
    const over = { ...open, createdAtMs: nowMs - 10 * minuteMs };

    expect(decideWith({ current: over, parameters: undefined })).toEqual(finish('fresh'));
  });
});

describe('a token that may have been sent, of an exchange that was clean', () => {
  it('is used again though the access token is fresh, until somebody sees the end of it', () => {
    expect(decideWith({ current: sent, parameters: undefined })).toEqual({ do: 'readParameters' });
    expect(decideWith({ current: sent })).toEqual(refreshWith('current', { isDirty: true }));
    expect(decideWith({ current: { ...sent, createdAtMs: 0 } })).toEqual(
      refreshWith('current', { isDirty: true }),
    );
  });

  it('is used whatever the versions of the day are: no more than the one that is due', () => {
    expect(decideWith({ current: sent, listed: [] }).do).toBe('refresh');
  });

  it('is marked on a seed too', () => {
    const seed = versionOf(seeded('first'), { createdAtMs: nowMs - hourMs });

    expect(decideWith({ current: seed, listed })).toEqual({ do: 'mark', isRequired: false });
  });
});
