import { fleetParameterName } from '../../lambda/core/names';
import { functionArn, localFunctionName } from '../../local/aws/lambda/names';
import type { ConnectionStatus } from '../../ops/commands/status/status';
import { minuteMs } from '../support/simulatedClock';
import { examine } from './support/examine';
import { deployFleet, feedFrom, installInFleet } from './support/fleet';
import { errorLine, install, log, printingFunction } from './support/installed';
import { type OpsWorld, startOpsWorld } from './support/opsWorld';

const hourMs = 60 * minuteMs;

async function startFleetWorld(options: Parameters<typeof startOpsWorld>[0] = {}) {
  const world = await startOpsWorld({ function: printingFunction, ...options });
  deployFleet(world);
  installInFleet(world);
  return { world };
}

const statuses = async (world: OpsWorld, ...argv: string[]) =>
  (await world.run(['status', '--json', ...argv])).json<{ connections: ConnectionStatus[] }>()
    .connections;
const callsOf = (world: OpsWorld, operation: string) =>
  world.aws.calls.filter((call) => call.operation === operation).length;

describe('ops status of a fleet', () => {
  it('is content with a connection that has neither a schedule nor a function of its own', async () => {
    const { world } = await startFleetWorld();

    const ran = await world.run(['status', 'acme', '--json']);
    const text = await world.run(['status']);

    expect(ran.exitCode).toBe(0);
    expect(ran.json()).toMatchObject({
      connections: [
        { verdict: 'ok', isFleet: true, schedule: 'fleet', lastError: null, unknown: [] },
      ],
    });
    expect(text.stdout).toMatch(/^acme +ok .* fleet$/m);
  });

  it('distinguishes connections of a stack from those of the fleet', async () => {
    const { world } = await startFleetWorld();
    install(world, 'beta');

    const found = await statuses(world);

    expect(found.map(({ name, isFleet, schedule }) => [name, isFleet, schedule])).toEqual([
      ['acme', true, 'fleet'],
      ['beta', false, 'on'],
    ]);
  });

  it('looks an hour back in the log that all share', async () => {
    const { world } = await startFleetWorld();
    await log(world, errorLine('StoreUnavailable'));
    world.clock.advance(59 * minuteMs);
    const within = await statuses(world);
    world.clock.advance(2 * minuteMs);

    const beyond = await statuses(world);
    const text = await world.run(['status', 'acme']);

    expect([within[0]?.lastError?.code, beyond[0]?.lastError]).toEqual(['StoreUnavailable', null]);
    expect(text.stdout).toMatch(/^last error: +none in the last hour$/m);
  });

  it('lists many by name, from the pages of the registry instead of a call for each', async () => {
    const { world } = await startFleetWorld();
    const names = Array.from({ length: 30 }, (_, n) => `many-${n}`);
    for (const name of names) installInFleet(world, name);
    world.stored('many-7').putParameter('escrow', '{}');

    const found = await statuses(world);

    expect(found.map(({ name }) => name)).toEqual(['acme', ...names]);
    expect(found.filter(({ escrow }) => escrow).map(({ name }) => name)).toEqual(['many-7']);
    expect(callsOf(world, 'GetParameters')).toBe(0);
    expect(callsOf(world, 'GetParametersByPath')).toBe(7);
    expect(callsOf(world, 'GetParameter')).toBe(1);
  });

  it.each([
    ['status', 41],
    ['list', 21],
  ])(
    'leaves 15 of the 40 calls a second to the rotator if the registry is long: %s',
    async (command, expected) => {
      const { world } = await startFleetWorld({
        authorize: ({ action }) => action !== 'ssm:DescribeParameters',
      });
      for (let n = 0; n < 200; n += 1) installInFleet(world, `many-${n}`);
      const beganAtMs = world.clock.now();

      await world.run([command, '--json']);

      const pages = callsOf(world, 'GetParametersByPath');
      expect(pages).toBe(expected);
      expect(world.clock.now() - beganAtMs).toBeGreaterThanOrEqual((pages - 20) * 40);
    },
  );

  it('takes nothing of the rotator’s throughput if parameters may be described', async () => {
    const { world } = await startFleetWorld();
    for (let n = 0; n < 200; n += 1) installInFleet(world, `many-${n}`);

    await world.run(['status', '--json']);

    expect(callsOf(world, 'GetParametersByPath')).toBe(20);
    expect(callsOf(world, 'DescribeParameters')).toBe(9);
  });

  it('shows with --attention only those that need it, of how many', async () => {
    const { world } = await startFleetWorld();
    installInFleet(world, 'beta');
    installInFleet(world, 'gamma');
    world.stored('beta').put('{}');
    world.stored('gamma').putParameter('escrow', '{}');

    const text = await world.run(['status', '--attention']);
    const json = await world.run(['status', '--attention', '--json']);

    expect([text.exitCode, json.exitCode]).toEqual([4, 4]);
    expect(text.stdout).not.toMatch(/^acme/m);
    expect(text.stdout).toMatch(/^beta +broken.*^gamma +attention/ms);
    expect(text.stdout).toMatch(/\n2 of 3 need attention; 1 of them broken\.\n$/);
    expect(json.json()).toMatchObject({
      connections: [{ name: 'beta' }, { name: 'gamma' }],
      total: 3,
    });
  });

  it('shows of many in one screen how many there are, the worst, and the first few reasons', async () => {
    const { world } = await startFleetWorld();
    for (let n = 0; n < 40; n += 1) installInFleet(world, `many-${n}`);
    for (let n = 10; n < 30; n += 1) world.stored(`many-${n}`).putParameter('escrow', '{}');
    world.stored('many-39').put('{}');

    const ran = await world.run(['status']);

    const lines = ran.stdout.split('\n').slice(2);
    expect(ran.exitCode).toBe(4);
    expect(lines[0]).toBe('41 connections: 1 broken, 20 need attention, 20 ok.');
    expect(lines[3]).toMatch(/^many-39 +broken/);
    expect(ran.stdout).toMatch(/^many-10 +attention.*\n^many-11 +attention/m);
    expect(ran.stdout).toMatch(/^11 more need attention: see --attention\.$/m);
    expect(lines.length).toBeLessThan(45);
  });

  it('says with --attention that all are ok', async () => {
    const { world } = await startFleetWorld();
    installInFleet(world, 'beta');

    const ran = await world.run(['status', '--attention']);

    expect(ran).toMatchObject({
      exitCode: 0,
      stdout: 'Account 123456789012, Region us-east-1\n\nAll 2 connections are ok.\n',
    });
  });

  it('says once what could not be read of many', async () => {
    const { world } = await startFleetWorld({
      authorize: ({ action }) => action !== 'logs:FilterLogEvents',
    });
    for (let n = 0; n < 5; n += 1) installInFleet(world, `many-${n}`);

    const ran = await world.run(['status']);

    expect(ran.stdout).toMatch(/^acme, many-0, many-1 and 3 more: last error unknown\. /m);
    expect(ran.stdout.match(/last error unknown/g)).toHaveLength(1);
  });
});

