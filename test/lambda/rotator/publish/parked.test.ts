import { closingReserveMs, storeAttemptMs } from '../../../../lambda/core/limits';
import { parkInEscrow } from '../../../../lambda/rotator/escrow';
import { publish } from '../../../../lambda/rotator/publish';
import type { LocalWorld } from '../../../support/localWorld';
import { startMs } from '../../../support/simulatedClock';
import { startSeededWorld } from '../../../support/startWorld';
import { fingerprints, heldOf, optionsOf } from './tokenSets';

const set = heldOf('refresh');
const stored = {
  accessToken: 'access-beside-refresh',
  refreshToken: 'refresh',
  issuedAt: '2026-11-24T08:00:00.000Z',
  expiresAt: '2026-11-24T09:00:00.000Z',
};

const escrow = (world: LocalWorld) => JSON.parse(world.stored.escrow() ?? 'null');

describe('a token set that Secrets Manager does not take', () => {
  it('goes into the escrow after the second failure, until it is published', async () => {
    const world = await startSeededWorld();
    world.aws.orderFault({ operation: 'PutSecretValue', kind: 'throttle', calls: 3 });

    const published = await publish(world.run(), set, optionsOf(world));

    expect(world.requests).toEqual([
      'PutSecretValue',
      'PutSecretValue',
      'GetParameters',
      'PutParameter',
      'PutSecretValue',
      'PutSecretValue',
      'GetParameters',
      'DeleteParameter',
    ]);
    expect(published).toMatchObject({ kind: 'published', held: [] });
    expect(world.stored.escrow()).toBeUndefined();
    expect(world.telemetry.counted).toEqual(['EscrowUsed']);
  });

  it.each(['deny', 'denyKms', 'encryptionFailure', 'limitExceeded'] as const)(
    'goes there at once after %s',
    async (kind) => {
      const world = await startSeededWorld();
      world.aws.orderFault({ operation: 'PutSecretValue', kind });

      await publish(world.run(), set, optionsOf(world));

      expect(world.requests.slice(0, 3)).toEqual([
        'PutSecretValue',
        'GetParameters',
        'PutParameter',
      ]);
      expect(world.stored.current()).toEqual(stored);
    },
  );

  it('goes there at once if the time for three more calls is not left', async () => {
    const second = async (leftMs: number) => {
      const world = await startSeededWorld();
      world.aws.orderFault({ operation: 'PutSecretValue', kind: 'throttle' });
      const run = world.run({ timeMs: leftMs + closingReserveMs });
      await publish(run, set, optionsOf(world));
      return world.requests.slice(1, 3);
    };

    expect(await second(3 * storeAttemptMs - 1)).toEqual(['GetParameters', 'PutParameter']);
    expect(await second(3 * storeAttemptMs)).toEqual(['PutSecretValue']);
  });

  it('is left there without another write if it is open and stands there already', async () => {
    const world = await startSeededWorld();
    const open = heldOf('refresh', { open: true });
    const run = world.run();
    run.progress.inEscrow = new Set(fingerprints([open]));
    world.aws.orderFault({ operation: 'PutSecretValue', kind: 'deny' });

    const published = await publish(run, open, optionsOf(world, { escrowPresent: true }));

    expect(published).toEqual({ kind: 'parked', held: [open] });
    expect(world.requests).toEqual(['PutSecretValue']);
  });

  it('stays linked to its parent in the escrow that newer ones left no place in memory', async () => {
    const world = await startSeededWorld();
    const run = world.run();
    const rivals = ['parent', 'b', 'c', 'd'].map((name) =>
      heldOf(name, { open: true, parent: '0123abcd' }),
    );
    const [parent = '', refused = ''] = fingerprints(rivals);
    await parkInEscrow(run, rivals.slice(0, 1));
    run.memory.held = rivals;
    const refusal = { count: 2, sinceMs: 0, firstAtMs: 0, lastAtMs: startMs, reason: 'HTTP 401' };
    run.memory.refusals = new Map([[refused, refusal]]);
    world.aws.orderFault({ operation: 'PutSecretValue', kind: 'deny' });

    await publish(run, { ...set, open: true, parent }, optionsOf(world));

    expect(escrow(world).at(-1)).toMatchObject({ refreshToken: 'refresh', parent });
  });

  it('is tried to be parked again while that fails', async () => {
    const world = await startSeededWorld();
    world.aws.orderFault({ service: 'secretsmanager', kind: 'deny', calls: 3 });
    world.aws.orderFault({ operation: 'PutParameter', kind: 'unavailable', calls: 2 });

    await publish(world.run(), set, optionsOf(world));

    expect(world.requests.filter((name) => name === 'PutParameter')).toHaveLength(3);
    expect(world.telemetry.counted).toEqual(['EscrowUsed']);
  });

  it('stays there when Secrets Manager fails until the time is over', async () => {
    const world = await startSeededWorld();
    world.aws.orderFault({ service: 'secretsmanager', kind: 'internal', calls: 'untilCancelled' });
    const run = world.run();

    await expect(publish(run, set, optionsOf(world))).rejects.toMatchObject({
      code: 'StoreUnavailable',
      message:
        'Connection "acme" in us-east-1: Secrets Manager: PutSecretValue of sfmc/acme failed ' +
        'with InternalServiceError. The next invocation tries again. The new token set is parked ' +
        'in /sfmc/acme/escrow; the next invocation publishes it before anything else.',
    });

    expect(escrow(world)).toEqual(stored);
    expect(run.memory.held).toEqual([set]);
    const leftMs = run.deadlineMs - world.clock.now();
    expect(leftMs).toBeGreaterThanOrEqual(storeAttemptMs);
    expect(leftMs).toBeLessThan(3 * storeAttemptMs);
  });

  it('is left there at once if it is open: it can be confirmed from there', async () => {
    const world = await startSeededWorld();
    world.aws.orderFault({ service: 'secretsmanager', kind: 'internal', calls: 'untilCancelled' });

    const published = await publish(world.run(), { ...set, open: true }, optionsOf(world));

    expect(published).toMatchObject({ kind: 'parked', held: [{ open: true }] });
    expect(escrow(world)).toEqual({ ...stored, open: true });
    expect(world.requests.filter((name) => name === 'PutSecretValue')).toHaveLength(2);
  });

  it('stays in the memory of the environment when both stores fail', async () => {
    const world = await startSeededWorld();
    world.aws.orderFault({ kind: 'unavailable', calls: 'untilCancelled' });
    const run = world.run();

    await expect(publish(run, set, optionsOf(world))).rejects.toMatchObject({
      code: 'StoreUnavailable',
      message: expect.stringContaining(
        'Parameter Store did not take it either: the previous refresh token can be used again for ' +
          '5 minutes after its first use, which the next invocations do.',
      ),
    });

    expect(world.stored.escrow()).toBeUndefined();
    expect(run.memory.held).toEqual([set]);
  });

  it('is parked beside what this environment could not park before', async () => {
    const world = await startSeededWorld();
    const run = world.run();
    run.memory.held = [heldOf('rival', { open: true })];
    world.aws.orderFault({ operation: 'PutSecretValue', kind: 'deny', calls: 'untilCancelled' });

    await expect(publish(run, set, optionsOf(world))).rejects.toMatchObject({
      code: 'StoreUnavailable',
    });

    expect(escrow(world)).toMatchObject([{ refreshToken: 'rival', open: true }, stored]);
  });
});

