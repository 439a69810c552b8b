import { decide } from '../../../lambda/core/decide';
import type { Facts } from '../../../lambda/core/facts';
import { longestTokenLifeMs, reuseWindowMs } from '../../../lambda/core/limits';
import { Redacted } from '../../../lambda/core/redacted';
import {
  factsOf,
  fingerprintsOf,
  firstSecret,
  issued,
  minuteMs,
  newer,
  nowMs,
  older,
  parametersOf,
  pending,
  previous,
  refreshBelowMs,
  refreshWith,
  seeded,
  stagedSecret,
  versionOf,
} from './facts';
import './redactedEquality';

const decideWith = (overrides: Partial<Facts>) => decide(factsOf(overrides));

const refusing = (...tokens: string[]) => ({ refusedTokens: fingerprintsOf(...tokens) });
const fresh = versionOf(issued('current', { ageMs: 10 * minuteMs }));

const expiringIn = (leftMs: number) =>
  versionOf({ ...issued('current'), expiresAtMs: nowMs + leftMs });

describe('a fresh AWSCURRENT', () => {
  it('ends the rotation before anything else is read', () => {
    expect(decideWith({ current: fresh, parameters: undefined })).toEqual({
      do: 'finish',
      outcome: 'fresh',
    });
  });

  it('is one with the wanted life left, to the millisecond', () => {
    const parameters = undefined;

    expect(decideWith({ current: expiringIn(refreshBelowMs), parameters }).do).toBe('finish');
    expect(decideWith({ current: expiringIn(refreshBelowMs - 1), parameters })).toEqual({
      do: 'readParameters',
    });
  });

  it('is not one whose stored expiry lies absurdly far in the future', () => {
    expect(decideWith({ current: expiringIn(longestTokenLifeMs) }).do).toBe('finish');
    expect(decideWith({ current: expiringIn(longestTokenLifeMs + 1) })).toEqual(
      refreshWith('current'),
    );
    expect(
      decideWith({ current: expiringIn(100 * longestTokenLifeMs), parameters: undefined }),
    ).toEqual({ do: 'readParameters' });
  });

  it('is rotated all the same when forced', () => {
    const forced = { current: fresh, force: true };

    expect(decideWith({ ...forced, parameters: undefined })).toEqual({ do: 'readParameters' });
    expect(decideWith(forced)).toEqual(refreshWith('current'));
  });

  it('ends the rotation also where another invocation has won and was re-read', () => {
    const reread = { current: fresh, otherVersions: undefined, ...refusing('lost') };

    expect(decideWith(reread)).toEqual({ do: 'finish', outcome: 'fresh' });
  });

  it('is called recovered where it was found elsewhere', () => {
    expect(decideWith({ current: fresh, repaired: true })).toEqual({
      do: 'finish',
      outcome: 'recovered',
    });
  });

  it('waits for a newer token set that is parked', () => {
    const unpublished = issued('newer', { ageMs: minuteMs });
    const parked = { current: fresh, unpublished };

    expect(decideWith({ ...parked, parameters: undefined })).toEqual({ do: 'readParameters' });
    expect(decideWith(parked)).toEqual({ do: 'publish', tokenSet: unpublished });
  });

  it('is rotated all the same within 5 minutes of a use of its refresh token', () => {
    const usedAgo = (ageMs: number, token = 'current') => ({
      current: fresh,
      unfinished: { refreshToken: new Redacted(token).fingerprint, lastUseMs: nowMs - ageMs },
    });

    expect(decideWith({ ...usedAgo(0), parameters: undefined })).toEqual({ do: 'readParameters' });
    expect(decideWith(usedAgo(reuseWindowMs - 1))).toEqual(refreshWith('current'));
    expect(decideWith(usedAgo(reuseWindowMs)).do).toBe('finish');
    expect(decideWith(usedAgo(0, 'previous')).do).toBe('finish');
  });

  it('needs no attention to an older token set that is parked', () => {
    expect(decideWith({ current: fresh, unpublished: older, parameters: undefined })).toEqual({
      do: 'finish',
      outcome: 'fresh',
    });
  });
});

