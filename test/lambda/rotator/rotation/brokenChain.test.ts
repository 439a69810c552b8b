import { Redacted } from '../../../../lambda/core/redacted';
import { type LocalWorld, whole } from '../../../support/localWorld';
import { minuteMs } from '../../../support/simulatedClock';
import { startDueWorld } from '../../../support/startWorld';
import { posts } from './invocations';

const fingerprint = (token = '') => new Redacted(token).fingerprint;

async function startBrokenWorld(): Promise<LocalWorld> {
  const world = await startDueWorld();
  world.provider.model.revokeChain(world.provider.refreshToken);
  return world;
}

/** As a person logs in again. */
function newChain({ provider, clock }: LocalWorld): string {
  return provider.model.startChain('user', clock.now());
}

describe('a broken chain', () => {
  it('is reported once all stored tokens were asked about twice: which, since when, and what to do', async () => {
    const world = await startBrokenWorld();
    const { refreshToken } = world.stored.current();
    const refused = [fingerprint(refreshToken), fingerprint(world.provider.refreshToken)];

    const failure = await world.rotate().catch((thrown) => thrown);

    expect(failure).toMatchObject({ code: 'ChainBroken', refusedTokens: refused });
    expect(failure.message).toMatch(
      /^Connection "acme": Marketing Cloud accepts the client credentials and none of the stored refresh tokens since 2026-11-24T08:25:\d\d\.\d{3}Z \(HTTP 401, errorcode 1 .*\)\. The stored one was issued at 2026-11-24T08:00:00\.000Z\./,
    );
    expect(failure.message).toContain('or one login was seeded into two connections');
    for (const token of refused) {
      const asked = world.tokenRequests().filter((request) => request.fingerprint === token);
      const [first = 0, second = 0, ...more] = asked.map(({ atMs }) => atMs);
      expect(second - first).toBeGreaterThanOrEqual(10_000);
      expect(more).toEqual([]);
    }
    const warned = world.telemetry.lines.filter(({ level }) => level === 'warn');
    expect(warned.map(({ fields }) => fields.refreshToken)).toEqual(
      expect.arrayContaining(refused),
    );
  });

  it('is not asked about by the next messages, for 20 minutes', async () => {
    const world = await startBrokenWorld();
    await expect(world.rotate()).rejects.toMatchObject({ code: 'ChainBroken' });
    world.clearRequests();
    for (let tick = 1; tick <= 3; tick++) {
      world.clock.advance(5 * minuteMs);
      await expect(world.rotate()).rejects.toMatchObject({ code: 'ChainBroken' });
    }
    const meanwhile = posts(world);
    world.clock.advance(6 * minuteMs);

    await expect(world.rotate()).rejects.toMatchObject({ code: 'ChainBroken' });

    expect(meanwhile).toEqual([]);
    expect(posts(world).length).toBeGreaterThan(0);
  });

  it('is asked about at once if a person forces a rotation', async () => {
    const world = await startBrokenWorld();
    await expect(world.rotate()).rejects.toMatchObject({ code: 'ChainBroken' });
    world.clock.advance(minuteMs);
    world.clearRequests();

    await expect(world.rotate({ force: true })).rejects.toMatchObject({ code: 'ChainBroken' });

    expect(posts(world).length).toBeGreaterThan(0);
  });

  it('is not asked about by the repetitions of a forced message, which would be a storm', async () => {
    const world = await startBrokenWorld();
    const { failures } = await world.deliver({ force: true, keepsEnvironment: true });

    const refreshes = world.tokenRequests().filter(({ hadRefreshToken }) => hadRefreshToken);
    expect(new Set(failures)).toEqual(new Set(['ChainBroken']));
    expect(refreshes.length).toBeLessThan(10);
  });

  it('overwrites nothing, and leaves the access token to its readers', async () => {
    const world = await startBrokenWorld();
    const before = world.stored.current();

    await expect(world.rotate()).rejects.toMatchObject({ code: 'ChainBroken' });

    expect(world.stored.current()).toEqual(before);
    expect(world.chainState()).toEqual({ chain: 'dead', accessToken: 'valid' });
  });

  it('is repaired by a new refresh token at the next message, which says so', async () => {
    const world = await startBrokenWorld();
    await expect(world.rotate()).rejects.toMatchObject({ code: 'ChainBroken' });
    world.clock.advance(60 * minuteMs);
    world.stored.put({ refreshToken: newChain(world) });
    world.clearRequests();

    const result = await world.rotate();

    expect(result.outcome).toBe('rotated');
    expect(posts(world)).toHaveLength(1);
    expect(world.telemetry.lines).toContainEqual({
      level: 'info',
      message: 'The chain is whole again',
      fields: { brokenSince: expect.stringMatching(/^2026-11-24T08:25:/) },
    });
    expect(world.telemetry.counted).toEqual(['Rotated', 'Recovered']);
    expect(world.chainState()).toEqual(whole);
  });

  it('is not called whole while the access token before it is still fresh', async () => {
    const world = await startDueWorld();
    await world.rotate();
    world.provider.model.revokeChain(world.provider.refreshToken);
    world.clock.advance(2 * minuteMs);
    await expect(world.rotate({ force: true })).rejects.toMatchObject({ code: 'ChainBroken' });
    world.clock.advance(6 * minuteMs);

    const result = await world.rotate().catch(({ code }) => code);

    expect(['ChainBroken', expect.objectContaining({ outcome: 'fresh' })]).toContainEqual(result);
    const said = world.telemetry.lines.map(({ message }) => message);
    expect(said).not.toContain('The chain is whole again');
    expect(world.telemetry.counted).toEqual(['Rotated']);
  });

  it('is looked into to its end, however many labelled versions there are', async () => {
    const world = await startBrokenWorld();
    for (let at = 0; at < 16; at++) {
      world.stored.put({ refreshToken: `dead-${at}` }, [`LABEL_${at}`]);
    }
    const alive = newChain(world);
    world.stored.put({ refreshToken: alive }, ['LABEL_16']);

    const { result } = await world.deliver({ keepsEnvironment: true });

    expect(result?.outcome).toBe('recovered');
    expect(world.chainState()).toEqual(whole);
  });

  it('is another one after a change of clientId: the refusals no longer count', async () => {
    const world = await startBrokenWorld();
    const { url, clientId } = world.provider;
    await expect(world.rotate()).rejects.toMatchObject({ code: 'ChainBroken' });
    world.stored.configure({ authBaseUrl: url, clientId: 'another' });
    await expect(world.rotate()).rejects.toMatchObject({ code: 'CredentialsRejected' });
    world.stored.configure({ authBaseUrl: url, clientId });
    world.clearRequests();

    await expect(world.rotate()).rejects.toMatchObject({ code: 'ChainBroken' });

    expect(posts(world).length).toBeGreaterThan(2);
  });
});
