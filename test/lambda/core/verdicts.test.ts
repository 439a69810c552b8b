import {
  allowsReissue,
  hasLapsed,
  isDead,
  type Refusal,
  reissueAskAtMs,
  secondAskAtMs,
  withRefusal,
  withVerdictsLapsed,
} from '../../../lambda/core/verdicts';
import { minuteMs, nowMs, secondMs } from './facts';

const reason = 'HTTP 401, errorcode 1';
const refused = (...agesMs: number[]): Refusal | undefined =>
  agesMs
    .reduce<ReadonlyMap<string, Refusal>>(
      (refusals, ageMs) => withRefusal(refusals, 'token', { nowMs: nowMs - ageMs, reason }),
      new Map(),
    )
    .get('token');
const once: Refusal = { count: 1, sinceMs: nowMs, firstAtMs: nowMs, lastAtMs: nowMs, reason };

describe('a refusal', () => {
  it('is counted, with when it was first and last said, and in which words', () => {
    expect(refused(minuteMs)).toEqual({
      count: 1,
      sinceMs: nowMs - minuteMs,
      firstAtMs: nowMs - minuteMs,
      lastAtMs: nowMs - minuteMs,
      reason,
    });
    expect(refused(2 * minuteMs, minuteMs, 0)).toEqual({
      count: 3,
      sinceMs: nowMs - 2 * minuteMs,
      firstAtMs: nowMs - 2 * minuteMs,
      lastAtMs: nowMs,
      reason,
    });
  });

  it('begins a new verdict once the one before has lapsed, and keeps since when it is refused', () => {
    const lapsed = (ageMs: number) => refused(ageMs + minuteMs, ageMs, 0);

    expect(lapsed(20 * minuteMs)).toEqual({
      ...once,
      count: 1,
      sinceMs: nowMs - 21 * minuteMs,
    });
    expect(lapsed(20 * minuteMs - 1)).toMatchObject({ count: 3 });
    // One refusal alone was no verdict that could lapse.
    expect(refused(60 * minuteMs, 0)).toMatchObject({ count: 2, firstAtMs: nowMs - 60 * minuteMs });
  });

  it('changes nothing of what was known before, nor of other tokens', () => {
    const before = new Map([['other', once]]);

    const after = withRefusal(before, 'token', { nowMs, reason });

    expect([...before.keys()]).toEqual(['other']);
    expect(after.get('other')).toBe(once);
  });

  it('lapses at once if a person waits, should it be a verdict', () => {
    const ago = (ageMs: number) => ({ nowMs: nowMs - ageMs, reason });
    const dead = withRefusal(withRefusal(new Map(), 'dead', ago(minuteMs)), 'dead', ago(0));
    const lapsed = withVerdictsLapsed(withRefusal(dead, 'once', ago(0)));

    expect(hasLapsed(lapsed.get('dead') as Refusal, nowMs)).toBe(true);
    expect(lapsed.get('once')).toEqual(once);
    expect(withRefusal(lapsed, 'dead', ago(0)).get('dead')).toEqual({
      ...once,
      sinceMs: nowMs - minuteMs,
    });
  });

  it('keeps the reason that was given last', () => {
    const refusals = new Map([['token', { ...once, reason: 'HTTP 401, errorcode 2' }]]);

    expect(withRefusal(refusals, 'token', { nowMs, reason }).get('token')?.reason).toBe(reason);
  });
});

describe('a refresh token', () => {
  it('counts as dead after two refusals, not after one', () => {
    expect(isDead(undefined)).toBe(false);
    expect(isDead(refused(0))).toBe(false);
    expect(isDead(refused(secondMs, 0))).toBe(true);
    expect(isDead(refused(2 * secondMs, secondMs, 0))).toBe(true);
  });

  it('may be asked about a second time at once while a window runs, else after 10 seconds', () => {
    expect(secondAskAtMs(once, true)).toBe(nowMs);
    expect(secondAskAtMs(once, false)).toBe(nowMs + 10 * secondMs);
  });

  it('may be asked about once more 20 minutes after it was last refused', () => {
    const dead = { ...once, count: 2, firstAtMs: nowMs - 30 * minuteMs };

    expect(hasLapsed(dead, nowMs + 20 * minuteMs - 1)).toBe(false);
    expect(hasLapsed(dead, nowMs + 20 * minuteMs)).toBe(true);
  });

  it('allows a chain to be reissued after two refusals that are a minute apart', () => {
    expect(allowsReissue(undefined)).toBe(false);
    expect(allowsReissue(refused(0))).toBe(false);
    expect(allowsReissue(refused(minuteMs - 1, 0))).toBe(false);
    expect(allowsReissue(refused(minuteMs, 0))).toBe(true);
    expect(allowsReissue(refused(minuteMs, 30 * secondMs, 0))).toBe(true);
    expect(allowsReissue({ ...once, firstAtMs: nowMs - minuteMs })).toBe(false);
  });

  it('may be asked about for that a minute after the first refusal', () => {
    expect(reissueAskAtMs({ ...once, lastAtMs: nowMs + 5 * secondMs })).toBe(nowMs + minuteMs);
  });
});
