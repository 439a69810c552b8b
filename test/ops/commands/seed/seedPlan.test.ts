import { Redacted } from '../../../../lambda/core/redacted';
import { planSeeding } from '../../../../ops/commands/seed/seedPlan';
import type { SeedTarget } from '../../../../ops/commands/seed/seedTarget';

const config = { authBaseUrl: 'https://a', clientId: 'id', onBrokenChain: 'reissue' } as const;
const given = { authBaseUrl: 'https://a', clientId: 'id' };
const names = { config: 'c', clientSecret: 's', stagedClientSecret: 'n', escrow: 'e' };

function target(
  changes: { config?: typeof config | undefined; clientSecret?: Redacted } & Partial<SeedTarget>,
): SeedTarget {
  return {
    connection: 'acme',
    secretId: 'sfmc/acme',
    secretExists: true,
    denial: undefined,
    chain: undefined,
    salvaged: [],
    tokens: { kind: 'notSeeded' },
    ...changes,
    parameters: {
      names,
      config: 'config' in changes ? changes.config : config,
      clientSecret: changes.clientSecret,
      stagedClientSecret: undefined,
      escrow: undefined,
    },
  };
}
const chain = { where: 'the secret sfmc/acme' };
const clientSecret = new Redacted('stored');
const nothing = { config: false, secret: false };

describe('the plan of a seeding', () => {
  it('starts the chain of a connection that the stack has made', () => {
    expect(planSeeding(target({}), undefined, false)).toEqual({
      do: 'startChain',
      config,
      make: nothing,
    });
  });

  it('never replaces a stored refresh token unless asked to', () => {
    const live = target({ chain, clientSecret });

    expect(planSeeding(live, undefined, false)).toEqual({ do: 'refuse', because: 'chain' });
    expect(planSeeding(live, undefined, true)).toMatchObject({ do: 'startChain' });
  });

  it('completes a chain that lacks its client secret or its config', () => {
    expect(planSeeding(target({ chain }), undefined, false)).toMatchObject({
      do: 'completeChain',
      make: nothing,
    });
    const lacksConfig = target({ chain, clientSecret, config: undefined });
    expect(planSeeding(lacksConfig, given, false)).toMatchObject({
      do: 'completeChain',
      config: { ...given, onBrokenChain: 'alarm' },
      make: { config: true, secret: false },
    });
  });

  it('goes on from what an earlier seeding has parked, complete as the rest may be', () => {
    const parked = target({ chain: { ...chain, isParked: true }, clientSecret });

    expect(planSeeding(parked, undefined, false)).toMatchObject({ do: 'completeChain' });
    expect(planSeeding(parked, undefined, true)).toMatchObject({ do: 'startChain' });
  });

  it('makes a connection by the options alone', () => {
    const unknown = target({ config: undefined, secretExists: false });

    expect(planSeeding(unknown, undefined, false)).toEqual({
      do: 'fail',
      because: 'unknownConnection',
    });
    expect(planSeeding(unknown, given, false)).toMatchObject({
      do: 'startChain',
      make: { config: true, secret: true },
    });
    expect(planSeeding(target({ secretExists: false }), undefined, false)).toEqual({
      do: 'fail',
      because: 'noSecret',
    });
  });

  it.each([
    [{ ...given, clientId: 'other' }],
    [{ ...given, authBaseUrl: 'https://b' }],
    [{ ...given, onBrokenChain: 'alarm' as const }],
  ])('leaves the config to the stack: %j', (other) => {
    expect(planSeeding(target({}), other, true)).toEqual({ do: 'refuse', because: 'config' });
  });

  it('takes options that say what the config says', () => {
    expect(planSeeding(target({}), given, false)).toMatchObject({ do: 'startChain' });
  });
});
