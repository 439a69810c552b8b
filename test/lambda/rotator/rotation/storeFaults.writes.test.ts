import { type LocalWorld, whole } from '../../../support/localWorld';
import { minuteMs, secondMs } from '../../../support/simulatedClock';
import { startDueWorld } from '../../../support/startWorld';
import { posts } from './invocations';

const passing = ['throttle', 'internal', 'unavailable', 'dropBefore', 'dropAfter'] as const;
const lasting = ['deny', 'denyKms', 'limitExceeded'] as const;

describe('PutSecretValue', () => {
  it.each([...passing, ...lasting])('is repeated after %s in the same invocation', async (kind) => {
    const world = await startDueWorld();
    const versions = world.stored.versionCount();
    world.aws.orderFault({ operation: 'PutSecretValue', kind });

    const result = await world.rotate();

    expect(result).toMatchObject({
      outcome: 'rotated',
      versionId: world.stored.versionOf('AWSCURRENT'),
    });
    expect(posts(world)).toHaveLength(1);
    expect(world.stored.versionCount()).toBe(versions + 1);
    expect(world.stored.escrow()).toBeUndefined();
    expect(world.chainState()).toEqual(whole);
  });

  it.each(['unavailable', 'dropBefore', 'dropAfter', ...lasting] as const)(
    'failing by %s all the time leaves the token set to the next delivery',
    async (kind) => {
      const world = await startDueWorld();
      const cancel = world.aws.orderFault({
        operation: 'PutSecretValue',
        kind,
        calls: 'untilCancelled',
      });
      const sentAtMs = world.clock.now();
      // A write that takes effect and is never answered is no reason to doubt its result.
      const took = kind === 'dropAfter';

      await expect(world.rotate()).rejects.toMatchObject({ code: 'StoreUnavailable' });
      expect(world.stored.escrow()).toEqual(expect.any(String));
      cancel();
      world.clock.advance(minuteMs);
      world.startNewEnvironment();
      const result = await world.rotate({ receiveCount: 2, sentAtMs });

      expect(result.outcome).toBe(took ? 'fresh' : 'recovered');
      expect(posts(world)).toHaveLength(1);
      expect(world.chainState()).toEqual(whole);
    },
  );
});

describe('the escrow', () => {
  it.each([...passing, ...lasting])('is written in spite of %s once', async (kind) => {
    const world = await startDueWorld();
    world.aws.orderFault({ operation: 'PutSecretValue', kind: 'deny', calls: 'untilCancelled' });
    world.aws.orderFault({ operation: 'PutParameter', kind });

    await expect(world.rotate()).rejects.toMatchObject({ code: 'StoreUnavailable' });

    const parked = JSON.parse(world.stored.escrow() ?? '{}');
    expect(world.provider.model.refreshTokenState(parked.refreshToken).state).toBe('unused');
  });

  it.each([...passing, ...lasting])(
    'need not be emptied at once: %s does no harm',
    async (kind) => {
      const world = await startDueWorld();
      world.aws.orderFault({ operation: 'PutSecretValue', kind: 'deny' });
      world.aws.orderFault({ operation: 'DeleteParameter', kind });

      const result = await world.rotate();
      world.clock.advance(25 * minuteMs);
      await world.rotate();

      expect(result.outcome).toBe('rotated');
      expect(world.stored.escrow()).toBeUndefined();
      expect(world.chainState()).toEqual(whole);
    },
  );
});

describe('when both stores fail', () => {
  it.each(['unavailable', 'dropBefore', 'denyKms'] as const)(
    'by %s, the environment publishes what it kept, and uses no token for it',
    async (kind) => {
      const world = await startDueWorld();
      const cancel = failWrites(world, kind);
      const sentAtMs = world.clock.now();

      await expect(world.rotate()).rejects.toMatchObject({ code: 'StoreUnavailable' });
      expect(world.stored.escrow()).toBeUndefined();
      cancel();
      world.clock.advance(20 * secondMs);
      const result = await world.rotate({ receiveCount: 2, sentAtMs });

      expect(result.outcome).toBe('recovered');
      expect(posts(world)).toHaveLength(1);
      expect(world.chainState()).toEqual(whole);
    },
  );

  it.each(['same-successor', 'another-successor', 'revokes-first'] as const)(
    'another environment gets the tokens again inside the five minutes, if a second use gives %s',
    async (secondUse) => {
      const world = await startDueWorld({ secondUse });
      const cancel = failWrites(world, 'unavailable');
      const sentAtMs = world.clock.now();

      await expect(world.rotate()).rejects.toMatchObject({ code: 'StoreUnavailable' });
      cancel();
      world.clock.advance(20 * secondMs);
      world.startNewEnvironment();
      const { result } = await world.deliver({ receiveCount: 2, sentAtMs });

      expect(result?.outcome).toBe('rotated');
      expect(world.chainState()).toEqual(whole);
    },
  );

  it('the environment publishes what it kept though AWSCURRENT still looks fresh', async () => {
    const world = await startDueWorld();
    await world.rotate();
    world.clock.advance(2 * minuteMs);
    const cancel = failWrites(world, 'unavailable');

    await expect(world.rotate({ force: true })).rejects.toMatchObject({ code: 'StoreUnavailable' });
    cancel();
    const result = await world.rotate();

    expect(result.outcome).toBe('recovered');
    expect(world.chainState()).toEqual(whole);
  });

  function failWrites({ aws }: LocalWorld, kind: 'unavailable' | 'dropBefore' | 'denyKms') {
    const cancels = ['PutSecretValue', 'PutParameter'].map((operation) =>
      aws.orderFault({ operation, kind, calls: 'untilCancelled' }),
    );
    return () => {
      for (const cancel of cancels) cancel();
    };
  }
});
