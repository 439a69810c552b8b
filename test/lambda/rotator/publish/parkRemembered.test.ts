import { fingerprintOf } from '../../../../lambda/core/held';
import { closingReserveMs, storeAttemptMs } from '../../../../lambda/core/limits';
import { parkInEscrow, parkRemembered } from '../../../../lambda/rotator/escrow';
import { startSeededWorld } from '../../../support/startWorld';
import { heldOf } from './tokenSets';

const set = heldOf('refresh');

async function startRemembering(timeMs = 40_000) {
  const world = await startSeededWorld();
  const run = world.run({ timeMs });
  run.memory.held = [set];
  return { world, run };
}

describe('what an environment alone remembers', () => {
  it('is parked once in an invocation', async () => {
    const { world, run } = await startRemembering();

    await parkRemembered(run);
    run.memory.held = [set, heldOf('next')];
    await parkRemembered(run);

    expect(world.requests).toEqual(['GetParameters', 'PutParameter']);
    expect(world.stored.escrow()).toContain('"refresh"');
  });

  it('is not parked if the escrow is known to hold all of it', async () => {
    const { world, run } = await startRemembering();
    run.progress.inEscrow = new Set([fingerprintOf(set)]);

    await parkRemembered(run);
    expect(world.requests).toEqual([]);

    run.memory.held = [set, heldOf('next')];
    await parkRemembered(run);
    expect(world.requests).toEqual(['GetParameters', 'PutParameter']);
  });

  it('is not parked if it is nothing, or if there is no time to read and write', async () => {
    const enoughMs = 2 * storeAttemptMs + closingReserveMs;
    const requests = async (timeMs: number, held = [set]) => {
      const { world, run } = await startRemembering(timeMs);
      run.memory.held = held;
      await parkRemembered(run);
      return world.requests.length;
    };

    expect(await requests(enoughMs)).toBe(2);
    expect(await requests(enoughMs - 1)).toBe(0);
    expect(await requests(enoughMs, [])).toBe(0);
  });

  it('is parked by the next try if the store did not take it', async () => {
    const { world, run } = await startRemembering();
    world.aws.orderFault({ operation: 'PutParameter', kind: 'deny' });

    await parkRemembered(run);
    expect(world.stored.escrow()).toBeUndefined();
    await parkRemembered(run);
    expect(world.stored.escrow()).toContain('"refresh"');
  });
});

it('an error that no store has said is not taken for one', async () => {
  const { world, run } = await startRemembering();
  const ended = new Error('the invocation ended');
  const fail = () => Promise.reject(ended);
  const store = world.effects.parameterStore();
  const rivals = ['a', 'b', 'c', 'd', 'e'].map((name) => heldOf(name, { open: true }));

  const parking = { ...run, parameterStore: () => ({ ...store, writeSecure: fail }) };
  await expect(parkRemembered(parking)).rejects.toBe(ended);

  const displacing = { ...run, secretStore: { ...world.effects.secretStore, put: fail } };
  await expect(parkInEscrow(displacing, rivals)).rejects.toBe(ended);
});

it('what stands in the escrow already is not written again, and is known to be there', async () => {
  const world = await startSeededWorld();
  await parkInEscrow(world.run(), [set]);
  world.clearRequests();
  const run = world.run();

  const kept = await parkInEscrow(run, [set]);

  expect(world.requests).toEqual(['GetParameters']);
  expect(kept.map(fingerprintOf)).toEqual([fingerprintOf(set)]);
  expect([...run.progress.inEscrow]).toEqual([fingerprintOf(set)]);
});

it('a full escrow whose oldest finds no version of its own says so', async () => {
  const world = await startSeededWorld();
  const rivals = ['a', 'b', 'c', 'd', 'e'].map((name) => heldOf(name, { open: true }));
  world.aws.orderFault({ operation: 'PutSecretValue', kind: 'deny' });

  await parkInEscrow(world.run(), rivals);

  expect(world.telemetry.lines).toEqual([
    {
      level: 'warn',
      message: 'The escrow is full, and Secrets Manager takes no version of its own',
      fields: {
        refreshToken: fingerprintOf(rivals[0] ?? set),
        problem: expect.stringContaining('PutSecretValue of sfmc/acme'),
      },
    },
  ]);
});
