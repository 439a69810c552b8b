import { decide } from '../../../lambda/core/decide';
import type { Facts } from '../../../lambda/core/facts';
import { Redacted } from '../../../lambda/core/redacted';
import {
  factsOf,
  fingerprintsOf,
  firstSecret,
  issued,
  minuteMs,
  newer,
  older,
  parametersOf,
  pending,
  previous,
  refreshWith,
  seeded,
  stagedSecret,
  unlabelled,
  versionOf,
} from './facts';
import './redactedEquality';

const decideWith = (overrides: Partial<Facts>) => decide(factsOf(overrides));

const refusing = (...tokens: string[]) => ({ refusedTokens: fingerprintsOf(...tokens) });
const probe = (clientSecret: Redacted) => ({ do: 'probeCredentials', clientSecret });
const fresh = versionOf(issued('current', { ageMs: 10 * minuteMs }));

describe('after a 401', () => {
  const unexplained = { token: new Redacted('current'), clientSecret: firstSecret };

  it('AWSCURRENT is read again before anything else is asked', () => {
    expect(decideWith({ currentMayBeStale: true, unexplained })).toEqual({ do: 'readCurrent' });
    expect(decideWith({ currentMayBeStale: true, ...refusing('current') })).toEqual({
      do: 'readCurrent',
    });
  });

  it('the credentials that were sent are asked about, before any other version is read', () => {
    expect(decideWith({ unexplained })).toEqual(probe(firstSecret));

    const parameters = parametersOf({ clientSecrets: [firstSecret, stagedSecret] });
    const sentWithStaged = { ...unexplained, clientSecret: stagedSecret };
    expect(decideWith({ parameters, unexplained: sentWithStaged })).toEqual(probe(stagedSecret));
  });

  it('the other versions are read once the token is known to be refused', () => {
    expect(decideWith(refusing('current'))).toEqual({ do: 'readOtherVersions' });
  });

  it('a newer token set of another version is published, before any older token is sent', () => {
    const otherVersions = [versionOf(older, previous), versionOf(newer, pending)];

    expect(decideWith({ ...refusing('current'), otherVersions, unpublished: older })).toEqual({
      do: 'publish',
      tokenSet: newer,
    });
  });

  it('the older refresh tokens are tried one by one, the parked ones first', () => {
    const facts = {
      unpublished: issued('in container', { ageMs: 70 * minuteMs }),
      parameters: parametersOf({ escrow: issued('in escrow', { ageMs: 80 * minuteMs }) }),
      otherVersions: [
        versionOf(issued('in pending', { ageMs: 90 * minuteMs }), pending),
        versionOf(seeded('in previous'), previous),
        versionOf(issued('unlabelled', { ageMs: 95 * minuteMs }), unlabelled),
      ],
    };
    const order = ['in container', 'in escrow', 'in pending', 'in previous', 'unlabelled'];

    const decisions = order.map((_, tried) =>
      decideWith({ ...facts, ...refusing('current', ...order.slice(0, tried)) }),
    );

    expect(decisions).toEqual(order.map((token) => refreshWith(token, 'recovered')));
  });

  it.each([
    [
      'reissues the chain where the connection allows it',
      'reissue',
      { do: 'reissue', clientSecret: firstSecret },
    ],
    ['calls the chain broken where it does not', 'alarm', { do: 'fail', code: 'ChainBroken' }],
  ] as const)('with every refresh token refused %s', (_, onBrokenChain, expected) => {
    const parameters = parametersOf({ onBrokenChain, escrow: older });
    const otherVersions = [versionOf(issued('in previous'), previous)];
    const facts = { parameters, otherVersions, ...refusing('current', 'older', 'in previous') };

    expect(decideWith(facts)).toEqual(expected);
    expect(
      decideWith({
        parameters: parametersOf({ onBrokenChain }),
        otherVersions: [],
        ...refusing('current'),
      }),
    ).toEqual(expected);
  });
});

