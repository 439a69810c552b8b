import type { ProviderFault } from '../../../../local/provider/faults';
import { secondUses } from '../../../../local/provider/refreshTokens';
import { whole } from '../../../support/localWorld';
import { startScriptedServer } from '../../../support/scriptedServer';
import { minuteMs, secondMs } from '../../../support/simulatedClock';
import { startDueWorld } from '../../../support/startWorld';
import { posts } from './invocations';

/** What a fault that passes may look like: the request may have been taken up all the same. */
const passing: ProviderFault[] = [
  { kind: 'refuse' },
  { kind: 'dropBefore' },
  { kind: 'dropAfter' },
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
  { kind: 'exchange', takenUp: 'now', answer: 'cut' },
  { kind: 'wrongTypes', member: 'accessToken' },
  { kind: 'wrongTypes', member: 'refreshToken' },
];

/** What a long outage is made of. */
const lasting: ProviderFault[] = [
  { kind: 'refuse' },
  { kind: 'dropAfter' },
  { kind: 'html200' },
  { kind: 'wrongTypes', member: 'accessToken' },
];

const named = (faults: ProviderFault[]) =>
  faults.map((fault) => [JSON.stringify(fault), fault] as const);

describe.each(secondUses)('if a second use gives %s, the rotation', (secondUse) => {
  it.each(named(passing))(
    'gets over %s once, and confirms what came of it in the same invocation',
    async (_, fault) => {
      const world = await startDueWorld({ secondUse });
      world.provider.orderFault(fault);

      const result = await world.rotate();

      expect(result.outcome).toBe('rotated');
      expect(posts(world)).toHaveLength(3);
      const versionId = world.stored.versionOf('AWSCURRENT') ?? '';
      expect(world.stored.stages()[versionId]).toEqual(['AWSCURRENT']);
      expect(world.chainState()).toEqual(whole);
    },
  );

  it.each(named(lasting))(
    'gives up on %s for now, keeps the token, and gets over it a minute later',
    async (_, fault) => {
      const world = await startDueWorld({ secondUse });
      const before = world.stored.current();
      const heal = world.provider.orderFault(fault, { forMs: 50 * secondMs });

      await expect(world.rotate()).rejects.toMatchObject({ code: 'ProviderUnavailable' });
      expect(world.stored.current()).toEqual(before);
      expect(world.stored.salvaged() !== undefined).toBe(fault.kind === 'wrongTypes');

      heal();
      world.clock.advance(20 * secondMs);
      const result = await world.rotate({ receiveCount: 2 });

      expect(result.outcome).toBe('rotated');
      expect(world.chainState()).toEqual(whole);
    },
  );

  it('finds the successor of an answer that could not be used when five minutes are over', async () => {
    const world = await startDueWorld({ secondUse });
    world.provider.orderFault({ kind: 'wrongTypes', member: 'accessToken' }, 999);
    await expect(world.rotate()).rejects.toMatchObject({ code: 'ProviderUnavailable' });
    const salvaged = world.stored.salvaged();
    world.endProviderFaults();
    world.clock.advance(6 * minuteMs);
    world.startNewEnvironment();

    const result = await world.rotate();

    expect(result.outcome).toBe('recovered');
    expect(world.provider.model.refreshTokenState(salvaged ?? '').state).toBe('used');
    expect(world.chainState()).toEqual(whole);
  });
});

it('leaves a token that no longer is a string out if it can be done without', async () => {
  const world = await startDueWorld();
  world.provider.orderFault({ kind: 'wrongTypes', member: 'legacyToken' });

  const result = await world.rotate();

  expect(result.outcome).toBe('rotated');
  expect(posts(world)).toHaveLength(1);
  expect(world.stored.current()).not.toHaveProperty('legacyToken');
  expect(world.chainState()).toEqual(whole);
});

describe('a request that the provider turns down', () => {
  it('for the moment, by its rate limit, was not taken up: its repetition is the first use', async () => {
    const world = await startDueWorld();
    world.provider.orderFault({ kind: 'rateLimit', retryAfterSeconds: 2 });

    const result = await world.rotate();

    expect(result.outcome).toBe('rotated');
    expect(posts(world)).toHaveLength(2);
    expect(world.clock.sleptMs).toEqual([2 * secondMs]);
    expect(world.chainState()).toEqual(whole);
  });

  it.each([400, 403, 404, 415])(
    'for good (%d), in its own words, is not repeated, and nothing is lost',
    async (status) => {
      const world = await startDueWorld();
      const before = world.stored.current();
      world.provider.orderFault({ kind: 'status', status });

      await expect(world.rotate()).rejects.toMatchObject({ code: 'InvalidConfig' });

      expect(posts(world)).toHaveLength(1);
      expect(world.stored.current()).toEqual(before);
      expect(world.chainState()).toEqual(whole);
    },
  );

  it('by a redirect is repeated where it was sent to, and the redirect not followed', async () => {
    const elsewhere = await startScriptedServer();
    const world = await startDueWorld();
    world.provider.orderFault({ kind: 'redirect', location: `${elsewhere.url}/v1/requestToken` });

    const result = await world.rotate();

    expect(result.outcome).toBe('rotated');
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