describe('a fleet that cannot be found', () => {
  it('is reported if its parameter cannot be understood', async () => {
    const { world } = await startFleetWorld();
    const Value = '{"rotatorArn":1}';
    world.aws.parameterStore.putParameter({ Name: fleetParameterName, Value, Overwrite: true });

    const ran = await world.run(['rotate', 'acme']);

    expect(ran.exitCode).toBe(3);
    expect(ran.stderr).toMatch(
      /Whether there is a fleet is not known: The parameter \/sfmc-token-r/,
    );
  });

  it('does no harm to connections of a stack', async () => {
    const world = await startOpsWorld({
      function: printingFunction,
      authorize: ({ action, accessKeyId }) =>
        action !== 'ssm:GetParameter' || accessKeyId === localFunctionName,
    });
    install(world);

    const ran = await world.run(['status', '--json']);
    const asked = callsOf(world, 'GetParameter');
    const { exitCode } = await examine(world);

    expect([ran.exitCode, exitCode]).toEqual([0, 0]);
    // Whoever has a function of its own is not asked about a fleet.
    expect(asked).toBe(0);
  });
});

describe('ops rotate of a fleet', () => {
  it("sends to the fleet's queue and follows the log of its rotator", async () => {
    const world = await startOpsWorld({ function: {}, now: Date.now });
    const { queueUrl } = deployFleet(world);
    feedFrom(world, queueUrl);
    installInFleet(world);
    world.stored().put({ refreshToken: world.provider.refreshToken });

    const ran = await world.run(['rotate', 'acme', '--json']);

    expect(ran.exitCode).toBe(0);
    expect(ran.json()).toMatchObject({ outcome: 'rotated' });
    expect(callsOf(world, 'SendMessage')).toBe(1);
    expect(callsOf(world, 'Invoke')).toBe(0);
  });

  it('sends to seed if the secret is missing', async () => {
    const { world } = await startFleetWorld();
    world.stored('bare').configure({ authBaseUrl: world.provider.url, clientId: 'id' });

    const ran = await world.run(['rotate', 'bare']);

    expect(ran.exitCode).toBe(3);
    expect(ran.stderr).toContain('make it by npm run ops -- seed bare, with --auth-base-url');
  });

  it('takes the fleet’s if a stack’s rotation has been turned off', async () => {
    const { world } = await startFleetWorld();
    install(world, 'moved');
    world.aws.scheduler.deleteSchedule({ Name: 'sfmc-moved' });
    const described = world.aws.secretsManager.describeSecret({ SecretId: 'sfmc/moved' });
    const RotationLambdaARN = functionArn('us-east-1', 'gone');
    jest
      .spyOn(world.aws.secretsManager, 'describeSecret')
      .mockReturnValue({ ...described, RotationEnabled: false, RotationLambdaARN });

    const [status] = await statuses(world, 'moved');

    expect(status).toMatchObject({ isFleet: true, unknown: [] });
  });
});

