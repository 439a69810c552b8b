import { parameter, stagedAtProvider, writes } from '../../support/clientSecrets';
import { startOpsWorld } from '../../support/opsWorld';

describe('ops unstage-secret', () => {
  it('deletes the staged client secret alone, and reads none', async () => {
    const world = await startOpsWorld();
    world.stored().putParameter('client-secret-next', stagedAtProvider(world));
    const getParameters = jest.spyOn(world.aws.parameterStore, 'getParameters');

    const ran = await world.run(['unstage-secret', 'acme', '--json']);

    expect(getParameters.mock.calls.map(([input]) => input.WithDecryption)).toEqual([false]);
    expect(ran.exitCode).toBe(0);
    expect(ran.json()).toMatchObject({ connection: 'acme', outcome: 'unstaged' });
    expect(writes(world)).toEqual(['DeleteParameter /sfmc/acme/client-secret-next']);
    expect(parameter(world, 'client-secret')).toBe(world.provider.clientSecret);
  });

  it('deletes nothing with --dry-run', async () => {
    const world = await startOpsWorld();
    world.stored().putParameter('client-secret-next', stagedAtProvider(world));

    const ran = await world.run(['unstage-secret', 'acme', '--dry-run']);

    expect(ran).toMatchObject({
      exitCode: 0,
      stdout: 'This would delete /sfmc/acme/client-secret-next. Nothing was changed.\n',
    });
    expect(writes(world)).toEqual([]);
  });

  it('says so if none is staged, and if there is no connection', async () => {
    const world = await startOpsWorld();

    const none = await world.run(['unstage-secret', 'acme']);
    const unknown = await world.run(['unstage-secret', 'acmee']);

    expect(none).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('No client secret is staged'),
    });
    expect(unknown).toMatchObject({ exitCode: 2, stdout: '' });
  });
});
