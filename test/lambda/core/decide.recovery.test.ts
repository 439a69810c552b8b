import { decide } from '../../../lambda/core/decide';
import type { Facts } from '../../../lambda/core/facts';
import type { HeldTokenSet } from '../../../lambda/core/held';
import { labels } from '../../../lambda/core/labels';
import { Redacted } from '../../../lambda/core/redacted';
import { withVerdictsLapsed } from '../../../lambda/core/verdicts';
import {
  dead,
  deadRefusal,
  factsOf,
  fingerprint,
  firstSecret,
  held,
  issued,
  minuteMs,
  notSeeded,
  nowMs,
  parametersOf,
  pending,
  previous,
  recoverWith,
  refreshWith,
  refusing,
  secondMs,
  seeded,
  stagedSecret,
  unlabelled,
  versionOf,
} from './facts';
import './redactedEquality';

const decideWith = (overrides: Partial<Facts>) => decide(factsOf(overrides));

const probe = (clientSecret: Redacted) => ({ do: 'probeCredentials', clientSecret });
const fail = (code: string) => ({ do: 'fail', code });
const reissue = { do: 'reissue', clientSecret: firstSecret };

const none = { otherVersions: [], listed: [] };
/** A successor may have been lost a minute ago. */
const windowOpen = {
  uses: new Map([[fingerprint('current'), { isDirty: false, possiblyUsedAtMs: nowMs - minuteMs }]]),
};

describe('after a refusal', () => {
  const unexplained = { token: new Redacted('current'), clientSecret: firstSecret, reason: 'why' };

  it('AWSCURRENT is read again before anything else is asked', () => {
    expect(decideWith({ currentMayBeStale: true, unexplained })).toEqual({ do: 'readCurrent' });
    expect(decideWith({ currentMayBeStale: true, ...dead('current') })).toEqual({
      do: 'readCurrent',
    });
  });

  it('the credentials that were sent are asked about, before any other version is read', () => {
    expect(decideWith({ unexplained })).toEqual(probe(firstSecret));

    const parameters = parametersOf({ clientSecrets: [firstSecret, stagedSecret] });
    const sentWithStaged = { ...unexplained, clientSecret: stagedSecret };
    expect(decideWith({ parameters, unexplained: sentWithStaged })).toEqual(probe(stagedSecret));
  });

  describe('if a slow provider leaves time for one request more', () => {
    const uses = new Map([[fingerprint('current'), { isDirty: true }]]);
    const inHaste = { unexplained, isInHaste: true, uses };
    const stored = (createdAtMs: number) =>
      versionOf(issued('before'), { versionId: 'before', createdAtMs, stages: [] });

    it('the other versions are read before the credentials are asked about', () => {
      expect(decideWith(inHaste)).toEqual({ do: 'readOtherVersions' });
      expect(decideWith({ ...inHaste, otherVersions: [] })).toEqual(probe(firstSecret));
    });

    it('a forerunner that can be used again is', () => {
      const otherVersions = [stored(nowMs - minuteMs)];

      expect(decideWith({ ...inHaste, otherVersions })).toMatchObject({
        do: 'refresh',
        refreshToken: new Redacted('before'),
        clientSecret: firstSecret,
        isDirty: true,
      });
    });

    it('one after the other is, and none twice', () => {
      const eldest = versionOf(issued('eldest'), {
        versionId: 'eldest',
        createdAtMs: nowMs - 2 * minuteMs,
        stages: [],
      });
      const otherVersions = [stored(nowMs - minuteMs), eldest];
      const asked = (...tokens: string[]) => ({
        ...inHaste,
        otherVersions,
        uses: new Map(tokens.map((token) => [fingerprint(token), { isDirty: true }])),
      });

      expect(decideWith(asked('current', 'before'))).toMatchObject({
        refreshToken: new Redacted('eldest'),
      });
      expect(decideWith(asked('current', 'before', 'eldest'))).toEqual(probe(firstSecret));
    });

    it('none is that was refused, or is too old', () => {
      const recent = [stored(nowMs - minuteMs)];
      const old = [stored(nowMs - 60 * minuteMs)];

      const { refusals } = dead('before');
      expect(decideWith({ ...inHaste, otherVersions: recent, refusals })).toEqual(
        probe(firstSecret),
      );
      expect(decideWith({ ...inHaste, otherVersions: old })).toEqual(probe(firstSecret));
    });
  });

  it('the same token is asked for again 10 seconds later: one refusal is no verdict', () => {
    const refusedAgo = (ageMs: number) =>
      refusing(['current'], { count: 1, firstAtMs: nowMs - ageMs, lastAtMs: nowMs - ageMs });

    expect(decideWith(refusedAgo(10 * secondMs))).toEqual(refreshWith('current'));
    expect(decideWith(refusedAgo(4 * secondMs))).toEqual({
      do: 'wait',
      untilMs: nowMs + 6 * secondMs,
      isRound: false,
      code: 'ProviderUnavailable',
    });
  });

  it('nothing is called broken while the other versions cannot be read', () => {
    const unread = { ...dead('current'), otherVersions: [], listed: [], listFailed: true };

    expect(decideWith(unread)).toEqual(fail('StoreUnavailable'));
    expect(decideWith({ ...unread, listFailed: false })).toEqual(fail('ChainBroken'));
  });

  it('what counts as dead comes after what was never refused, though its window runs', () => {
    const again = { ...windowOpen, ...refusing(['current']) };
    const previous = versionOf(issued('previous'), {
      stages: ['AWSPREVIOUS'],
      versionId: 'previous',
    });

    expect(decideWith(again)).toEqual({ do: 'readOtherVersions' });
    expect(decideWith({ ...again, otherVersions: [previous], listed: [] })).toMatchObject({
      do: 'refresh',
      refreshToken: new Redacted('previous'),
    });
    expect(decideWith({ ...again, ...none })).toMatchObject({
      do: 'refresh',
      refreshToken: new Redacted('current'),
    });
  });

  it('the same token is asked for again at once while a window runs', () => {
    const once = refusing(['current'], { count: 1, firstAtMs: nowMs, lastAtMs: nowMs });

    expect(decideWith({ ...once, ...windowOpen })).toEqual(
      refreshWith('current', { isDirty: true }),
    );
  });

  it('the other versions are looked into once the token is known to be dead', () => {
    expect(decideWith(dead('current'))).toEqual({ do: 'readOtherVersions' });
  });

  it('a token that counts as dead is asked about again after 20 minutes', () => {
    const refusedAgo = (ageMs: number) => ({
      ...none,
      ...refusing(['current'], { firstAtMs: nowMs - 90 * minuteMs, lastAtMs: nowMs - ageMs }),
    });

    expect(decideWith(refusedAgo(20 * minuteMs))).toEqual(refreshWith('current'));
    expect(decideWith(refusedAgo(20 * minuteMs - 1))).toEqual(fail('ChainBroken'));
  });

  it('a token that counts as dead is asked about at once if a person waits', () => {
    const { refusals = new Map() } = refusing(['current']);

    expect(decideWith({ ...none, refusals })).toEqual(fail('ChainBroken'));
    expect(decideWith({ ...none, refusals: withVerdictsLapsed(refusals) })).toEqual(
      refreshWith('current'),
    );
  });
});

