import { decide } from '../../../lambda/core/decide';
import type { Facts } from '../../../lambda/core/facts';
import type { Redacted } from '../../../lambda/core/redacted';
import {
  dead,
  factsOf,
  fingerprintsOf,
  firstSecret,
  held,
  parametersOf,
  refreshWith,
  stagedSecret,
} from './facts';
import './redactedEquality';

const decideWith = (overrides: Partial<Facts>) => decide(factsOf(overrides));
const probe = (clientSecret: Redacted) => ({ do: 'probeCredentials', clientSecret });
const fail = (code: string) => ({ do: 'fail', code });
/** The only stored refresh token is dead. */
const allDead = {
  ...dead('current'),
  otherVersions: [],
  listed: [],
};

describe('client secrets', () => {
  const parameters = parametersOf({ clientSecrets: [firstSecret, stagedSecret] });
  const verdicts = (...entries: [Redacted, 'accepted' | 'refused'][]) => ({
    secretVerdicts: new Map(entries.map(([secret, verdict]) => [secret.fingerprint, verdict])),
  });
  const doubted = (...secrets: Redacted[]) => ({ doubtedSecrets: fingerprintsOf(...secrets) });
  const withStaged = refreshWith('current', { clientSecret: stagedSecret });

  it('are asked about before a token is sent if an earlier invocation doubted them', () => {
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

  it('are tried in another order if only the first is doubted', () => {
    expect(decideWith({ parameters, ...doubted(firstSecret) })).toEqual(withStaged);
  });

  it('are asked about, the staged one too, once the first was refused', () => {
    expect(decideWith({ parameters, ...verdicts([firstSecret, 'refused']) })).toEqual(
      probe(stagedSecret),
    );
  });

  it('are replaced by the staged one once that was accepted', () => {
    const judged = verdicts([firstSecret, 'refused'], [stagedSecret, 'accepted']);

    expect(decideWith({ parameters, ...judged })).toEqual(withStaged);
  });

  it('fail the rotation once all were refused, no token sent and none given up', () => {
    const failure = fail('CredentialsRejected');
    const both = verdicts([firstSecret, 'refused'], [stagedSecret, 'refused']);

    expect(decideWith(verdicts([firstSecret, 'refused']))).toEqual(failure);
    expect(decideWith({ parameters, ...both })).toEqual(failure);
    expect(decideWith({ parameters, ...both, ...allDead })).toEqual(failure);
  });

  it('that are all refused keep nobody from a token set that is there already', () => {
    const refused = verdicts([firstSecret, 'refused']);
    const child = held('child', { parent: 'current' });

    expect(decideWith({ ...refused, held: [child], listed: [] })).toEqual({
      do: 'publish',
      held: child,
    });
    expect(decideWith({ ...refused, currentMayBeStale: true })).toEqual({ do: 'readCurrent' });
  });

  it('are known to be good before a chain is reissued', () => {
    const broken = {
      parameters: parametersOf({ onBrokenChain: 'reissue' }),
      ...allDead,
    };

    expect(decideWith({ ...broken, ...doubted(firstSecret) })).toEqual(probe(firstSecret));
    expect(decideWith({ ...broken, ...verdicts([firstSecret, 'refused']) })).toEqual(
      fail('CredentialsRejected'),
    );
  });
});
