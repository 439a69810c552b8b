import type { ProviderFault } from '../../../../local/provider/faults';
import { minuteMs, secondMs, startMs } from '../../../support/simulatedClock';
import { schedule } from '../../support/installed';
import { type OpsWorld, startOpsWorld } from '../../support/opsWorld';

const seed = (world: OpsWorld) =>
  world.run(
    ['seed', 'acme', '--stdin'],
    JSON.stringify({ refreshToken: world.provider.refreshToken }),
  );

describe('ops seed, sent off without a usable answer', () => {
  const isLive = ({ provider, clock }: OpsWorld, refreshToken = '') =>
    provider.model.accepts(refreshToken, clock.now() + 10 * minuteMs);
  const unusable: ProviderFault = {
    kind: 'exchange',
    takenUp: 'now',
    answer: { valid: { without: ['accessToken'] } },
  };
  const labelsOf = (world: OpsWorld, connection?: string) => {
    const stored = world.stored(connection);
    return stored.stages()[stored.versionOf('AWSCURRENT') ?? ''];
  };

  it('goes on from the successor that was kept, by the same command, hours later too', async () => {
    const world = await startOpsWorld();
    const endFault = world.provider.orderFault(unusable, 100);
    const first = await seed(world);
    const kept = world.stored().salvaged();
    endFault();
    world.clock.advance(120 * minuteMs);

    const again = await seed(world);

    expect(first.exitCode).toBe(5);
    expect(first.stderr).toMatch(/is kept as a version of the secret: run the same command again/);
    expect(kept).toBeDefined();
    expect(again.exitCode).toBe(0);
    expect(again.stderr).toContain('Going on from a refresh token that an earlier answer brought');
    expect(isLive(world, world.stored().current().refreshToken)).toBe(true);
    // What was kept may have a rival: it is confirmed, and nothing older is given up for it.
    expect(labelsOf(world)).toEqual(['AWSCURRENT', 'SFMC_OPEN']);
  });

  it('goes on from the newest of several that were kept, though only one has the label', async () => {
    const world = await startOpsWorld();
    const endFault = world.provider.orderFault(unusable, 200);
    await seed(world);
    world.clock.advance(60 * minuteMs);
    const second = await seed(world);
    endFault();
    world.clock.advance(60 * minuteMs);

    const third = await seed(world);

    expect([second.exitCode, third.exitCode]).toEqual([5, 0]);
    expect(isLive(world, world.stored().current().refreshToken)).toBe(true);
  });

  it('goes on from the one that was brought if that which was kept is refused', async () => {
    const world = await startOpsWorld();
    world.stored().put({ refreshToken: 'kept-and-dead' }, ['SFMC_SALVAGED']);

    const ran = await seed(world);

    expect(ran.exitCode).toBe(0);
    expect(isLive(world, world.stored().current().refreshToken)).toBe(true);
  });

  it('keeps a successor in the secret of a new connection as well, which it makes for that', async () => {
    const world = await startOpsWorld();
    const { clientId, clientSecret, refreshToken, url } = world.provider;
    const command = ['seed', 'new', '--stdin', '--auth-base-url', url, '--client-id', clientId];
    const document = JSON.stringify({ clientSecret, refreshToken });
    const endFault = world.provider.orderFault(unusable, 100);
    const first = await world.run(command, document);
    endFault();
    world.clock.advance(6 * minuteMs);

    const again = await world.run(command, document);

    expect([first.exitCode, again.exitCode]).toEqual([5, 0]);
    expect(isLive(world, world.stored('new').current().refreshToken)).toBe(true);
    expect((await world.run(['list', '--json'])).stdout).toContain('"new"');
  });

  it('goes on from a token set that it has parked, by the same command', async () => {
    const world = await startOpsWorld();
    const fault = { kind: 'deny', operation: 'PutSecretValue', calls: 'untilCancelled' } as const;
    const endFault = world.aws.orderFault(fault);
    const first = await seed(world);
    const parked = JSON.parse(world.stored().escrow() ?? '');
    endFault();
    world.clock.advance(6 * minuteMs);

    const again = await seed(world);

    expect([first.exitCode, again.exitCode]).toEqual([4, 0]);
    expect(world.stored().current()).toEqual(parked);
    expect(world.stored().escrow()).toBeUndefined();
    expect(labelsOf(world)).toContain('SFMC_SEEDED');
  });

  it('stores the end of an exchange that was not the only one as open, and has it confirmed', async () => {
    const world = await startOpsWorld({ function: {} });
    const sent = jest.spyOn(world.aws.sqs, 'sendMessage');
    world.provider.orderFault({ kind: 'dropAfter' });

    const ran = await seed(world);

    expect(ran.exitCode).toBe(0);
    expect(labelsOf(world)).toEqual(['AWSCURRENT', 'SFMC_OPEN', 'SFMC_SEEDED']);
    expect(ran.stderr).toContain('The function was asked to do so.');
    expect(sent.mock.calls.map(([{ MessageBody }]) => MessageBody)).toEqual([
      '{"connection":"acme"}',
    ]);
  });

  it('is confirmed by the built function within moments', async () => {
    const world = await startOpsWorld({ function: {}, now: Date.now });
    schedule(world);
    world.provider.orderFault({ kind: 'dropAfter' });

    const ran = await seed(world);
    const { refreshToken } = world.stored().current();
    while (labelsOf(world)?.includes('SFMC_OPEN')) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }

    expect(ran.exitCode).toBe(0);
    expect(world.stored().current().refreshToken).not.toBe(refreshToken);
    expect(
      world.provider.model.accepts(
        world.stored().current().refreshToken ?? '',
        Date.now() + 10 * minuteMs,
      ),
    ).toBe(true);
  });

  it('says how to have it confirmed if no function can be asked', async () => {
    const world = await startOpsWorld();
    world.provider.orderFault({ kind: 'dropAfter' });

    const ran = await seed(world);

    expect(ran.exitCode).toBe(0);
    expect(ran.stderr).toMatch(/could not be asked: .*npm run ops -- rotate acme/);
  });

  it('stores an answer without refresh token beside the one that was sent, to be asked for again', async () => {
    const world = await startOpsWorld();
    world.provider.orderFault({ kind: 'noRefreshToken' }, 100);

    const ran = await seed(world);

    expect(ran.exitCode).toBe(0);
    expect(world.stored().current()).toMatchObject({
      refreshToken: world.provider.refreshToken,
      refreshTokenIssuedAt: expect.any(String),
    });
    expect(labelsOf(world)).toEqual(expect.arrayContaining(['SFMC_OPEN', 'SFMC_SENT']));
    expect(world.clock.now() - startMs).toBeLessThan(60 * secondMs);
  });
});