describe('client secrets', () => {
  const parameters = parametersOf({ clientSecrets: [firstSecret, stagedSecret] });
  const verdicts = (...entries: [Redacted, 'accepted' | 'refused'][]) => ({
    secretVerdicts: new Map(entries.map(([secret, verdict]) => [secret.fingerprint, verdict])),
  });
  const doubted = (...secrets: Redacted[]) => ({ doubtedSecrets: fingerprintsOf(...secrets) });

  it('are asked about before a token is sent where an earlier invocation doubted them', () => {
    expect(decideWith(doubted(firstSecret))).toEqual(probe(firstSecret));
    expect(decideWith({ parameters, ...doubted(firstSecret, stagedSecret) })).toEqual(
      probe(firstSecret),
    );
  });

  it('are doubted no more once accepted', () => {
    expect(decideWith({ ...doubted(firstSecret), ...verdicts([firstSecret, 'accepted']) })).toEqual(
      refreshWith('current'),
    );
  });

  it('are tried in another order where only the first is doubted', () => {
    expect(decideWith({ parameters, ...doubted(firstSecret) })).toEqual(
      refreshWith('current', 'rotated', stagedSecret),
    );
  });

  it('are asked about, the staged one too, once the first was refused', () => {
    expect(decideWith({ parameters, ...verdicts([firstSecret, 'refused']) })).toEqual(
      probe(stagedSecret),
    );
  });

  it('are replaced by the staged one once that was accepted', () => {
    const judged = verdicts([firstSecret, 'refused'], [stagedSecret, 'accepted']);

    expect(decideWith({ parameters, ...judged })).toEqual(
      refreshWith('current', 'rotated', stagedSecret),
    );
  });

  it('fail the rotation once all were refused, no token sent and none given up', () => {
    const failure = { do: 'fail', code: 'CredentialsRejected' };
    const both = verdicts([firstSecret, 'refused'], [stagedSecret, 'refused']);

    expect(decideWith(verdicts([firstSecret, 'refused']))).toEqual(failure);
    expect(decideWith({ parameters, ...both })).toEqual(failure);
    expect(decideWith({ parameters, ...both, ...refusing('current') })).toEqual(failure);
  });

  it('that are all refused keep nobody from a token set that is there already', () => {
    const none = verdicts([firstSecret, 'refused']);

    expect(decideWith({ ...none, unpublished: newer })).toEqual({ do: 'publish', tokenSet: newer });
    expect(decideWith({ ...none, currentMayBeStale: true })).toEqual({ do: 'readCurrent' });
  });

  it('are known to be good before a chain is reissued', () => {
    const dead = {
      parameters: parametersOf({ onBrokenChain: 'reissue' }),
      otherVersions: [],
      ...refusing('current'),
    };

    expect(decideWith({ ...dead, ...doubted(firstSecret) })).toEqual(probe(firstSecret));
    expect(decideWith({ ...dead, ...verdicts([firstSecret, 'refused']) })).toEqual({
      do: 'fail',
      code: 'CredentialsRejected',
    });
  });
});

describe('a published rotation', () => {
  it.each(['rotated', 'recovered', 'reissued'] as const)('finishes as %s', (outcome) => {
    expect(decideWith({ outcome })).toEqual({ do: 'finish', outcome });
    expect(decideWith({ outcome, force: true, repaired: true })).toEqual({
      do: 'finish',
      outcome,
    });
  });

  it('loses the label of a stranded AWSPENDING first', () => {
    const otherVersions = [versionOf(older, previous), versionOf(newer, pending)];
    const removal = { do: 'removePendingLabel', versionId: 'pending' };

    expect(decideWith({ outcome: 'recovered', otherVersions })).toEqual(removal);
    expect(decideWith({ current: fresh, repaired: true, otherVersions })).toEqual(removal);
  });

  it('leaves other labels alone', () => {
    const otherVersions = [versionOf(older, previous), versionOf(newer, unlabelled)];

    expect(decideWith({ outcome: 'recovered', otherVersions }).do).toBe('finish');
  });
});
