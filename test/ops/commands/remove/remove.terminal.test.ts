import { deployFleet, installInFleet } from '../../support/fleet';
import { printingFunction } from '../../support/installed';
import { startOpsWorld } from '../../support/opsWorld';

/** Not seeded, so that there is no rotation to wait for. */
async function startWorld() {
  const world = await startOpsWorld({ function: printingFunction, now: Date.now });
  deployFleet(world);
  installInFleet(world);
  world.stored().put('{}');
  return world;
}

const isThere = ({ aws }: Awaited<ReturnType<typeof startWorld>>) =>
  aws.secretsManager.describeSecret({ SecretId: 'sfmc/acme' }).DeletedDate === undefined;

describe('ops remove in a terminal', () => {
  it("removes what is named once the connection's name is typed", async () => {
    const world = await startWorld();

    const session = world.open(['remove', 'acme']);
    await session.sees(
      'This deletes /sfmc/acme/config, the secret sfmc/acme, /sfmc/acme/client-secret.',
    );
    await session.sees('can be restored for 30 days');
    await session.sees("Type the connection's name to remove it:");
    session.types('acme');
    await session.sees('Removed acme.');

    expect(await session.ended).toBe(0);
    expect(isThere(world)).toBe(false);
  });

  it.each(['y', ''])('removes nothing for any other answer: "%s"', async (answer) => {
    const world = await startWorld();

    const session = world.open(['remove', 'acme']);
    await session.sees("Type the connection's name to remove it:");
    session.types(answer);
    await session.sees('That is not its name. Nothing was changed.');

    expect(await session.ended).toBe(3);
    expect(isThere(world)).toBe(true);
  });

  it('removes nothing after Ctrl-C at the question', async () => {
    const world = await startWorld();

    const session = world.open(['remove', 'acme']);
    await session.sees("Type the connection's name to remove it:");
    session.interrupts();

    expect(await session.ended).toBe(130);
    expect(isThere(world)).toBe(true);
  });
});
