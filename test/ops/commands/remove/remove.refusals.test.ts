import type { RemoveResult } from '../../../../ops/commands/remove/remove';
import { install, printingFunction } from '../../support/installed';
import { type OpsWorld, startOpsWorld } from '../../support/opsWorld';
import { changes, names, park, remove, startFleetWorld } from '../../support/removal';

describe('ops remove', () => {
  describe('of a stack', () => {
    const tag = { Key: 'aws:cloudformation:stack-name', Value: 'SfmcTokenRotator' };

    async function startStackWorld() {
      const world = await startOpsWorld({ function: printingFunction });
      install(world);
      world.aws.secretsManager.tagResource({ SecretId: 'sfmc/acme', Tags: [tag] });
      return world;
    }

    it('is refused, with the way through cdk.json', async () => {
      const world = await startStackWorld();

      const ran = await world.run(['remove', 'acme', '--yes']);

      expect(ran.exitCode).toBe(3);
      expect(ran.stderr).toMatch(/belongs to the stack SfmcTokenRotator.*cdk\.json.*remove acme/s);
      expect(changes(world)).toEqual([]);
    });

    it('removes what the stack has left', async () => {
      const world = await startStackWorld();
      world.aws.scheduler.deleteSchedule({ Name: 'sfmc-acme' });
      world.stored().deleteParameter('config');

      const ran = await remove(world);

      expect(ran.exitCode).toBe(0);
      expect(ran.json<RemoveResult>().removed).toEqual(['sfmc/acme', names.clientSecret]);
    });
  });

  const refusals: [string, (world: OpsWorld) => void, RegExp][] = [
    [
      'an escrow that cannot be read',
      (world) => world.stored().putParameter('escrow', '{"a":1}'),
      /holds something that is no token set.*aws ssm delete-parameter/s,
    ],
    [
      'the only token set, in the escrow',
      (world) => {
        park(world);
        world.aws.secretsManager.deleteSecret({
          SecretId: 'sfmc/acme',
          ForceDeleteWithoutRecovery: true,
        });
      },
      /There is no secret.*the only token set.*seed acme/s,
    ],
    [
      'a token set parked beside a secret that is marked for deletion',
      (world) => {
        park(world);
        world.aws.secretsManager.deleteSecret({ SecretId: 'sfmc/acme' });
      },
      /is marked for deletion at .*restore-secret --secret-id sfmc\/acme/s,
    ],
    [
      'copies in other Regions',
      (world) => {
        const model = world.aws.secretsManager;
        const described = model.describeSecret({ SecretId: 'sfmc/acme' });
        const copies = { ReplicationStatus: [{ Region: 'eu-west-1' }, { Region: 'eu-west-3' }] };
        jest.spyOn(model, 'describeSecret').mockReturnValue({ ...described, ...copies });
      },
      /--remove-replica-regions eu-west-1 eu-west-3/,
    ],
  ];

  it.each(refusals)('refuses beside %s', async (_what, prepare, expected) => {
    const world = await startFleetWorld();
    prepare(world);

    const ran = await world.run(['remove', 'acme', '--yes']);

    expect(ran.exitCode).toBe(3);
    expect(ran.stderr).toMatch(expected);
    expect(changes(world)).toEqual([]);
  });

  it('does nothing without --yes if nobody can be asked', async () => {
    const world = await startFleetWorld();

    const ran = await world.run(['remove', 'acme', '--json']);

    expect(ran.exitCode).toBe(2);
    expect(ran.json()).toMatchObject({ error: { message: expect.stringContaining('--yes') } });
    expect(changes(world)).toEqual([]);
  });

  it('knows no connection that has left nothing', async () => {
    const world = await startFleetWorld();

    const ran = await world.run(['remove', 'other', '--yes']);

    expect(ran.exitCode).toBe(2);
    expect(ran.stderr).toContain('There is no connection "other"');
  });
});
