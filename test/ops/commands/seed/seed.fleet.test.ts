import { connectionTag, fleetParameterName } from '../../../../lambda/core/names';
import { keyArn } from '../../../infra/support';
import { deployFleet } from '../../support/fleet';
import { printingFunction, schedule, storeToken } from '../../support/installed';
import { type OpsWorld, startOpsWorld } from '../../support/opsWorld';

const seedNew = (world: OpsWorld, members: object = {}, connection = 'new') =>
  world.run(
    [
      ...['seed', connection, '--stdin', '--json', '--client-id', world.provider.clientId],
      ...['--auth-base-url', world.provider.url],
    ],
    JSON.stringify({ clientSecret: world.provider.clientSecret, ...members }),
  );
const secretOf = (world: OpsWorld, connection = 'new') =>
  world.aws.secretsManager.describeSecret({ SecretId: `sfmc/${connection}` });
const rotationsAsked = ({ aws }: OpsWorld) =>
  aws.calls.filter(({ operation }) => operation === 'RotateSecret').length;
const tag = (connection: string) => ({ Key: connectionTag, Value: connection });

describe('ops seed in a Region with a fleet', () => {
  it('adds a connection whose config comes last, since the fleet rotates it from then on', async () => {
    const world = await startOpsWorld();
    deployFleet(world);

    const ran = await seedNew(world, { refreshToken: world.provider.refreshToken });

    expect(ran.exitCode).toBe(0);
    expect(ran.json()).toMatchObject({ outcome: 'seeded', rotatedBy: 'fleet' });
    const writes = world.aws.calls.filter(({ operation }) => /^(Put|Create)/.test(operation));
    expect(writes.map(({ operation, names: [name] }) => `${operation} ${name}`)).toEqual([
      'CreateSecret sfmc/new',
      'PutSecretValue sfmc/new',
      'PutParameter /sfmc/new/client-secret',
      'PutParameter /sfmc/new/config',
    ]);
  });

  it('needs no standard parameter if the account has 10,000 of them already', async () => {
    const world = await startOpsWorld();
    deployFleet(world);
    const { parameterStore } = world.aws;
    for (
      let nth = parameterStore.describeParameters({ MaxResults: 50 }).Parameters.length;
      nth < 10_000;
      nth += 1
    ) {
      parameterStore.putParameter({ Name: `/other/${nth}`, Value: 'x', Type: 'String' });
    }

    const ran = await seedNew(world, { refreshToken: world.provider.refreshToken });

    expect(ran.exitCode).toBe(0);
    const { Parameters } = parameterStore.describeParameters({
      ParameterFilters: [{ Key: 'Name', Option: 'BeginsWith', Values: ['/sfmc/new/'] }],
    });
    expect(Parameters.map(({ Name, Tier }) => [Name, Tier])).toEqual([
      ['/sfmc/new/client-secret', 'Advanced'],
      ['/sfmc/new/config', 'Advanced'],
    ]);
  });

  it("attaches the secret to the fleet's function, which leaves no version behind and rotates nothing", async () => {
    const world = await startOpsWorld({ function: {}, now: Date.now });
    const { rotatorArn } = deployFleet(world);

    const ran = await seedNew(world, { refreshToken: world.provider.refreshToken });
    const { versionId } = ran.json<{ versionId: string }>();
    const labels = () => Object.values(secretOf(world).VersionIdsToStages ?? {}).flat();
    while (labels().includes('AWSPENDING')) await new Promise(setImmediate);

    expect(ran.exitCode).toBe(0);
    expect(secretOf(world)).toMatchObject({
      RotationEnabled: true,
      RotationLambdaARN: rotatorArn,
      RotationRules: { AutomaticallyAfterDays: 1000 },
    });
    expect(secretOf(world).LastRotatedDate).toBeUndefined();
    expect(world.stored('new').versionOf('AWSCURRENT')).toBe(versionId);
    expect(world.provider.requests.filter(({ hadRefreshToken }) => hadRefreshToken)).toHaveLength(
      1,
    );
  });

  it('attaches a secret once, and again if the fleet was deployed again', async () => {
    const world = await startOpsWorld();
    const { rotatorArn, ...fleet } = deployFleet(world);
    await seedNew(world, { refreshToken: world.provider.refreshToken });
    const complete = () => {
      world.stored('new').deleteParameter('client-secret');
      return seedNew(world);
    };

    const again = await complete();
    const counts = [rotationsAsked(world)];
    world.aws.parameterStore.putParameter({
      Name: fleetParameterName,
      Value: JSON.stringify({ ...fleet, rotatorArn: `${rotatorArn}-again` }),
      Overwrite: true,
    });
    await complete();
    counts.push(rotationsAsked(world));

    expect(again.json()).toMatchObject({ outcome: 'completed' });
    expect(counts).toEqual([1, 2]);
    expect(secretOf(world).RotationLambdaARN).toBe(`${rotatorArn}-again`);
  });

  it('goes on if the secret may not be attached, and says what needs that', async () => {
    const world = await startOpsWorld();
    deployFleet(world);
    world.aws.orderFault({ kind: 'deny', operation: 'RotateSecret', calls: 'untilCancelled' });

    const ran = await seedNew(world, { refreshToken: world.provider.refreshToken });

    expect(ran.exitCode).toBe(0);
    expect(ran.stderr).toMatch(
      /sfmc\/new could not be attached to the fleet's function \(AccessDenied.*Only a rotation by/,
    );
  });

  it('attaches nothing to the function of a stack', async () => {
    const world = await startOpsWorld({ function: printingFunction });
    deployFleet(world);
    schedule(world);

    const ran = await world.run(['seed', 'acme', '--stdin', '--json'], '{}');

    expect(ran.json()).toMatchObject({ rotatedBy: 'schedule' });
    expect(rotationsAsked(world)).toBe(0);
  });

  it("makes the secret under the key of the fleet, with the tag that readers' policies go by", async () => {
    const world = await startOpsWorld();
    deployFleet(world, { kmsKeyArn: keyArn });

    await seedNew(world);

    expect(secretOf(world)).toMatchObject({ KmsKeyId: keyArn, Tags: [tag('new')] });
  });

  it('tags a secret that a stack has left', async () => {
    const world = await startOpsWorld();
    deployFleet(world);
    storeToken(world);
    world.stored().deleteParameter('config');

    const ran = await seedNew(world, {}, 'acme');

    expect(ran.exitCode).toBe(0);
    expect(secretOf(world, 'acme').Tags).toEqual([tag('acme')]);
  });

  it('goes on if the tag may not be set, and says how to set it', async () => {
    const world = await startOpsWorld();
    deployFleet(world);
    storeToken(world);
    world.stored().deleteParameter('config');
    world.aws.orderFault({ kind: 'deny', operation: 'TagResource', calls: 'untilCancelled' });

    const ran = await seedNew(world, {}, 'acme');

    expect(ran.exitCode).toBe(0);
    expect(ran.stderr).toContain('--tags Key=sfmc-connection,Value=acme');
  });

  it('enters no config before the secret holds the token set, and goes on when run again', async () => {
    const world = await startOpsWorld();
    deployFleet(world);
    const fault = { kind: 'deny', operation: 'CreateSecret', calls: 'untilCancelled' } as const;
    const endFault = world.aws.orderFault(fault);
    const first = await seedNew(world, { refreshToken: world.provider.refreshToken });
    const parked = JSON.parse(world.stored('new').escrow() ?? '');
    const listed = await world.run(['list', '--json']);

    const still = await seedNew(world, { clientSecret: undefined });
    endFault();
    const again = await seedNew(world, { clientSecret: undefined });

    const { url, clientId } = world.provider;
    expect(first.json()).toMatchObject({
      outcome: 'parked',
      next: `npm run ops -- seed new --auth-base-url ${url} --client-id ${clientId}`,
    });
    expect(listed.json()).toMatchObject({
      connections: [{ name: 'acme' }],
      leftovers: [{ name: 'new', parameters: ['client-secret', 'escrow'] }],
    });
    expect(still.exitCode).toBe(5);
    expect(again.json()).toMatchObject({ outcome: 'completed' });
    expect(world.stored('new').current()).toEqual(parked);
    expect(world.stored('new').escrow()).toBeUndefined();
    expect(
      world.aws.calls.filter(({ operation }) => operation === 'PutParameter').at(-1)?.names,
    ).toEqual(['/sfmc/new/config']);
  });
});

