import { refusal } from '../../../../local/provider/answers';
import { secondUses } from '../../../../local/provider/refreshTokens';
import { type LocalWorld, whole } from '../../../support/localWorld';
import { minuteMs, secondMs } from '../../../support/simulatedClock';
import { startDueWorld } from '../../../support/startWorld';
import { beforeRefreshing } from './invocations';

/** A 401 in the provider's own words that is not about the token, as of a database that fails over. */
const passing401 = {
  kind: 'exchange',
  of: 'refresh',
  takenUp: 'never',
  answer: refusal(401, 1),
} as const;

/** A warm environment whose AWSPREVIOUS is past its five minutes. */
async function startWarmWorld(onBrokenChain: 'alarm' | 'reissue' = 'alarm'): Promise<LocalWorld> {
  const world = await startDueWorld();
  await world.rotate();
  const { url: authBaseUrl, clientId } = world.provider;
  world.stored.configure({ authBaseUrl, clientId, onBrokenChain });
  world.clock.advance(25 * minuteMs);
  world.telemetry.forget();
  return world;
}

describe.each(['alarm', 'reissue'] as const)(
  'a refusal that is not about the token, if a broken chain leads to "%s"',
  (onBrokenChain) => {
    it('once, is asked about again 10 s later, and no verdict', async () => {
      const world = await startWarmWorld(onBrokenChain);
      world.provider.orderFault(passing401);

      const result = await world.rotate();

      expect(result.outcome).toBe('rotated');
      expect(world.clock.sleptMs).toEqual([10 * secondMs]);
      expect(
        world.provider.model.accessTokenContext(world.stored.current().accessToken ?? ''),
      ).toBe('user');
      expect(world.chainState()).toEqual(whole);
    });

    it('for half a minute, keeps the chain', async () => {
      const world = await startWarmWorld(onBrokenChain);
      world.provider.orderFault(passing401, { forMs: 30 * secondMs });

      const { result } = await world.deliver({ keepsEnvironment: true, forMs: 3 * minuteMs });
      world.clock.advance(21 * minuteMs);
      if (result === undefined) await world.rotate();

      expect(
        world.provider.model.accessTokenContext(world.stored.current().accessToken ?? ''),
      ).toBe('user');
      expect(world.chainState()).toEqual(whole);
    });
  },
);

it('a verdict lapses: what was refused for 8 minutes and is alive is asked about again', async () => {
  const world = await startWarmWorld();
  world.provider.orderFault(passing401, { forMs: 8 * minuteMs });
  const outcomes: string[] = [];

  for (let tick = 0; tick < 6; tick++) {
    outcomes.push(
      await world.rotate().then(
        ({ outcome }) => outcome,
        ({ code }) => code,
      ),
    );
    world.clock.advance(5 * minuteMs);
  }

  expect(outcomes[0]).toBe('ChainBroken');
  expect(outcomes.slice(-2)).toEqual(['rotated', 'fresh']);
  expect(world.telemetry.counted).toContain('Recovered');
  expect(world.chainState()).toEqual(whole);
});

it('a refusal by credentials that were refused as well says nothing of the token', async () => {
  const world = await startWarmWorld();
  const answer = refusal(401, 1);
  const fault = { kind: 'exchange', takenUp: 'never', answer } as const;
  const heal = world.provider.orderFault(fault, { forMs: 10 * minuteMs });
  for (let tick = 0; tick < 3; tick++) {
    await expect(world.rotate()).rejects.toMatchObject({ code: 'CredentialsRejected' });
    world.clock.advance(minuteMs);
  }
  heal();

  const result = await world.rotate();

  expect(result.outcome).toBe('rotated');
  expect(world.chainState()).toEqual(whole);
});

describe.each(secondUses)('while a window runs, if a second use gives %s', (secondUse) => {
  it('a refusal is asked about again at once, not 10 s later', async () => {
    const world = await startDueWorld({ secondUse });
    world.provider.orderFault({ kind: 'dropAfter' });
    world.provider.orderFault(passing401);

    const result = await world.rotate();

    expect(result.outcome).toBe('rotated');
    expect(Math.max(...world.clock.sleptMs)).toBeLessThan(5 * secondMs);
    expect(world.chainState()).toEqual(whole);
  });

  it.each([
    ['of the token', passing401],
    ['of the credentials as well', { kind: 'exchange', takenUp: 'never', answer: refusal(401, 1) }],
  ] as const)('refusals %s for 20 s are outlasted in the same invocation', async (_, fault) => {
    const world = await startDueWorld({ secondUse });
    world.provider.orderFault({ kind: 'dropAfter' });
    world.provider.orderFault(fault, { forMs: 20 * secondMs });

    const result = await world.rotate();

    expect(result.outcome).toMatch(/^(rotated|recovered)$/);
    expect(world.chainState()).toEqual(whole);
  });

  it('a verdict takes no token away: refusals for 150 s after a lost answer lose nothing', async () => {
    const world = await startDueWorld({ secondUse });
    world.provider.orderFault({ kind: 'dropAfter' });
    world.provider.orderFault(passing401, { forMs: 150 * secondMs });

    const { result } = await world.deliver();

    expect(result?.outcome).toMatch(/^(rotated|recovered)$/);
    expect(world.chainState()).toEqual(whole);
  });
});

it('what was read of AWSCURRENT before a refusal is read again: a winner is adopted', async () => {
  const world = await startWarmWorld();
  const asked: string[] = [];
  const { secretStore } = world.effects;
  const overrides = beforeRefreshing(world, async () => {
    world.stored.put({ ...world.stored.current(), refreshToken: newChain(world) });
    world.provider.model.revokeChain(world.provider.refreshToken);
  });

  await world.rotate(
    {},
    {
      ...overrides,
      secretStore: {
        ...secretStore,
        readCurrent(id) {
          asked.push(id);
          return secretStore.readCurrent(id);
        },
      },
    },
  );

  expect(asked.length).toBeGreaterThan(1);
  expect(world.telemetry.lines).toContainEqual(
    expect.objectContaining({
      message: 'Another invocation has published meanwhile; going on with its token set',
    }),
  );
  expect(world.chainState()).toEqual(whole);
});

function newChain({ provider, clock }: LocalWorld): string {
  return provider.model.startChain('user', clock.now());
}
