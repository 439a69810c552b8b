import { parameter, stagedAtProvider, writes } from '../../support/clientSecrets';
import { startOpsWorld } from '../../support/opsWorld';

describe('ops promote-secret', () => {
  it('puts the staged secret in place, then removes the staged copy', async () => {
    const world = await startOpsWorld();
    const staged = stagedAtProvider(world);
    world.stored().putParameter('client-secret-next', `${staged}\n`);

    const ran = await world.run(['promote-secret', 'acme', '--json']);

    expect(ran.exitCode).toBe(0);
    expect(ran.json()).toMatchObject({
      outcome: 'promoted',
      parameter: '/sfmc/acme/client-secret',
    });
    expect(parameter(world, 'client-secret')).toBe(staged);
    expect(parameter(world, 'client-secret-next')).toBeUndefined();
    expect(writes(world)).toEqual([
      'PutParameter /sfmc/acme/client-secret',
      'DeleteParameter /sfmc/acme/client-secret-next',
    ]);
  });

  it('keeps the client secret under the key that it has', async () => {
    const world = await startOpsWorld();
    const KeyId = 'alias/client-secrets';
    const Name = '/sfmc/acme/client-secret';
    const Value = world.provider.clientSecret;
    const { parameterStore } = world.aws;
    const version = { Name, Value, Type: 'SecureString', Overwrite: true } as const;
    // More than a page of its history.
    for (let n = 0; n < 60; n++) parameterStore.putParameter(version);
    parameterStore.putParameter({ ...version, KeyId });
    world.stored().putParameter('client-secret-next', stagedAtProvider(world));

    const ran = await world.run(['promote-secret', 'acme']);

    const ParameterFilters = [{ Key: 'Name', Values: [Name] }];
    expect(ran.exitCode).toBe(0);
    expect(parameterStore.describeParameters({ ParameterFilters }).Parameters).toEqual([
      expect.objectContaining({ Version: 63, KeyId }),
    ]);
  });

  it('moves no client secret to another key because the present one cannot be looked up', async () => {
    const world = await startOpsWorld();
    const staged = stagedAtProvider(world);
    world.stored().putParameter('client-secret-next', staged);
    const operation = 'GetParameterHistory';
    world.aws.orderFault({ kind: 'deny', operation, calls: 'untilCancelled' });

    const ran = await world.run(['promote-secret', 'acme']);

    expect(ran.exitCode).toBe(5);
    expect(ran.stderr).toMatch(/was not written.*Have ssm:GetParameterHistory on this parameter/);
    expect(writes(world)).toEqual([]);
  });

  it('leaves both as they are if Marketing Cloud refuses the staged one', async () => {
    const world = await startOpsWorld();
    world.stored().putParameter('client-secret-next', world.nextSecret());

    const ran = await world.run(['promote-secret', 'acme']);

    expect(ran.exitCode).toBe(3);
    expect(ran.stderr).toMatch(/HTTP 401, errorcode 1 .*Activate it there first/);
    expect(writes(world)).toEqual([]);
  });

  it('says so if none is staged', async () => {
    const world = await startOpsWorld();

    const ran = await world.run(['promote-secret', 'acme']);

    expect(ran.exitCode).toBe(3);
    expect(ran.stderr).toContain('npm run ops -- stage-secret acme');
  });

  it('finishes when it is run again after an interruption', async () => {
    const world = await startOpsWorld();
    const staged = stagedAtProvider(world);
    world.stored().putParameter('client-secret-next', staged);
    const operation = 'DeleteParameter';
    const end = world.aws.orderFault({ kind: 'deny', operation, calls: 'untilCancelled' });
    const first = await world.run(['promote-secret', 'acme']);
    end();

    const again = await world.run(['promote-secret', 'acme']);

    expect(first.exitCode).toBe(5);
    expect(first.stderr).toContain('To remove it: npm run ops -- promote-secret acme');
    expect(again.exitCode).toBe(0);
    expect(parameter(world, 'client-secret')).toBe(staged);
    expect(parameter(world, 'client-secret-next')).toBeUndefined();
  });

  it('keeps the staged copy if the secret cannot be put in place', async () => {
    const world = await startOpsWorld();
    const staged = stagedAtProvider(world);
    world.stored().putParameter('client-secret-next', staged);
    world.aws.orderFault({ kind: 'deny', operation: 'PutParameter', calls: 'untilCancelled' });

    const ran = await world.run(['promote-secret', 'acme']);

    expect(ran.exitCode).toBe(5);
    expect(parameter(world, 'client-secret-next')).toBe(staged);
  });
});