describe('the escrow of a token set that was published', () => {
  it('is deleted if it held nothing else', async () => {
    const world = await startSeededWorld();
    world.stored.putParameter('escrow', JSON.stringify(stored));

    const published = await publish(
      world.run(),
      set,
      optionsOf(world, { held: [set], escrowPresent: true }),
    );

    expect(world.requests).toEqual(['PutSecretValue', 'GetParameters', 'DeleteParameter']);
    expect(published.held).toEqual([]);
    expect(world.stored.escrow()).toBeUndefined();
  });

  it('is deleted if nobody can read it', async () => {
    const world = await startSeededWorld();
    world.stored.putParameter('escrow', 'no JSON');

    await publish(world.run(), set, optionsOf(world, { escrowPresent: true }));

    expect(world.stored.escrow()).toBeUndefined();
  });

  it('keeps a rival that came about at the same time', async () => {
    const world = await startSeededWorld();
    const rival = { ...stored, refreshToken: 'rival' };
    world.stored.putParameter('escrow', JSON.stringify([rival, stored]));

    const published = await publish(
      world.run(),
      { ...set, open: true },
      optionsOf(world, { escrowPresent: true }),
    );

    expect(fingerprints(published.held)).toEqual(fingerprints([heldOf('rival')]));
    expect(escrow(world)).toEqual(rival);
  });

  it('may stay if it cannot be deleted: the token set is published all the same', async () => {
    const world = await startSeededWorld();
    world.stored.putParameter('escrow', JSON.stringify(stored));
    world.aws.orderFault({ operation: 'DeleteParameter', kind: 'deny' });

    const published = await publish(world.run(), set, optionsOf(world, { escrowPresent: true }));

    expect(published.kind).toBe('published');
    expect(world.stored.current()).toEqual(stored);
    expect(world.telemetry.lines).toEqual([
      {
        level: 'warn',
        message: 'The escrow is still there',
        fields: { problem: expect.stringContaining('DeleteParameter of /sfmc/acme/escrow failed') },
      },
    ]);
  });
});
