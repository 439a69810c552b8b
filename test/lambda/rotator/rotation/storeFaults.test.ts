import type { FaultKind } from '../../../../local/aws/faults';
import { type LocalWorld, whole } from '../../../support/localWorld';
import { minuteMs } from '../../../support/simulatedClock';
import { startDueWorld } from '../../../support/startWorld';

const passing = ['throttle', 'internal', 'unavailable', 'dropBefore', 'dropAfter'] as const;
const lasting = ['deny', 'denyKms', 'limitExceeded'] as const;
type Refusal = Exclude<FaultKind, 'slow'>;

const posts = ({ requests }: LocalWorld) => requests.filter((name) => name.startsWith('POST'));

/** Lets the chain's last token be refused, so that the rotation has to look for another. */
async function startStrandedWorld(): Promise<LocalWorld> {
  const world = await startDueWorld();
  await world.step('createSecret', '11111111-2222-3333-4444-555555555555');
  world.clock.advance(6 * minuteMs);
  world.startNewContainer();
  world.clearRequests();
  return world;
}

describe.each(['GetSecretValue', 'GetParameters'])('%s', (operation) => {
  it.each(passing)('is repeated after %s, and the rotation goes on', async (kind) => {
    const world = await startDueWorld();
    world.aws.orderFault({ operation, kind });

    const result = await world.rotate();

    expect(result.outcome).toBe('rotated');
    expect(world.requests).toHaveLength(5);
    expect(world.chainState()).toEqual(whole);
  });

  it.each(lasting)(
    'after %s ends the invocation: no token is sent, the next one heals',
    async (kind) => {
      const world = await startDueWorld();
      world.aws.orderFault({ operation, kind });

      await expect(world.rotate()).rejects.toMatchObject({ code: 'StoreUnavailable' });
      expect(posts(world)).toEqual([]);
      const result = await world.rotate();

      expect(result.outcome).toBe('rotated');
      expect(world.chainState()).toEqual(whole);
    },
  );

  it.each(['throttle', 'dropAfter', 'deny'] as const)(
    'failing by %s all the time sends no token',
    async (kind) => {
      const world = await startDueWorld();
      const before = world.stored.current();
      world.aws.orderFault({ operation, kind, calls: 'untilCancelled' });

      await expect(world.rotate()).rejects.toMatchObject({ code: 'StoreUnavailable' });

      expect(posts(world)).toEqual([]);
      expect(world.stored.current()).toEqual(before);
      expect(world.chainState()).toEqual(whole);
    },
  );
});

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
    'failing by %s all the time leaves the token set to the next invocation',
    async (kind) => {
      const world = await startDueWorld();
      const cancel = world.aws.orderFault({
        operation: 'PutSecretValue',
        kind,
        calls: 'untilCancelled',
      });
      // A write that takes effect and is never answered is no reason to doubt its result.
      const took = kind === 'dropAfter';

      await expect(world.rotate()).rejects.toMatchObject({ code: 'StoreUnavailable' });
      expect(world.stored.escrow()).toEqual(expect.any(String));
      cancel();
      world.clock.advance(minuteMs);
      world.startNewContainer();
      const result = await world.rotate();

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
    'by %s, the container publishes what it kept, and uses no token for it',
    async (kind) => {
      const world = await startDueWorld();
      const cancel = failWrites(world, kind);

      await expect(world.rotate()).rejects.toMatchObject({ code: 'StoreUnavailable' });
      expect(world.stored.escrow()).toBeUndefined();
      cancel();
      world.clock.advance(minuteMs);
      const result = await world.rotate();

      expect(result.outcome).toBe('recovered');
      expect(posts(world)).toHaveLength(1);
      expect(world.chainState()).toEqual(whole);
    },
  );

  it.each(['same-successor', 'another-successor', 'revokes-first'] as const)(
    'another container gets the tokens anew inside the five minutes, where a second use gives %s',
    async (secondUse) => {
      const world = await startDueWorld({ secondUse });
      const cancel = failWrites(world, 'unavailable');

      await expect(world.rotate()).rejects.toMatchObject({ code: 'StoreUnavailable' });
      cancel();
      world.clock.advance(minuteMs);
      world.startNewContainer();
      const result = await world.rotate();

      expect(result.outcome).toBe('rotated');
      expect(world.chainState()).toEqual(whole);
    },
  );

  it('the container publishes what it kept though AWSCURRENT still looks fresh', async () => {
    const world = await startDueWorld();
    await world.rotate();
    world.clock.advance(minuteMs);
    const cancel = failWrites(world, 'unavailable');

    await expect(world.rotate({ force: true })).rejects.toMatchObject({ code: 'StoreUnavailable' });
    cancel();
    const result = await world.rotate();

    expect(result.outcome).toBe('recovered');
    expect(world.chainState()).toEqual(whole);
  });

  function failWrites({ aws }: LocalWorld, kind: Refusal): () => void {
    const cancels = ['PutSecretValue', 'PutParameter'].map((operation) =>
      aws.orderFault({ operation, kind, calls: 'untilCancelled' }),
    );
    return () => {
      for (const cancel of cancels) cancel();
    };
  }
});

describe('the search for another refresh token', () => {
  it.each(passing)('gets over %s of the list', async (kind) => {
    const world = await startStrandedWorld();
    world.aws.orderFault({ operation: 'ListSecretVersionIds', kind });

    const result = await world.rotate();

    expect(result.outcome).toBe('recovered');
    expect(world.chainState()).toEqual(whole);
  });

  it.each(lasting)('is taken up by the next invocation after %s of the list', async (kind) => {
    const world = await startStrandedWorld();
    world.aws.orderFault({ operation: 'ListSecretVersionIds', kind });

    await expect(world.rotate()).rejects.toMatchObject({ code: 'StoreUnavailable' });
    const asked = posts(world).length;
    const result = await world.rotate();

    expect(result.outcome).toBe('recovered');
    expect(posts(world)).toHaveLength(asked);
    expect(world.chainState()).toEqual(whole);
  });

  it.each([...passing, ...lasting])('goes on after %s of a version', async (kind) => {
    const world = await startStrandedWorld();
    const { secretStore } = world.effects;
    let struck = false;
    const failing: typeof secretStore = {
      ...secretStore,
      readVersion(...version) {
        if (!struck) world.aws.orderFault({ operation: 'GetSecretValue', kind });
        struck = true;
        return secretStore.readVersion(...version);
      },
    };

    // What may not pass ends the invocation; the next one goes on from there.
    await world.rotate({}, { secretStore: failing }).catch(() => undefined);
    const asked = posts(world).length;
    await world.rotate({}, { secretStore: failing });

    expect(struck).toBe(true);
    expect(posts(world)).toHaveLength(asked);
    expect(world.chainState()).toEqual(whole);
  });

  it.each([...passing, ...lasting])('does not need AWSPENDING to be removed (%s)', async (kind) => {
    const world = await startStrandedWorld();
    world.aws.orderFault({ operation: 'UpdateSecretVersionStage', kind });

    const result = await world.rotate();

    expect(result.outcome).toBe('recovered');
    expect(world.telemetry.warnings()).toContain(
      'AWSPENDING is still on a version that is done with',
    );
    expect(world.chainState()).toEqual(whole);
  });
});
