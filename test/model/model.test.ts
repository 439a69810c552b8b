import { behaviours, versionsOf } from './budget';
import { explore } from './explore';
import { defaults, type Options } from './options';

const verdictOf = (options: Partial<Options>) => explore({ ...defaults, ...options }).verdict;

describe('the model of one connection', () => {
  it('keeps the chain through every single fault, if a second use revokes the first', () => {
    // The outages of a store's reads, and late ticks, are left to the program: they take longer.
    const kinds = 'never,lost,late,noRefreshToken,refused,die,provider,sm,ssm';

    const verdict = verdictOf({ semantics: 'revoke', kinds, jitter: 0, horizon: 44 });

    expect(verdict).toBe('holds');
  });

  const ablations: [string, Partial<Options>][] = [
    ['confirmed no open end', { confirm: 0, allowance: 0, kinds: 'late' }],
    [
      'sent no message before it is invoked by hand',
      { scenario: 'forced', followUp: 0, kinds: 'die', faultsUntil: 2 },
    ],
  ];
  it.each(ablations)('would lose it if the rotator %s', (_, options) => {
    expect(verdictOf(options)).toBe('lost');
  });
});

describe('the budget of versions', () => {
  it.each(behaviours)('stays below the 100 that Secrets Manager keeps: %s', (behaviour) => {
    const { most } = versionsOf({ behaviour, period: 300, life: 3600 });

    expect(most).toBeLessThan(100);
  });
});
