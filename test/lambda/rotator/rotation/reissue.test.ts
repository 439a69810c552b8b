import { type LocalWorld, whole } from '../../../support/localWorld';
import { minuteMs, secondMs } from '../../../support/simulatedClock';
import { startDueWorld, startSeededWorld } from '../../../support/startWorld';
import { posts } from './invocations';

async function startReissuingWorld(): Promise<LocalWorld> {
  const world = await startDueWorld();
  const { url: authBaseUrl, clientId, model, refreshToken } = world.provider;
  model.revokeChain(refreshToken);
  world.stored.configure({ authBaseUrl, clientId, onBrokenChain: 'reissue' });
  return world;
}

const contextOf = ({ stored, provider }: LocalWorld) =>
  provider.model.accessTokenContext(stored.current().accessToken ?? '');

describe('a connection that allows it', () => {
  it('gets a new chain by its credentials, once its tokens were refused a minute apart', async () => {
    const world = await startReissuingWorld();
    const startedAtMs = world.clock.now();

    const { result, failures } = await world.deliver({ keepsEnvironment: true });

    expect(result?.outcome).toBe('reissued');
    expect(failures).toEqual(['ChainBroken']);
    expect(world.clock.now() - startedAtMs).toBeGreaterThanOrEqual(minuteMs);
    expect(contextOf(world)).toBe('client-credentials');
    expect(world.telemetry.counted).toContain('Reissued');
    expect(world.chainState()).toEqual(whole);
  });

  it('goes on with the new chain', async () => {
    const world = await startReissuingWorld();
    await world.deliver({ keepsEnvironment: true });
    world.clock.advance(25 * minuteMs);

    const result = await world.rotate();

    expect(result.outcome).toBe('rotated');
    expect(world.chainState()).toEqual(whole);
  });

  it('keeps its chain if what refused for 50 s was not the token', async () => {
    const world = await startDueWorld();
    const { url: authBaseUrl, clientId } = world.provider;
    world.stored.configure({ authBaseUrl, clientId, onBrokenChain: 'reissue' });
    const body = '{"message":"Unauthorized","errorcode":1,"documentation":""}';
    const answer = { status: 401, body };
    const fault = { kind: 'exchange', of: 'refresh', takenUp: 'never', answer } as const;
    world.provider.orderFault(fault, { forMs: 50 * secondMs });

    const { result } = await world.deliver({ keepsEnvironment: true });

    expect(result?.outcome).toBe('rotated');
    expect(contextOf(world)).toBe('user');
    expect(world.chainState()).toEqual(whole);
  });

  it('reports the chain broken if no refresh token comes with the new access token', async () => {
    const world = await startReissuingWorld();
    const before = world.stored.current();
    world.provider.orderFault({ kind: 'noRefreshToken' }, 999);

    const { result, failures } = await world.deliver({
      keepsEnvironment: true,
      forMs: 3 * minuteMs,
    });

    expect(result).toBeUndefined();
    expect(new Set(failures)).toEqual(new Set(['ChainBroken']));
    expect(world.stored.current()).toEqual(before);
  });

  it('does not while a stored refresh token is accepted', async () => {
    const world = await startDueWorld();
    const { url: authBaseUrl, clientId } = world.provider;
    world.stored.configure({ authBaseUrl, clientId, onBrokenChain: 'reissue' });

    const result = await world.rotate();

    expect(result.outcome).toBe('rotated');
    expect(contextOf(world)).toBe('user');
  });

  it('does not while the window of a token that may have been used is open', async () => {
    const world = await startReissuingWorld();
    world.provider.orderFault({ kind: 'dropAfter' });

    const { result, failures } = await world.deliver({ forMs: 4 * minuteMs });

    expect(result).toBeUndefined();
    expect(failures.length).toBeGreaterThan(2);
    expect(world.telemetry.counted).not.toContain('Reissued');
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

    const result = await world.rotate();

    expect(result).toEqual({ connection: 'acme', outcome: 'waiting' });
    expect(posts(world)).toEqual([]);
  });
});
