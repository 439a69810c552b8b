import { Redacted } from '../../../../lambda/core/redacted';
import { EnvironmentMemory } from '../../../../lambda/rotator/memory';
import { type LocalWorld, whole } from '../../../support/localWorld';
import { minuteMs } from '../../../support/simulatedClock';
import { startDueWorld, startSeededWorld } from '../../../support/startWorld';
import { refreshedUnseen } from './invocations';

/** Lets a rotation end with its token set in the escrow; returns how to let writes succeed again. */
async function park(world: LocalWorld): Promise<() => void> {
  const heal = world.aws.orderFault({
    operation: 'PutSecretValue',
    kind: 'unavailable',
    calls: 'untilCancelled',
  });
  await expect(world.rotate()).rejects.toMatchObject({ code: 'StoreUnavailable' });
  world.clock.advance(minuteMs);
  world.startNewEnvironment();
  world.clearRequests();
  return heal;
}

it('is published before anything else by the next invocation, then deleted', async () => {
  const world = await startDueWorld();
  const heal = await park(world);
  const { parent, ...parked } = JSON.parse(world.stored.escrow() ?? '');
  heal();

  const result = await world.rotate();

  expect(result.outcome).toBe('recovered');
  expect(world.requests).toEqual([
    'GetSecretValue',
    'GetParameters',
    'ListSecretVersionIds',
    'PutSecretValue',
    'GetParameters',
    'DeleteParameter',
  ]);
  expect(parent).toMatch(/^[0-9a-f]{8}$/);
  expect(world.stored.current()).toEqual(parked);
  expect(world.stored.escrow()).toBeUndefined();
  expect(world.chainState()).toEqual(whole);
  expect(world.telemetry.counted).toEqual(['EscrowUsed', 'Recovered']);
});

it('is followed by a refresh if its access token is due by then', async () => {
  const world = await startDueWorld();
  const heal = await park(world);
  world.clock.advance(40 * minuteMs);
  heal();

  const result = await world.rotate();

  expect(result.outcome).toBe('recovered');
  expect(world.requests).toEqual([
    'GetSecretValue',
    'GetParameters',
    'ListSecretVersionIds',
    'PutSecretValue',
    'GetParameters',
    'DeleteParameter',
    'POST /v1/requestToken?legacy=1',
    'PutSecretValue',
  ]);
  expect(world.chainState()).toEqual(whole);
});

it('takes what only the environment remembers, as soon as Parameter Store is there again', async () => {
  const world = await startDueWorld();
  world.aws.orderFault({
    operation: 'PutSecretValue',
    kind: 'unavailable',
    calls: 'untilCancelled',
  });
  const heal = world.aws.orderFault({
    operation: 'PutParameter',
    kind: 'unavailable',
    calls: 'untilCancelled',
  });
  const sentAtMs = world.clock.now();
  const memory = new EnvironmentMemory();
  await expect(world.rotate({}, { memory })).rejects.toMatchObject({ code: 'StoreUnavailable' });
  expect(world.stored.escrow()).toBeUndefined();
  heal();
  world.clock.advance(minuteMs);

  await world.rotate({ receiveCount: 2, sentAtMs }, { memory }).catch(() => {});

  expect(world.stored.escrow()).toEqual(expect.any(String));
});

it('holds any refresh token back while it cannot be published', async () => {
  const world = await startDueWorld();
  const heal = await park(world);
  const parked = world.stored.escrow();

  await expect(world.rotate()).rejects.toMatchObject({ code: 'StoreUnavailable' });
  await expect(world.rotate({ force: true })).rejects.toMatchObject({ code: 'StoreUnavailable' });

  expect(world.requests.filter((name) => name.startsWith('POST'))).toEqual([]);
  expect(world.stored.escrow()).toBe(parked);

  heal();
  await world.rotate();

  expect(world.chainState()).toEqual(whole);
});

it('is published though the secret has no value yet', async () => {
  const world = await startSeededWorld();
  const heal = await park(world);
  world.stored.put('{}');
  heal();

  const result = await world.rotate();

  expect(result.outcome).toBe('recovered');
  expect(world.stored.escrow()).toBeUndefined();
  expect(world.chainState()).toEqual(whole);
});

it('is deleted and not published if AWSCURRENT is newer', async () => {
  const world = await startDueWorld();
  const old = JSON.stringify(world.stored.current());
  await world.rotate();
  world.stored.putParameter('escrow', old);
  world.clock.advance(25 * minuteMs);
  world.clearRequests();

  const result = await world.rotate();

  expect(result.outcome).toBe('rotated');
  expect([...world.requests].sort()).toEqual([
    'DeleteParameter',
    'GetParameters',
    'GetParameters',
    'GetSecretValue',
    'POST /v1/requestToken?legacy=1',
    'PutSecretValue',
  ]);
  expect(world.stored.escrow()).toBeUndefined();
  expect(world.chainState()).toEqual(whole);
});

it('is kept from what is not ahead: its descent decides, not the clock of who parked it', async () => {
  const world = await startDueWorld();
  const { refreshToken } = world.stored.current();
  const ahead = refreshedUnseen(world, refreshToken);
  const dates = { issuedAt: '2026-11-23T08:00:00.000Z', expiresAt: '2026-11-23T09:00:00.000Z' };
  const parent = new Redacted(refreshToken ?? '').fingerprint;
  world.stored.putParameter('escrow', JSON.stringify({ ...ahead, ...dates, parent }));

  const { result } = await world.deliver();

  expect(result?.outcome).toBe('recovered');
  expect(world.provider.model.refreshTokenState(ahead.refreshToken ?? '').state).toBe('used');
  expect(world.chainState()).toEqual(whole);
});

it('is not read while the token is fresh', async () => {
  const world = await startDueWorld();
  await world.rotate();
  world.stored.putParameter('escrow', '{}');
  world.clearRequests();

  const result = await world.rotate();

  expect(result.outcome).toBe('fresh');
  expect(world.requests).toEqual(['GetSecretValue']);
});

it('is deleted and not published if it holds what nobody understands', async () => {
  const world = await startDueWorld();
  world.stored.putParameter('escrow', 'no JSON');

  const result = await world.rotate();

  expect(result.outcome).toBe('rotated');
  expect(world.stored.escrow()).toBeUndefined();
  expect(world.chainState()).toEqual(whole);
});

it('is found again after a crash between publishing and deleting', async () => {
  const world = await startDueWorld();
  const heal = await park(world);
  heal();
  world.aws.orderFault({ operation: 'DeleteParameter', kind: 'dropBefore' });
  await world.rotate();
  expect(world.stored.escrow()).toEqual(expect.any(String));
  world.clock.advance(25 * minuteMs);
  world.startNewEnvironment();

  const result = await world.rotate();

  expect(result.outcome).toBe('rotated');
  expect(world.stored.escrow()).toBeUndefined();
  expect(world.chainState()).toEqual(whole);
});