describe('ops seed', () => {
  it('says that nothing rotates a connection without a schedule and a fleet', async () => {
    const world = await startOpsWorld();
    const argv = ['seed', 'acme', '--stdin'];

    const ran = await world.run(argv, '{}');

    expect(ran.exitCode).toBe(0);
    expect(ran.stdout).toMatch(/Nothing rotates it: .*no schedule.*no fleet.*-c fleet=true/s);
  });

  it.each([
    ['schedule', (world: OpsWorld) => schedule(world)],
    ['fleet', (world: OpsWorld) => void deployFleet(world)],
  ])('says nothing of that if there is a %s', async (rotatedBy, prepare) => {
    const world = await startOpsWorld({ function: printingFunction });
    prepare(world);

    const text = await world.run(['seed', 'acme', '--stdin'], '{}');
    const json = await world.run(['seed', 'acme', '--stdin', '--replace', '--json'], '{}');

    expect(text.stdout).not.toContain('Nothing rotates it');
    expect(json.json()).toMatchObject({ rotatedBy });
  });

  it('claims nothing if it may not look', async () => {
    const world = await startOpsWorld({ authorize: ({ action }) => action !== 'ssm:GetParameter' });

    const ran = await world.run(['seed', 'acme', '--stdin', '--json'], '{}');

    expect(ran.json()).toMatchObject({ outcome: 'seeded', rotatedBy: 'unknown' });
  });
});