describe('a connection whose secret is attached to the function of a fleet that is gone', () => {
  it('is that of the present one, to whose function a rotation attaches it', async () => {
    const world = await startOpsWorld({
      function: printingFunction,
      authorize: ({ action, accessKeyId }) =>
        action !== 'sqs:SendMessage' || accessKeyId !== 'operator',
    });
    const { rotatorArn } = deployFleet(world);
    installInFleet(world);
    // Before there was the function of the present fleet.
    jest.spyOn(world.aws.secretsManager, 'describeSecret').mockReturnValueOnce({
      ...world.aws.secretsManager.describeSecret({ SecretId: 'sfmc/acme' }),
      RotationEnabled: true,
      RotationLambdaARN: functionArn('us-east-1', 'gone'),
    });

    const [status] = await statuses(world, 'acme');
    await world.run(['rotate', 'acme', '--timeout', '1']);

    expect(status).toMatchObject({ isFleet: true, unknown: [] });
    expect(
      world.aws.secretsManager.describeSecret({ SecretId: 'sfmc/acme' }).RotationLambdaARN,
    ).toBe(rotatorArn);
  });
});

describe('ops recover of a fleet', () => {
  it('reads the log of the fleet’s rotator', async () => {
    const { world } = await startFleetWorld();
    await log(world, errorLine('ChainBroken'));
    world.clock.advance(2 * hourMs);
    await log(world, errorLine('StoreUnavailable'));
    world.clock.advance(minuteMs);

    const ran = await world.run(['recover', 'acme', '--json']);

    expect(ran.json()).toMatchObject({
      diagnosis: 'failing',
      lastError: { code: 'StoreUnavailable' },
      unknown: [],
    });
  });
});
