import { addsNothing, decide } from '../../../lambda/core/decide';
import type { Facts } from '../../../lambda/core/facts';
import { labels } from '../../../lambda/core/labels';
import { refusedRoundDelayMs } from '../../../lambda/core/limits';
import {
  byHand,
  factsOf,
  firstSecret,
  held,
  hourMs,
  issued,
  listedOf,
  minuteMs,
  nowMs,
  parametersOf,
  previous,
  recoverWith,
  refreshWith,
  refusing,
  secondDelivery,
  secondMs,
  seeded,
  stagedSecret,
  versionOf,
} from './facts';
import './redactedEquality';

const decideWith = (overrides: Partial<Facts>) => decide(factsOf(overrides));

const fresh = versionOf(issued('current', { ageMs: 10 * minuteMs }));
const finish = (outcome: string, leavesOpen = false) => ({ do: 'finish', outcome, leavesOpen });
const child = held('child', { parent: 'current', ageMs: minuteMs });
const listed = listedOf(fresh);

describe('a fresh AWSCURRENT', () => {
  it('ends the rotation before anything else is read', () => {
    expect(decideWith({ current: fresh, parameters: undefined })).toEqual(finish('fresh'));
  });

  it('ends the rotation however it was found: by a repetition, or by hand', () => {
    for (const delivery of [secondDelivery, byHand]) {
      const current = versionOf(issued('current', { ageMs: minuteMs }));
      expect(decideWith({ current, delivery, parameters: undefined })).toEqual(finish('fresh'));
    }
  });

  it('ends the rotation also if another invocation has won and was read again', () => {
    expect(decideWith({ current: fresh, ...refusing(['lost']) })).toEqual(finish('fresh'));
  });

  it('is called recovered if it was found elsewhere', () => {
    expect(decideWith({ current: fresh, repaired: true })).toEqual(finish('recovered'));
  });

  it.each(['rotated', 'recovered', 'reissued'] as const)(
    'is called %s if this invocation has published it',
    (outcome) => {
      expect(decideWith({ current: fresh, outcome, repaired: true })).toEqual(finish(outcome));
    },
  );

  it('that was published ends the rotation, however short it lives', () => {
    const current = versionOf(issued('current', { ageMs: secondMs, lifeMs: secondMs }));

    expect(decideWith({ current, outcome: 'rotated', force: true })).toEqual(finish('rotated'));
  });

  it('is rotated all the same when forced, unless it is younger than a minute', () => {
    const forced = { current: fresh, force: true };
    const young = versionOf(issued('current', { ageMs: minuteMs - 1 }));

    expect(decideWith({ ...forced, parameters: undefined })).toEqual({ do: 'readParameters' });
    expect(decideWith(forced)).toEqual(refreshWith('current'));
    expect(decideWith({ ...forced, current: young })).toEqual(finish('fresh'));
  });

  it('waits for a newer token set that is held', () => {
    const ahead = { current: fresh, held: [child] };

    expect(decideWith({ ...ahead, parameters: undefined })).toEqual({ do: 'readParameters' });
    expect(decideWith(ahead)).toEqual({ do: 'listVersions' });
    expect(decideWith({ ...ahead, listed })).toEqual({ do: 'publish', held: child });
  });

  it('needs no attention to an older token set that is held, nor to a rival', () => {
    const entries = [held('older', { ageMs: 90 * minuteMs }), held('rival', { parent: 'other' })];

    expect(decideWith({ current: fresh, held: entries })).toEqual(finish('fresh'));
  });
});

