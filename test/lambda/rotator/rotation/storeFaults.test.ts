import { storeAttemptMs } from '../../../../lambda/core/limits';
import { StoreFailure } from '../../../../lambda/effects/storeFailure';
import { EnvironmentMemory } from '../../../../lambda/rotator/memory';
import { whole } from '../../../support/localWorld';
import { minuteMs, secondMs } from '../../../support/simulatedClock';
import { startDueWorld } from '../../../support/startWorld';
import { dieBeforeStoring, posts } from './invocations';

const passing = ['throttle', 'internal', 'unavailable', 'dropBefore', 'dropAfter'] as const;
const lasting = ['deny', 'denyKms', 'limitExceeded'] as const;

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
    'after %s ends the first delivery: no token is sent, the next one heals',
    async (kind) => {
      const world = await startDueWorld();
      world.aws.orderFault({ operation, kind });

      const { result, failures } = await world.deliver();

      expect(failures).toEqual(['StoreUnavailable']);
      expect(result?.outcome).toBe('rotated');
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

  it.each(lasting)(
    'that fails by %s is tried to the deadline by a repetition: the token may have been used',
    async (kind) => {
      const world = await startDueWorld();
      const sentAtMs = world.clock.now();
      await dieBeforeStoring(world);
      world.clock.advance(minuteMs);
      const startedAtMs = world.clock.now();
      world.aws.orderFault({ operation, kind, calls: 'untilCancelled' });

      await expect(world.rotate({ receiveCount: 2, sentAtMs })).rejects.toMatchObject({
        code: 'StoreUnavailable',
      });

      const tookMs = world.clock.now() - startedAtMs;
      expect(tookMs).toBeGreaterThan(40 * secondMs - 4 * storeAttemptMs);
    },
  );

  it.each(lasting)('that fails by %s for a while loses nothing after a death', async (kind) => {
    const world = await startDueWorld();
    const sentAtMs = world.clock.now();
    await dieBeforeStoring(world);
    world.clock.advance(minuteMs);
    world.aws.orderFault({ operation, kind, calls: 5 });

    const result = await world.rotate({ receiveCount: 2, sentAtMs });

    expect(result.outcome).toBe('rotated');
    expect(world.chainState()).toEqual(whole);
  });
});

describe('one of the two stores out from a lost answer until six minutes later', () => {
  it.each([
    ['Secrets Manager', { service: 'secretsmanager' }],
    ['Secrets Manager, its reads alone,', { operation: 'GetSecretValue' }],
    ['Secrets Manager, its writes alone,', { operation: 'PutSecretValue' }],
    ['Parameter Store', { service: 'ssm' }],
  ] as const)(
    '(%s) is done without by the environment that has seen it all: no successor is lost',
    async (_, which) => {
      const world = await startDueWorld();
      const sentAtMs = world.clock.now();
      world.provider.orderFault({ kind: 'dropAfter' });
      const heal = world.provider.orderFault({ kind: 'dropBefore' }, { forMs: 50 * secondMs });
      await expect(world.rotate()).rejects.toMatchObject({ code: 'ProviderUnavailable' });
      heal();
      world.clock.advance(20 * secondMs);
      const cancel = world.aws.orderFault({ ...which, kind: 'internal', calls: 'untilCancelled' });
      const repeated = { receiveCount: 2, sentAtMs, keepsEnvironment: true };
      const outage = await world.deliver({ ...repeated, forMs: 6 * minuteMs });
      cancel();

      if (outage.result === undefined) await world.deliver({ ...repeated, receiveCount: 7 });

      expect(world.chainState()).toEqual(whole);
    },
  );
});