describe('with AWSCURRENT refused', () => {
  const others = {
    listed: [],
    otherVersions: [
      versionOf(issued('in pending'), pending),
      versionOf(seeded('in previous'), previous),
      versionOf(issued('unlabelled'), unlabelled),
    ],
  };
  const order = ['in pending', 'in previous', 'unlabelled'];

  it('every other token is tried, one after the other', () => {
    const decisions = order.map((_, tried) =>
      decideWith({ ...others, ...dead('current', ...order.slice(0, tried)) }),
    );

    expect(decisions).toEqual(order.map((token) => recoverWith(token)));
  });

  it('a newer rival that is held takes its place, to be confirmed, the newest first', () => {
    const rivals = [
      held('older rival', { parent: 'other', ageMs: 3 * minuteMs }),
      held('newer rival', { parent: 'other', ageMs: 2 * minuteMs }),
    ];
    const take = (rival: HeldTokenSet | undefined) => ({
      do: 'publish',
      held: { ...rival, open: true },
    });
    const rest = { ...others, held: rivals };

    expect(decideWith({ ...rest, ...dead('current') })).toEqual(take(rivals[1]));
    expect(decideWith({ ...rest, ...dead('current', 'newer rival') })).toEqual(take(rivals[0]));
    expect(decideWith({ ...rest, ...dead('current', 'newer rival', 'older rival') })).toEqual(
      recoverWith('in pending'),
    );
  });

  it('each of the others is asked for once before any is a second time', () => {
    const once = { ...deadRefusal, count: 1, firstAtMs: nowMs - minuteMs, lastAtMs: nowMs };
    const refusals = new Map([
      [fingerprint('current'), deadRefusal],
      [fingerprint('in pending'), once],
    ]);

    expect(decideWith({ ...others, refusals })).toEqual(recoverWith('in previous'));
  });

  it('then the second time is waited for, that of the first of them', () => {
    const once = (ageMs: number) => ({ ...deadRefusal, count: 1, lastAtMs: nowMs - ageMs });
    const refusals = new Map([
      [fingerprint('current'), deadRefusal],
      ...order.map((token, nth) => [fingerprint(token), once((4 - nth) * secondMs)] as const),
    ]);

    expect(decideWith({ ...others, refusals })).toEqual({
      do: 'wait',
      untilMs: nowMs + 6 * secondMs,
      isRound: false,
      code: 'ProviderUnavailable',
    });
  });

  it('the chain is called broken once every one of them was refused twice', () => {
    expect(decideWith({ ...others, ...dead('current', ...order) })).toEqual(fail('ChainBroken'));
  });

  it('nothing is called broken while the escrow could not be read', () => {
    expect(decideWith({ ...none, ...dead('current'), escrowUnknown: true })).toEqual(
      fail('StoreUnavailable'),
    );
  });

  it('a token set that is ahead is tried first and published no more once it was refused', () => {
    const child = held('child', { parent: 'current', ageMs: minuteMs });
    const once = refusing(['child'], { count: 1, firstAtMs: nowMs, lastAtMs: nowMs });

    expect(decideWith({ ...none, held: [child], ...once })).toEqual(refreshWith('current'));
    expect(
      decideWith({
        ...none,
        held: [child],
        refusals: new Map([...once.refusals, ...refusing(['current']).refusals]),
      }),
    ).toMatchObject({ do: 'wait' });
  });
});