describe('a refresh', () => {
  it('waits for the parameters', () => {
    expect(decideWith({ parameters: undefined })).toEqual({ do: 'readParameters' });
  });

  it('sends the current refresh token with the first client secret, and no mark at first use', () => {
    const parameters = parametersOf({ clientSecrets: [firstSecret, stagedSecret] });

    expect(decideWith({ parameters })).toEqual(refreshWith('current'));
  });

  it('sends a seeded refresh token', () => {
    const current = versionOf(seeded('first'), { createdAtMs: nowMs - minuteMs });

    expect(decideWith({ current, parameters: undefined })).toEqual({ do: 'readParameters' });
    expect(decideWith({ current })).toEqual(refreshWith('first'));
  });

  it('is called recovered with a token set that was found elsewhere', () => {
    expect(decideWith({ repaired: true })).toEqual(
      refreshWith('current', { outcome: 'recovered' }),
    );
  });

  it('is left to the next message if this one ends before the window would', () => {
    const delivery = { by: 'queue', receiveCount: 1, sentAtMs: nowMs - 16 * minuteMs } as const;

    expect(decideWith({ delivery })).toEqual({ do: 'leave' });
    expect(decideWith({ delivery, current: fresh })).toEqual(finish('fresh'));
  });

  it('is not sent a fifth time in one invocation: the next delivery goes on', () => {
    expect(decideWith({ refreshes: 3 })).toEqual(refreshWith('current'));
    expect(decideWith({ refreshes: 4 })).toEqual({ do: 'fail', code: 'DeadlineExceeded' });
    expect(decideWith({ refreshes: 4, current: fresh })).toEqual(finish('fresh'));
  });

  // Its own token beside a new access token.
  const unrotated = versionOf(
    { ...issued('current', { ageMs: 0 }), refreshTokenIssuedAtMs: nowMs - hourMs },
    { stages: ['AWSCURRENT', labels.open, labels.sent], createdAtMs: nowMs },
  );

  it('fails, to be repeated, if the last answer brought no refresh token', () => {
    const current = unrotated;
    expect(decideWith({ current, lacksSuccessor: true, outcome: 'rotated' })).toEqual({
      do: 'fail',
      code: 'ProviderUnavailable',
    });
  });

  it.each([
    ['a direct invocation', byHand, 'fail'],
    ['delivery 4', { ...secondDelivery, receiveCount: 4 }, 'fail'],
    ['delivery 5', { ...secondDelivery, receiveCount: 5 }, 'wait'],
    ['delivery 10', { ...secondDelivery, receiveCount: 10 }, 'wait'],
  ])(
    'fails after %s, or waits to ask once more: the next delivery may come too late',
    (_, delivery, what) => {
      const facts = { current: unrotated, delivery, lacksSuccessor: true } as const;
      const decision = decideWith({ ...facts, outcome: 'rotated' });

      const code = 'ProviderUnavailable';
      const untilMs = nowMs + refusedRoundDelayMs;
      expect(decision).toEqual(
        what === 'fail' ? { do: 'fail', code } : { do: 'wait', untilMs, isRound: true, code },
      );
    },
  );
});

describe('a token that lives short', () => {
  const short = (ageMs: number) =>
    versionOf(issued('current', { ageMs, lifeMs: 20 * minuteMs }), { createdAtMs: nowMs - ageMs });
  /** Versions that came a minute after one another. */
  const versions = (count: number) =>
    Array.from({ length: count }, (_, nth) => ({
      versionId: `version-${nth}`,
      stages: [],
      createdAtMs: nowMs - nth * minuteMs,
    }));

  it('is renewed early while the versions of the day allow it', () => {
    const shortly = { ageMs: 8 * minuteMs, lifeMs: 20 * minuteMs };
    const early = { current: short(8 * minuteMs), parameters: undefined };

    const extended = { ...issued('current', shortly), refreshTokenIssuedAtMs: 0 };

    expect(decideWith(early)).toEqual({ do: 'listVersions' });
    expect(decideWith({ ...early, current: versionOf(extended) })).toEqual({ do: 'listVersions' });
    expect(decideWith({ ...early, listed: versions(2) })).toEqual({ do: 'readParameters' });
    expect(decideWith({ ...early, listed: versions(3) })).toEqual(finish('fresh'));
  });

  it('is renewed in time, however many versions there are', () => {
    const current = short(15 * minuteMs);

    expect(decideWith({ current, delivery: byHand, listed: versions(99) }).do).not.toBe('finish');
  });
});