describe('Secrets Manager out of reach from a lost answer until six minutes later', () => {
  it('is done without by the environment that sent the token, though another one serves in turn', async () => {
    const world = await startDueWorld();
    const sentAtMs = world.clock.now();
    const [own, others] = [new EnvironmentMemory(), new EnvironmentMemory()];
    const heal = world.provider.orderFault({ kind: 'dropAfter' }, { forMs: 50 * secondMs });
    await expect(world.rotate({}, { memory: own })).rejects.toMatchObject({
      code: 'ProviderUnavailable',
    });
    heal();
    const service = { service: 'secretsmanager', kind: 'internal' } as const;
    const cancel = world.aws.orderFault({ ...service, calls: 'untilCancelled' });
    for (let receiveCount = 2; receiveCount <= 6; receiveCount++) {
      const deliveredAtMs = sentAtMs + (receiveCount - 1) * minuteMs;
      world.clock.advance(deliveredAtMs - world.clock.now());
      const memory = receiveCount % 2 === 0 ? others : own;
      await world.rotate({ receiveCount, sentAtMs }, { memory }).catch(() => {});
    }
    cancel();

    await world.deliver({ receiveCount: 7, sentAtMs });

    expect(world.chainState()).toEqual(whole);
  });
});

it('Secrets Manager out of reach after a direct invocation is done without by the message that goes on with it', async () => {
  const world = await startDueWorld();
  const memory = new EnvironmentMemory();
  const sentAtMs = world.clock.now();
  const heal = world.provider.orderFault({ kind: 'dropAfter' }, { forMs: 50 * secondMs });
  await expect(world.rotateByHand({}, { memory })).rejects.toMatchObject({
    code: 'ProviderUnavailable',
  });
  heal();
  const service = { service: 'secretsmanager', kind: 'internal' } as const;
  const cancel = world.aws.orderFault({ ...service, calls: 'untilCancelled' });
  const goingOn = { sentAtMs, isFollowUp: true };
  for (let receiveCount = 2; receiveCount <= 6; receiveCount++) {
    world.clock.advance(sentAtMs + (receiveCount - 1) * minuteMs - world.clock.now());
    await world.rotate({ ...goingOn, receiveCount }, { memory }).catch(() => {});
  }
  cancel();

  await world.deliver({ ...goingOn, receiveCount: 7 });

  expect(world.chainState()).toEqual(whole);
});

it('an AWSCURRENT that a repetition is denied is asked for until its time is over: a successor may be missing', async () => {
  const world = await startDueWorld();
  const { secretStore, clock } = world.effects;
  const startedAtMs = clock.now();
  const denying: typeof secretStore = {
    ...secretStore,
    readCurrent: (...read) =>
      clock.now() < startedAtMs + 20 * secondMs
        ? Promise.reject(new StoreFailure('Secrets Manager', 'denied', 'no reads'))
        : secretStore.readCurrent(...read),
  };
  const sentAtMs = startedAtMs - 6 * minuteMs;

  const result = await world.rotate({ receiveCount: 7, sentAtMs }, { secretStore: denying });

  expect(result.outcome).toBe('rotated');
  expect(clock.now() - startedAtMs).toBeLessThan(40 * secondMs);
});

it('stores that answer nothing at all end no invocation after its time, whatever it remembers', async () => {
  const world = await startDueWorld();
  const memory = new EnvironmentMemory();
  world.aws.orderFault({ operation: 'PutSecretValue', kind: 'internal', calls: 'untilCancelled' });
  world.aws.orderFault({ operation: 'PutParameter', kind: 'internal', calls: 'untilCancelled' });
  await expect(world.rotate({}, { memory })).rejects.toMatchObject({ code: 'StoreUnavailable' });
  const { secretStore, parameterStore } = world.effects;
  const hang = async () => {
    await world.clock.sleep(storeAttemptMs);
    throw new StoreFailure('Secrets Manager', 'transient', 'no answer');
  };
  const hanging = {
    secretStore: { ...secretStore, readCurrent: hang, listVersions: hang, put: hang },
    parameterStore: () => ({ ...parameterStore(), read: hang, writeSecure: hang }),
  };

  for (let timeMs = 10 * secondMs; timeMs < 14 * secondMs; timeMs += 250) {
    const startedAtMs = world.clock.now();
    const message = { receiveCount: 2, sentAtMs: startedAtMs - minuteMs };
    const delivery = world.rotate(message, { memory, timeMs, ...hanging });
    await expect(delivery).rejects.toMatchObject({ code: 'StoreUnavailable' });
    expect(world.clock.now() - startedAtMs).toBeLessThanOrEqual(timeMs);
  }
});