describe('while a window runs', () => {
  const rounds = { ...none, ...dead('current'), ...windowOpen };
  const again = (code: string) => {
    const untilMs = nowMs + 30 * secondMs;
    return { do: 'wait', untilMs, isRound: true, code };
  };

  it('what was refused is asked for once more before the end, and no chain is called broken', () => {
    expect(decideWith(rounds)).toEqual(again('ChainBroken'));
    expect(decideWith({ ...rounds, refusedInRound: new Map() })).toEqual(
      refreshWith('current', { isDirty: true }),
    );
  });

  it('refused credentials are asked about again, too', () => {
    const secretVerdicts = new Map([[firstSecret.fingerprint, 'refused' as const]]);

    expect(decideWith({ ...rounds, secretVerdicts })).toEqual(again('CredentialsRejected'));
    expect(decideWith({ ...none, secretVerdicts })).toEqual(fail('CredentialsRejected'));
  });

  it('no chain is reissued', () => {
    const parameters = parametersOf({ onBrokenChain: 'reissue' });

    expect(decideWith({ ...rounds, parameters })).toEqual(again('ChainBroken'));
    expect(decideWith({ ...rounds, parameters, uses: new Map() })).toEqual(reissue);
  });

  it('what is long over is asked about no more', () => {
    const marked = versionOf(issued('current'), { stages: ['AWSCURRENT', labels.sent] });
    const old = versionOf(issued('old'), { ...unlabelled, createdAtMs: nowMs - 20 * minuteMs });
    const facts = {
      current: marked,
      otherVersions: [old],
      listed: [],
      refusals: new Map([
        ...refusing(['current', 'old'], { firstAtMs: nowMs - minuteMs }).refusals,
      ]),
    };
    const current = refreshWith('current', { isDirty: true });
    const refusedInRound = new Map([[fingerprint('current'), 2]]);

    expect(decideWith(facts)).toEqual(current);
    expect(decideWith({ ...facts, refusedInRound })).toEqual(again('ChainBroken'));
    const young = { ...old, createdAtMs: nowMs - 20 * minuteMs + 1 };
    expect(decideWith({ ...facts, refusedInRound, otherVersions: [young] })).toEqual(
      recoverWith('old'),
    );
  });

  it('nothing is waited for if nothing could be asked then', () => {
    const empty = versionOf(notSeeded);
    const old = versionOf(seeded('old'), { ...unlabelled, createdAtMs: nowMs - 30 * minuteMs });
    const facts = { current: empty, otherVersions: [old], listed: [], ...dead('old') };
    const { uses } = windowOpen;

    expect(decideWith({ ...facts, uses })).toEqual(fail('ChainBroken'));
  });

  it('that a mark stands for ends 5 minutes after the first refusal', () => {
    const current = versionOf(issued('current'), { stages: ['AWSCURRENT', labels.sent] });
    const refusedSince = (ageMs: number) => ({
      ...none,
      current,
      ...refusing(['current'], { firstAtMs: nowMs - ageMs }),
      refusedInRound: new Map([[fingerprint('current'), 2]]),
    });

    expect(decideWith(refusedSince(5 * minuteMs - 1))).toEqual(again('ChainBroken'));
    expect(decideWith(refusedSince(5 * minuteMs))).toEqual(fail('ChainBroken'));
  });
});