describe('a token set that is held', () => {
  it('is published before a refresh token is spent, and before a refusal is explained', () => {
    const unexplained = {
      token: issued('current').refreshToken,
      clientSecret: firstSecret,
      reason: 'why',
    };
    const publish = { do: 'publish', held: child };

    expect(decideWith({ held: [child], listed })).toEqual(publish);
    expect(decideWith({ held: [child], listed, force: true })).toEqual(publish);
    expect(decideWith({ held: [child], listed, unexplained })).toEqual(publish);
  });

  it('is published only after the list has shown whether a person has begun a new chain', () => {
    const seeding = { ...versionOf(seeded('seed'), previous), stages: [labels.seeded] };
    const parked = held('parked', { ageMs: minuteMs });
    const since = (ageMs: number) => [
      ...listed,
      ...listedOf({ ...seeding, createdAtMs: nowMs - ageMs }),
    ];

    expect(decideWith({ held: [parked] })).toEqual({ do: 'listVersions' });
    expect(decideWith({ held: [parked], listed: since(2 * minuteMs) }).do).toBe('publish');
    expect(decideWith({ held: [parked], listed: since(minuteMs - 1) }).do).toBe('refresh');
  });

  it('is published only over an AWSCURRENT that was read now: a person may have replaced it', () => {
    const recalled = { held: [child], listed, isRecalled: true };

    expect(decideWith(recalled)).toEqual({ do: 'readCurrent' });
    expect(decideWith({ ...recalled, isRecalled: false })).toEqual({ do: 'publish', held: child });
  });

  it('and is to be confirmed is used from there while Secrets Manager takes no writes', () => {
    const open = { ...child, open: true };
    const denied = { listed, refusesWrites: true };

    expect(decideWith({ held: [open], listed })).toEqual({ do: 'publish', held: open });
    expect(decideWith({ ...denied, held: [open] })).toEqual({ do: 'markHeld', held: open });
    expect(decideWith({ ...denied, held: [{ ...open, sent: true }] })).toEqual(
      recoverWith('child'),
    );
  });

  it('and is clean is published, however often Secrets Manager has refused it', () => {
    expect(decideWith({ held: [child], listed, refusesWrites: true })).toEqual({
      do: 'publish',
      held: child,
    });
  });

  it.each([
    ['older', held('older', { ageMs: 90 * minuteMs })],
    ['with the refresh token that AWSCURRENT has', held('current', { ageMs: minuteMs })],
    ['of another chain', held('rival', { parent: 'other', ageMs: minuteMs })],
  ])('%s is not published', (_, entry) => {
    expect(decideWith({ held: [entry], listed })).toEqual(refreshWith('current'));
  });

  it('that is refused is not published', () => {
    expect(decideWith({ held: [child], listed, ...refusing(['child'], { count: 1 }) }).do).not.toBe(
      'publish',
    );
  });
});

describe('the addresses of a shared host', () => {
  const shared = parametersOf({ authBaseUrl: 'https://auth.exacttargetapis.com' });
  const restBaseUrl = 'https://www.exacttargetapis.com';
  const ask = {
    do: 'readEndpoints',
    restBaseUrl,
    accessToken: issued('current').accessToken,
  };

  it('are asked for once, by the access token that is about to be replaced', () => {
    expect(decideWith({ parameters: shared })).toEqual(ask);
    expect(decideWith({ parameters: shared, endpointsAsked: true })).toEqual(
      refreshWith('current'),
    );
  });

  it.each([
    [
      'they are stored',
      { current: versionOf({ ...issued('current'), soapBaseUrl: 'https://soap' }) },
    ],
    [
      'the access token has expired',
      { current: versionOf(issued('current', { ageMs: hourMs + 1 }), { createdAtMs: nowMs }) },
    ],
    ['there is no access token', { current: versionOf(seeded('current'), { createdAtMs: nowMs }) }],
  ])('are not asked for if %s', (_, overrides) => {
    expect(decideWith({ parameters: shared, ...overrides })).toEqual(refreshWith('current'));
  });

  it('are not waited for while a window runs', () => {
    const current = versionOf(issued('current'), { stages: ['AWSCURRENT', labels.sent] });

    expect(decideWith({ parameters: shared, current }).do).toBe('refresh');
  });

  it('are known of a tenant by its host, and of the sandbox by what is stored alone', () => {
    const sandbox = parametersOf({ authBaseUrl: 'https://auth-test.exacttargetapis.com' });
    const current = versionOf({ ...issued('current'), restBaseUrl });

    expect(decideWith({})).toEqual(refreshWith('current'));
    expect(decideWith({ parameters: sandbox })).toEqual(refreshWith('current'));
    expect(decideWith({ parameters: sandbox, current })).toEqual(ask);
  });
});

describe('an answer without a refresh token', () => {
  const extended = { ...issued('current', { ageMs: minuteMs }), refreshTokenIssuedAtMs: nowMs };
  const adds = (tokenSet = extended, overrides: Partial<Facts> = {}) =>
    !addsNothing(factsOf({ current: versionOf(tokenSet), ...overrides }));

  it('adds nothing to a fresh access token that came alone, too', () => {
    expect(adds()).toBe(false);
  });

  it('is stored if it brings a fresher access token, or was asked for', () => {
    expect(adds({ ...extended, expiresAtMs: nowMs })).toBe(true);
    expect(adds(extended, { force: true })).toBe(true);
    expect(addsNothing(factsOf({ current: fresh }))).toBe(false);
  });
});