describe('a refresh', () => {
  it('waits for the parameters', () => {
    expect(decideWith({ parameters: undefined })).toEqual({ do: 'readParameters' });
  });

  it('sends the current refresh token with the first client secret', () => {
    const parameters = parametersOf({ clientSecrets: [firstSecret, stagedSecret] });

    expect(decideWith({ parameters })).toEqual(refreshWith('current'));
  });

  it('sends a seeded refresh token', () => {
    const current = versionOf(seeded('first'));

    expect(decideWith({ current, parameters: undefined })).toEqual({ do: 'readParameters' });
    expect(decideWith({ current })).toEqual(refreshWith('first'));
  });

  it('is called recovered with a token set that was found elsewhere', () => {
    expect(decideWith({ repaired: true })).toEqual(refreshWith('current', 'recovered'));
  });
});

describe('a parked token set', () => {
  const inEscrow = { parameters: parametersOf({ escrow: newer }) };

  it.each([
    ['in the escrow', inEscrow],
    ['in this container', { unpublished: newer }],
    ['beside an older one', { unpublished: older, ...inEscrow }],
  ])('that is newer, %s, is published before a refresh token is spent', (_, where) => {
    expect(decideWith(where)).toEqual({ do: 'publish', tokenSet: newer });
    expect(decideWith({ ...where, force: true })).toEqual({ do: 'publish', tokenSet: newer });
  });

  it('that is newer is published before a 401 is explained', () => {
    const unexplained = { token: new Redacted('current'), clientSecret: firstSecret };

    expect(decideWith({ ...inEscrow, unexplained })).toEqual({ do: 'publish', tokenSet: newer });
  });

  it.each([
    ['older', older, []],
    ['that has the same refresh token', issued('current', { ageMs: minuteMs }), []],
    ['whose refresh token is refused', newer, ['newer']],
  ])('%s is not published', (_, escrow, tokens) => {
    const facts = { parameters: parametersOf({ escrow }), ...refusing(...tokens) };

    expect(decideWith(facts)).toEqual(refreshWith('current'));
  });
});

describe('a secret that is not seeded', () => {
  const current = versionOf({ kind: 'notSeeded' });

  it('has its other versions looked into first', () => {
    expect(decideWith({ current, parameters: undefined })).toEqual({ do: 'readOtherVersions' });
  });

  it('fails, nothing sent, where nothing is stored anywhere else', () => {
    const failure = { do: 'fail', code: 'NotSeeded' };

    expect(decideWith({ current, otherVersions: [] })).toEqual(failure);
    expect(decideWith({ current, otherVersions: [], force: true })).toEqual(failure);
  });

  it('takes the newest token set of its other versions, whatever its age', () => {
    const found = {
      current,
      otherVersions: [versionOf(older, pending), versionOf(newer, previous)],
    };

    expect(decideWith({ ...found, parameters: undefined })).toEqual({ do: 'readParameters' });
    expect(decideWith(found)).toEqual({ do: 'publish', tokenSet: newer });
  });

  it('is refreshed with a refresh token alone from another version', () => {
    const otherVersions = [versionOf(seeded('first'), previous)];

    expect(decideWith({ current, otherVersions })).toEqual(refreshWith('first', 'recovered'));
  });

  it('takes the token set that this container holds', () => {
    const kept = { current, otherVersions: [], unpublished: older };

    expect(decideWith({ ...kept, parameters: undefined })).toEqual({ do: 'readParameters' });
    expect(decideWith(kept)).toEqual({ do: 'publish', tokenSet: older });
  });

  it('takes the token set that the escrow holds', () => {
    const parameters = parametersOf({ escrow: older });

    expect(decideWith({ current, otherVersions: [], parameters })).toEqual({
      do: 'publish',
      tokenSet: older,
    });
  });

  it('takes the newest token set of all that is known, wherever it is stored', () => {
    const otherVersions = [versionOf(newer, pending)];

    expect(decideWith({ current, otherVersions, unpublished: older })).toEqual({
      do: 'publish',
      tokenSet: newer,
    });
  });
});
