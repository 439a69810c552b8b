import { schedule, storeToken } from '../../support/installed';
import { type OpsWorld, startOpsWorld } from '../../support/opsWorld';

const minuteMs = 60_000;

/** With the built function, on the system's clock. */
async function startWorld(): Promise<OpsWorld> {
  const world = await startOpsWorld({ function: {}, now: Date.now });
  schedule(world);
  world.clock.advance(Date.now() - world.clock.now());
  return world;
}

const isLive = (world: OpsWorld) => {
  const { refreshToken = '' } = world.stored().current();
  return world.provider.model.accepts(refreshToken, Date.now() + 10 * minuteMs);
};

describe('ops recover in a terminal', () => {
  it('leads from an expired token over the broken chain to a new one', async () => {
    const world = await startWorld();
    const dead = storeToken(world, { agoMs: 90 * minuteMs });
    world.provider.model.revokeChain(dead.refreshToken ?? '');

    const session = world.open(['recover', 'acme']);
    await session.sees('AWSCURRENT');
    await session.sees('Ask Marketing Cloud whether it takes the client secret?');
    session.types('y');
    await session.sees('/sfmc/acme/client-secret: accepted');
    await session.sees('not known to be refused');
    await session.sees('Rotate now?');
    session.types('y');
    // Twice, with the client credentials between.
    await session.sees('The provider refuses a refresh token');
    await session.sees('The provider refuses a refresh token');
    await session.sees('Ask Marketing Cloud whether it takes the client secret?');
    session.types('n');
    await session.sees('just done so again');
    await session.sees('Seed it now?');
    session.types('y');
    await session.sees("Does the first refresh token come in a login's JWT?");
    session.types('n');
    await session.sees('Client secret of "acme" (Enter keeps the stored one):');
    session.types('');
    await session.sees('First refresh token');
    session.types(world.provider.refreshToken);
    // Of a rotation that may be under way: nothing is waited for here.
    await session.sees('Waiting 45 s');
    session.interrupts();

    expect(await session.ended).toBe(130);
    expect(isLive(world)).toBe(true);
  });

  it('leads from a refused client secret to a staged one and a rotation', async () => {
    const world = await startWorld();
    storeToken(world, { agoMs: 90 * minuteMs });
    const { model, clientSecret } = world.provider;
    const next = world.nextSecret();
    model.clientSecrets.stage(next, Date.now() - 6 * minuteMs);
    model.clientSecrets.activateStaged(Date.now());

    const session = world.open(['recover', 'acme']);
    await session.sees('Ask Marketing Cloud whether it takes the client secret?');
    session.types('y');
    await session.sees('/sfmc/acme/client-secret: refused');
    await session.sees('Store the present client secret now?');
    session.types('y');
    await session.sees('New client secret of "acme":');
    session.types(next);
    await session.sees('Staged the client secret of acme');
    await session.sees('Ask Marketing Cloud whether it takes the client secret?');
    session.types('y');
    await session.sees('/sfmc/acme/client-secret-next: accepted');
    await session.sees('Rotate now?');
    session.types('y');
    await session.sees('The staged client secret is in use');
    await session.sees('Nothing is wrong with the chain.');

    expect(await session.ended).toBe(0);
    expect(isLive(world)).toBe(true);
    expect(clientSecret).not.toBe(next);
  });

  it('leaves everything as it is for a person who declines', async () => {
    const world = await startWorld();
    const parked = storeToken(world, { connection: 'other' });
    storeToken(world, { agoMs: 50 * minuteMs });
    world.stored().putParameter('escrow', JSON.stringify(parked));
    const versions = world.stored().stages();

    const session = world.open(['recover', 'acme']);
    await session.sees('waits in the escrow');
    await session.sees('Rotate now?');
    session.types('n');

    expect(await session.ended).toBe(4);
    expect(world.stored().stages()).toEqual(versions);
    expect(world.stored().escrow()).toBeDefined();
    expect(world.provider.requests).toEqual([]);
  });

  it('has the function publish what is parked', async () => {
    const world = await startWorld();
    const parked = storeToken(world, { connection: 'other' });
    storeToken(world, { agoMs: 50 * minuteMs });
    world.stored().putParameter('escrow', JSON.stringify(parked));

    const session = world.open(['recover', 'acme']);
    await session.sees('Rotate now?');
    session.types('y');
    await session.sees('Recovered');
    await session.sees('Nothing is wrong with the chain.');

    expect(await session.ended).toBe(0);
    expect(world.stored().current().refreshToken).toBe(parked.refreshToken);
    expect(world.stored().escrow()).toBeUndefined();
  });
});
