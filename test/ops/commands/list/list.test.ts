import { startOpsWorld } from '../../support/opsWorld';

describe('ops list', () => {
  it('shows every connection of the Region with its package', async () => {
    const world = await startOpsWorld();
    const { url, clientId } = world.provider;
    world.stored('beta').configure({ authBaseUrl: url, clientId, onBrokenChain: 'reissue' });

    const ran = await world.run(['list']);

    expect(ran.exitCode).toBe(0);
    expect(ran.stdout.split('\n').slice(3, 5)).toEqual([
      expect.stringMatching(new RegExp(`^acme +${url} +${clientId} +alarm$`)),
      expect.stringMatching(new RegExp(`^beta +${url} +${clientId} +reissue$`)),
    ]);
  });

  it('prints the same as JSON', async () => {
    const world = await startOpsWorld();
    const { url: authBaseUrl, clientId } = world.provider;

    const ran = await world.run(['list', '--json']);

    expect(ran.json()).toEqual({
      account: '123456789012',
      region: 'us-east-1',
      connections: [{ name: 'acme', config: { authBaseUrl, clientId, onBrokenChain: 'alarm' } }],
      leftovers: [],
    });
  });

  it('lists a config that cannot be understood, and says what is wrong with it', async () => {
    const world = await startOpsWorld();
    world.stored().configure({ authBaseUrl: 'https://example.com', clientId: 'id' });

    const ran = await world.run(['list', '--json']);

    expect(ran.json()).toMatchObject({
      connections: [{ name: 'acme', problem: expect.stringContaining('authBaseUrl must be') }],
    });
  });

  it('says so if there is none', async () => {
    const world = await startOpsWorld();
    world.stored().deleteParameter('config');
    world.stored().deleteParameter('client-secret');

    const ran = await world.run(['list']);

    expect(ran).toMatchObject({
      exitCode: 0,
      stdout: 'Account 123456789012, Region us-east-1\n\nThere is no connection in this Region.\n',
    });
  });

  it('prints names alone with -o name, as they are for other programs', async () => {
    const world = await startOpsWorld();
    world.stored('beta').configure({ authBaseUrl: world.provider.url, clientId: 'id' });

    const ran = await world.run(['list', '-o', 'name']);

    expect(ran).toMatchObject({ exitCode: 0, stdout: 'acme\nbeta\n', stderr: '' });
  });

  it.each([
    ['-o json', ['-o', 'json']],
    ['--output=json', ['--output=json']],
  ])('prints JSON with %s, errors too', async (_, options) => {
    const world = await startOpsWorld();

    const listed = await world.run(['list', ...options]);
    const failed = await world.run(['list', 'x', ...options]);

    expect(listed.json()).toMatchObject({ connections: [{ name: 'acme' }] });
    expect(failed.json()).toMatchObject({ error: { code: 'Usage' } });
  });

  it('reads every page', async () => {
    const world = await startOpsWorld();
    const names = Array.from({ length: 15 }, (_, at) => `many-${String(at).padStart(2, '0')}`);
    for (const name of names) {
      world.stored(name).configure({ authBaseUrl: world.provider.url, clientId: 'id' });
    }

    const ran = await world.run(['list', '--json']);

    const { connections } = ran.json<{ connections: { name: string }[] }>();
    expect(connections.map(({ name }) => name)).toEqual(['acme', ...names]);
  });

  it('is coloured and plain text in a terminal', async () => {
    const world = await startOpsWorld();

    const session = world.open(['list']);
    const exitCode = await session.ended;

    expect(exitCode).toBe(0);
    expect(session.text).toContain('acme');
    expect(session.raw).toContain('\u001b[1m');
  });
});
