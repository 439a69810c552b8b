import { parameter, stagedAtProvider, writes } from '../../support/clientSecrets';
import { startOpsWorld } from '../../support/opsWorld';

describe('ops stage-secret', () => {
  it('stores a client secret that works beside the present one', async () => {
    const world = await startOpsWorld();
    const staged = stagedAtProvider(world);

    const ran = await world.run(['stage-secret', 'acme', '--stdin', '--json'], `${staged}\n`);

    expect(ran.exitCode).toBe(0);
    expect(ran.json()).toEqual({
      account: '123456789012',
      region: 'us-east-1',
      connection: 'acme',
      outcome: 'staged',
      verdict: 'accepted',
      parameter: '/sfmc/acme/client-secret-next',
      next: 'npm run ops -- promote-secret acme',
    });
    expect(parameter(world, 'client-secret-next')).toBe(staged);
    expect(parameter(world, 'client-secret')).toBe(world.provider.clientSecret);
    expect(world.provider.requests).toMatchObject([{ hadRefreshToken: false }]);
    // No chain was begun by the trial, beside the seeded one.
    expect(world.provider.model.refreshTokens()).toHaveLength(1);
  });

  it('writes none that Marketing Cloud refuses, unless asked to', async () => {
    const world = await startOpsWorld();
    const secret = world.nextSecret();

    const refused = await world.run(['stage-secret', 'acme', '--stdin'], secret);
    const writtenThen = writes(world);
    const untried = await world.run(['stage-secret', 'acme', '--stdin', '--untried'], secret);

    expect(refused.exitCode).toBe(3);
    expect(refused.stderr).toContain('add --untried');
    expect(writtenThen).toEqual([]);
    expect(untried.exitCode).toBe(0);
    expect(untried.stdout).toContain('It has not been tried.\nNext: activate it');
    expect(parameter(world, 'client-secret-next')).toBe(secret);
    expect(world.provider.requests).toHaveLength(1);
  });

  it('says so if it is the present one', async () => {
    const world = await startOpsWorld();

    const ran = await world.run(['stage-secret', 'acme', '--stdin'], world.provider.clientSecret);

    expect(ran.exitCode).toBe(3);
    expect(ran.stderr).toContain('/sfmc/acme/client-secret holds already');
    expect(writes(world)).toEqual([]);
  });

  it.each([
    '',
    '{"clientSecret":"some-secret"}',
    '"some-secret"',
    'two some-secret words',
    'some-secret\u200Bß',
  ])('takes the bare secret alone, not %j', async (stdin) => {
    const world = await startOpsWorld();

    const ran = await world.run(['stage-secret', 'acme', '--stdin'], stdin);

    expect(ran.exitCode).toBe(2);
    expect(ran.stderr).not.toContain('some-secret');
    expect(world.provider.requests).toEqual([]);
  });

  it('knows no connection without a config', async () => {
    const world = await startOpsWorld();

    const ran = await world.run(['stage-secret', 'other', '--stdin'], 'secret');

    expect(ran.exitCode).toBe(2);
    expect(ran.stderr).toMatch(/no connection "other".*There is acme/);
  });

  it('says so if no usable answer comes, and writes nothing', async () => {
    const world = await startOpsWorld();
    world.provider.orderFault({ kind: 'internal', consumed: false }, 100);

    const ran = await world.run(['stage-secret', 'acme', '--stdin'], 'other-secret');

    expect(ran.exitCode).toBe(5);
    expect(ran.stderr).toContain('HTTP 500');
    expect(writes(world)).toEqual([]);
  });

  it('takes it unseen in a terminal', async () => {
    const world = await startOpsWorld({ now: Date.now });
    const staged = stagedAtProvider(world);

    const session = world.open(['stage-secret', 'acme']);
    await session.sees('New client secret of "acme":');
    session.types(staged);
    await session.sees('Marketing Cloud takes it.');

    expect(await session.ended).toBe(0);
    expect(parameter(world, 'client-secret-next')).toBe(staged);
  });
});
