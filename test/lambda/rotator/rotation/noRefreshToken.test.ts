import { Redacted } from '../../../../lambda/core/redacted';
import { StoreFailure } from '../../../../lambda/effects/storeFailure';
import { EnvironmentMemory } from '../../../../lambda/rotator/memory';
import { secondUses } from '../../../../local/provider/refreshTokens';
import { type LocalWorld, whole } from '../../../support/localWorld';
import { minuteMs, secondMs } from '../../../support/simulatedClock';
import { startDueWorld } from '../../../support/startWorld';

const odd = { kind: 'noRefreshToken' } as const;

const stagesOfCurrent = ({ stored }: LocalWorld) =>
  stored.stages()[stored.versionOf('AWSCURRENT') ?? ''];

describe.each(secondUses)('if a second use gives %s', (secondUse) => {
  it('one answer without a refresh token after three failures is asked for again', async () => {
    const world = await startDueWorld({ secondUse });
    world.provider.orderFault({ kind: 'internal', consumed: true }, 3);
    world.provider.orderFault(odd);

    const { result } = await world.deliver();
    world.clock.advance(6 * minuteMs);
    await world.rotate();

    expect(result?.outcome).toBe('rotated');
    expect(world.chainState()).toEqual(whole);
  });

  it.each([2, 10, 35, 100, 200])(
    'answers without one for %d s lose nothing: it is had while the token can be used again',
    async (seconds) => {
      const world = await startDueWorld({ secondUse });
      world.provider.orderFault(odd, { forMs: seconds * secondMs });

      const { result } = await world.deliver();
      world.clock.advance(11 * minuteMs);
      await world.rotate();

      expect(result?.outcome).toBe('rotated');
      expect(stagesOfCurrent(world)).toEqual(['AWSCURRENT']);
      expect(world.chainState()).toEqual(whole);
    },
  );

  it('serves its readers meanwhile: the access token is stored beside the refresh token that was sent', async () => {
    const world = await startDueWorld({ secondUse });
    const { refreshToken, issuedAt } = world.stored.current();
    world.provider.orderFault(odd, 999);

    await expect(world.rotate()).rejects.toMatchObject({ code: 'ProviderUnavailable' });

    const [gauge] = world.telemetry.gauges.slice(-1);
    expect(gauge).toBeUndefined();
    expect(world.stored.current()).toMatchObject({ refreshToken, refreshTokenIssuedAt: issuedAt });
    expect(stagesOfCurrent(world)).toEqual(['AWSCURRENT', 'SFMC_OPEN', 'SFMC_SENT']);
    expect(world.chainState()).toEqual({ chain: 'ending', accessToken: 'valid' });
    expect(world.telemetry.warnings()).toContain(
      'The provider gave no refresh token: it is asked for again',
    );
  });

  it('writes no further version by each delivery while nothing better comes', async () => {
    const world = await startDueWorld({ secondUse });
    world.provider.orderFault(odd, 9_999);

    await world.deliver({ forMs: 5 * minuteMs });

    expect(world.stored.versionCount()).toBeLessThanOrEqual(4);
  });
});

it('a token set in the escrow keeps its place in the chain if its use brings no refresh token', async () => {
  const world = await startDueWorld();
  const { secretStore, provider } = world.effects;
  const refreshToken = world.stored.current().refreshToken ?? '';
  const fail = () => Promise.reject(new StoreFailure('Secrets Manager', 'denied', 'no writes'));
  let requests = 0;
  const odd: typeof provider = {
    ...provider,
    async requestToken(...request) {
      requests += 1;
      const answer = await provider.requestToken(...request);
      if (requests === 1) return { kind: 'noResponse', reason: 'lost' };
      if (requests === 2 || answer.kind !== 'response') return answer;
      const { refreshToken: _, ...rest } = JSON.parse(answer.body ?? '{}');
      return { ...answer, body: JSON.stringify(rest) };
    },
  };

  const memory = new EnvironmentMemory();
  const writing = { secretStore: { ...secretStore, put: fail, moveStage: fail } };
  await world.rotate({}, { memory, provider: odd, ...writing }).catch(() => {});

  const [parked] = memory.of('acme').held;
  expect(requests).toBeGreaterThan(2);
  expect(parked?.parent).toBe(new Redacted(refreshToken).fingerprint);
});
