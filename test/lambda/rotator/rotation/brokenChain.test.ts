import { Redacted } from '../../../../lambda/core/redacted';
import { type LocalWorld, whole } from '../../../support/localWorld';
import { minuteMs } from '../../../support/simulatedClock';
import { startDueWorld, startSeededWorld } from '../../../support/startWorld';

const posts = ({ requests }: LocalWorld) => requests.filter((name) => name.startsWith('POST'));
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
  it('is told once all stored tokens were tried: which, since when, and how to mend it', async () => {
    const world = await startBrokenWorld();
    const { refreshToken } = world.stored.current();
    const refused = [fingerprint(refreshToken), fingerprint(world.provider.refreshToken)];

    await expect(world.rotate()).rejects.toMatchObject({
      code: 'ChainBroken',
      message:
        'Connection "acme": the provider accepts the client credentials and none of the stored ' +
        'refresh tokens since 2026-11-24T08:25:00.000Z. The stored one was issued at ' +
        `2026-11-24T08:00:00.000Z. Refused (SHA-256): ${refused.join(', ')}. None of them is ` +
        'sent again. What to do, step by step: npm run ops -- recover acme',
    });

    expect(posts(world)).toHaveLength(3);
    const warned = world.telemetry.lines.filter(({ level }) => level === 'warn');
    expect(warned.map(({ fields }) => fields.refreshToken)).toEqual(refused);
  });

  it('sends nothing on the next invocations of the same container', async () => {
    const world = await startBrokenWorld();
    await expect(world.rotate()).rejects.toMatchObject({ code: 'ChainBroken' });
    const message = await world.rotate().catch(({ message }) => message);
    world.clearRequests();
    world.clock.advance(5 * minuteMs);

    await expect(world.rotate()).rejects.toMatchObject({ code: 'ChainBroken', message });
    await expect(world.rotate({ force: true })).rejects.toMatchObject({ code: 'ChainBroken' });

    expect(posts(world)).toEqual([]);
  });

  it('overwrites nothing, and leaves the access token to its readers', async () => {
    const world = await startBrokenWorld();
    const before = world.stored.stages();

    await expect(world.rotate()).rejects.toMatchObject({ code: 'ChainBroken' });

    expect(world.stored.stages()).toEqual(before);
    expect(world.chainState()).toEqual({ chain: 'dead', accessToken: 'valid' });
  });

  it('is mended by a new refresh token at the next invocation, which says so', async () => {
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
      fields: { brokenSince: '2026-11-24T08:25:00.000Z' },
    });
    expect(world.telemetry.counted).toEqual(['Rotated', 'Recovered']);
    expect(world.chainState()).toEqual(whole);
  });

  it('is not called whole while the access token before it is still fresh', async () => {
    const world = await startDueWorld();
    await world.rotate();
    world.provider.model.revokeChain(world.provider.refreshToken);
    await expect(world.rotate({ force: true })).rejects.toMatchObject({ code: 'ChainBroken' });
    world.clock.advance(6 * minuteMs);

    const result = await world.rotate();

    expect(result.outcome).toBe('fresh');
    const said = world.telemetry.lines.map(({ message }) => message);
    expect(said).not.toContain('The chain is whole again');
    expect(world.telemetry.counted).toEqual(['Rotated']);
  });

  it('is looked into to its end, however many labelled versions there are', async () => {
    const world = await startBrokenWorld();
    for (let at = 0; at < 18; at++) {
      world.stored.put({ refreshToken: `dead-${at}` }, [`LABEL_${at}`]);
    }

    await expect(world.rotate()).rejects.toMatchObject({ code: 'ChainBroken' });
  });

  it('is another one after a change of clientId: the refusals no longer count', async () => {
    const world = await startDueWorld();
    const { url, clientId, clientSecret } = world.provider;
    world.provider.model.revokeChain(world.provider.refreshToken);
    await expect(world.rotate()).rejects.toMatchObject({ code: 'ChainBroken' });
    world.clearRequests();
    world.stored.configure({ authBaseUrl: url, clientId: 'another' });

    await expect(world.rotate()).rejects.toMatchObject({ code: 'CredentialsRejected' });
    world.stored.configure({ authBaseUrl: url, clientId });
    world.stored.putParameter('client-secret', clientSecret);

    await expect(world.rotate()).rejects.toMatchObject({ code: 'ChainBroken' });
    expect(posts(world).length).toBeGreaterThan(2);
  });
});

describe('a connection that allows it', () => {
  async function startReissuingWorld(): Promise<LocalWorld> {
    const world = await startBrokenWorld();
    const { url: authBaseUrl, clientId } = world.provider;
    world.stored.configure({ authBaseUrl, clientId, onBrokenChain: 'reissue' });
    return world;
  }

  it('gets a new chain by its credentials', async () => {
    const world = await startReissuingWorld();

    const result = await world.rotate();

    expect(result.outcome).toBe('reissued');
    const { accessToken = '' } = world.stored.current();
    expect(world.provider.model.accessTokenContext(accessToken)).toBe('client-credentials');
    expect(world.telemetry.counted).toEqual(['Reissued']);
    expect(world.chainState()).toEqual(whole);
  });

  it('goes on with the new chain', async () => {
    const world = await startReissuingWorld();
    await world.rotate();
    world.clock.advance(25 * minuteMs);

    const result = await world.rotate();

    expect(result.outcome).toBe('rotated');
    expect(world.chainState()).toEqual(whole);
  });

  it('serves its readers though no refresh token comes with it, and asks again when due', async () => {
    const world = await startReissuingWorld();
    world.provider.orderFault({ kind: 'noRefreshToken' }, 99);

    const first = await world.rotate();
    world.endProviderFaults();
    const { accessToken } = world.chainState();
    world.clock.advance(25 * minuteMs);
    const second = await world.rotate();

    expect([first.outcome, second.outcome]).toEqual(['reissued', 'reissued']);
    expect(accessToken).toBe('valid');
    expect(world.chainState()).toEqual(whole);
  });

  it('does not while a stored refresh token is accepted', async () => {
    const world = await startDueWorld();
    const { url: authBaseUrl, clientId } = world.provider;
    world.stored.configure({ authBaseUrl, clientId, onBrokenChain: 'reissue' });

    const result = await world.rotate();

    expect(result.outcome).toBe('rotated');
    const { accessToken = '' } = world.stored.current();
    expect(world.provider.model.accessTokenContext(accessToken)).toBe('user');
  });

  it('does not for a secret that was never seeded', async () => {
    const world = await startSeededWorld();
    const { url: authBaseUrl, clientId } = world.provider;
    world.aws.secretsManager.deleteSecret({
      SecretId: 'sfmc/acme',
      ForceDeleteWithoutRecovery: true,
    });
    world.stored.put('{}');
    world.stored.configure({ authBaseUrl, clientId, onBrokenChain: 'reissue' });

    await expect(world.rotate()).rejects.toMatchObject({ code: 'NotSeeded' });

    expect(posts(world)).toEqual([]);
  });
});
