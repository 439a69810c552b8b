import type { Fault } from '../../../../local/provider/faults';
import { SECOND_USES } from '../../../../local/provider/refreshTokens';
import { whole } from '../../../support/localWorld';
import { startScriptedServer } from '../../../support/scriptedServer';
import { minuteMs } from '../../../support/simulatedClock';
import { startDueWorld } from '../../../support/startWorld';

/** What a fault that passes may look like; the token may have been consumed or not. */
const passing: Fault[] = [
  { kind: 'refuse' },
  { kind: 'dropBefore' },
  { kind: 'dropAfter' },
  { kind: 'rateLimit', retryAfterSeconds: 2 },
  { kind: 'internal', consumed: false },
  { kind: 'internal', consumed: true },
  { kind: 'unavailable', consumed: false, retryAfterSeconds: 3 },
  { kind: 'unavailable', consumed: true },
  { kind: 'status596', consumed: true },
  { kind: 'status', status: 408 },
  { kind: 'empty200' },
  { kind: 'html200' },
  { kind: 'invalidJson200' },
  { kind: 'oversized' },
  { kind: 'noRefreshToken' },
  { kind: 'badExpiresIn', value: -1 },
  { kind: 'wrongTypes', member: 'accessToken' },
  { kind: 'wrongTypes', member: 'legacyToken' },
  { kind: 'wrongTypes', member: 'refreshToken' },
];

/** Those that a long outage is made of: consumed or not, with a successor in the answer or not. */
const lasting: Fault[] = [
  { kind: 'refuse' },
  { kind: 'dropAfter' },
  { kind: 'html200' },
  { kind: 'badExpiresIn', value: -1 },
  { kind: 'wrongTypes', member: 'accessToken' },
];
const namesSuccessor = ({ kind }: Fault) => kind === 'badExpiresIn' || kind === 'wrongTypes';

const named = (faults: Fault[]) => faults.map((fault) => [JSON.stringify(fault), fault] as const);

describe.each(SECOND_USES)('where a second use gives %s, the rotation', (secondUse) => {
  it.each(named(passing))('gets over %s once, within the invocation', async (_, fault) => {
    const world = await startDueWorld({ secondUse });
    const before = world.tokenRequests().length;
    world.provider.orderFault(fault);

    const result = await world.rotate();

    expect(result.outcome).toBe('rotated');
    // A refused connection is reset before the simulator counts it as a request.
    expect(world.requests.filter((request) => request.startsWith('POST'))).toHaveLength(2);
    expect(world.tokenRequests().length - before).toBeLessThanOrEqual(2);
    expect(world.chainState()).toEqual(whole);
  });

  it.each(named(lasting))(
    'gives up on %s for now, keeps the token, and gets over it a minute later',
    async (_, fault) => {
      const world = await startDueWorld({ secondUse });
      const before = world.stored.current();
      world.provider.orderFault(fault, 99);

      await expect(world.rotate()).rejects.toMatchObject({ code: 'ProviderUnavailable' });
      expect(world.stored.current()).toEqual(before);
      expect(world.stored.salvaged() !== undefined).toBe(namesSuccessor(fault));

      world.endProviderFaults();
      world.clock.advance(minuteMs);
      const result = await world.rotate();

      expect(result.outcome).toBe('rotated');
      expect(world.chainState()).toEqual(whole);
    },
  );

  it.each(named(lasting.filter(namesSuccessor)))(
    'finds the successor of %s again when five minutes are over',
    async (_, fault) => {
      const world = await startDueWorld({ secondUse });
      world.provider.orderFault(fault, 99);
      await expect(world.rotate()).rejects.toMatchObject({ code: 'ProviderUnavailable' });
      const salvaged = world.stored.salvaged();
      world.endProviderFaults();
      world.clock.advance(6 * minuteMs);
      world.startNewContainer();

      const result = await world.rotate();

      expect(result.outcome).toBe('recovered');
      expect(world.provider.model.refreshTokenState(salvaged ?? '').state).toBe('used');
      expect(world.chainState()).toEqual(whole);
    },
  );

  it('stores the access token beside the old refresh token while none comes with it', async () => {
    const world = await startDueWorld({ secondUse });
    const { refreshToken } = world.stored.current();
    world.provider.orderFault({ kind: 'noRefreshToken' }, 99);

    const result = await world.rotate();

    expect(result.outcome).toBe('rotated');
    expect(world.stored.current().refreshToken).toBe(refreshToken);
    // The provider takes the old one again for the rest of its five minutes.
    expect(world.chainState()).toEqual({ chain: 'ending', accessToken: 'valid' });
    expect(world.telemetry.warnings()).toEqual([
      'The provider gave no refresh token; the access token is stored beside the previous one',
    ]);
  });

  it('goes on counting the age of a refresh token that is kept', async () => {
    const world = await startDueWorld({ secondUse });
    const { issuedAt } = world.stored.current();
    world.provider.orderFault({ kind: 'noRefreshToken' }, 99);

    await world.rotate();

    const [gauge] = world.telemetry.gauges.slice(-1);
    expect(gauge?.refreshTokenAgeSeconds).toBeGreaterThanOrEqual(25 * 60);
    expect(world.stored.current()).toMatchObject({ refreshTokenIssuedAt: issuedAt });
    world.endProviderFaults();
    await world.rotate({ force: true });
    expect(world.stored.current()).not.toHaveProperty('refreshTokenIssuedAt');
  });
});

describe('a request that the provider turns down', () => {
  it.each([400, 403, 404, 415])(
    'for good (%d) is not repeated, and nothing is lost',
    async (status) => {
      const world = await startDueWorld();
      const before = world.stored.current();
      world.provider.orderFault({ kind: 'status', status });

      await expect(world.rotate()).rejects.toMatchObject({ code: 'InvalidConfig' });

      expect(world.requests.filter((request) => request.startsWith('POST'))).toHaveLength(1);
      expect(world.stored.current()).toEqual(before);
      expect(world.chainState()).toEqual(whole);
    },
  );

  it('by a redirect is not followed, and nothing is lost', async () => {
    const elsewhere = await startScriptedServer();
    const world = await startDueWorld();
    world.provider.orderFault({ kind: 'redirect', location: `${elsewhere.url}/v1/requestToken` });

    await expect(world.rotate()).rejects.toMatchObject({
      code: 'InvalidConfig',
      message: expect.stringContaining('turned the token request down with a redirect (HTTP 307)'),
    });

    expect(elsewhere.received).toEqual([]);
    expect(world.chainState()).toEqual(whole);
  });

  it('by asking for too long a wait is left to the next invocation', async () => {
    const world = await startDueWorld();
    world.provider.orderFault({ kind: 'rateLimit', retryAfterSeconds: 3_600 });

    await expect(world.rotate()).rejects.toMatchObject({ code: 'ProviderUnavailable' });

    expect(world.clock.sleptMs).toEqual([]);
    expect(world.chainState()).toEqual(whole);
  });
});

it('waits as long as Retry-After asks before it sends the token again', async () => {
  const world = await startDueWorld();
  world.provider.orderFault({ kind: 'rateLimit', retryAfterSeconds: 7 });

  await world.rotate();

  const [first = 0, second = 0] = world
    .tokenRequests()
    .slice(-2)
    .map(({ atMs }) => atMs);
  expect(second - first).toBe(7_000);
});
