import type { ConnectionStatus } from '../../../../ops/commands/status/status';
import { minuteMs } from '../../../support/simulatedClock';
import { deployFleet, installInFleet } from '../../support/fleet';
import { install, printingFunction } from '../../support/installed';
import { type OpsWorld, startOpsWorld } from '../../support/opsWorld';

/** Their registry has more pages than are read for a few connections. */
const many = 110;

/** A fleet whose configs were there before its tokens, beside a connection of a stack. */
async function startMany(denied: readonly string[] = []): Promise<OpsWorld> {
  const world = await startOpsWorld({
    function: printingFunction,
    authorize: ({ action }) => !denied.includes(action),
  });
  deployFleet(world);
  install(world, 'acme');
  for (let n = 0; n < many; n += 1) installInFleet(world, `many-${n}`);
  world.clock.advance(3 * minuteMs);
  for (const name of names()) await rotate(world, name);
  world.clock.advance(minuteMs);
  return world;
}

const names = () => ['acme', ...Array.from({ length: many }, (_, n) => `many-${n}`)];

async function rotate(world: OpsWorld, name: string) {
  const stored = world.stored(name);
  stored.put({ ...stored.current(), issuedAt: new Date(world.clock.now()).toISOString() });
}

function breakSome(world: OpsWorld): void {
  const { secretsManager } = world.aws;
  world.stored('many-1').putParameter('escrow', '{}');
  world.stored('many-2').putParameter('client-secret-next', world.nextSecret());
  world.stored('many-3').deleteParameter('client-secret');
  world.stored('many-4').configure({ authBaseUrl: 'nowhere', clientId: 'id' });
  secretsManager.deleteSecret({ SecretId: 'sfmc/many-5' });
  secretsManager.deleteSecret({ SecretId: 'sfmc/many-6', ForceDeleteWithoutRecovery: true });
  world.stored('many-7').put('not JSON');
  world.stored('many-8').put('{}');
  world.stored('many-9').deleteParameter('config');
}

const statuses = async (world: OpsWorld, ...argv: string[]) =>
  (await world.run(['status', '--json', ...argv])).json<{ connections: ConnectionStatus[] }>()
    .connections;

const atOneTime = ({ secondsToExpiry: _, ...status }: ConnectionStatus) => status;

/** What is found of connections that are broken in part. */
async function foundOfBroken(denied: readonly string[] = []) {
  const world = await startMany(denied);
  breakSome(world);
  return (await statuses(world)).map(atOneTime);
}

/** The same with nothing denied, for the tests that ask for it. */
let allowed: ReturnType<typeof foundOfBroken> | undefined;

const callsOf = ({ aws }: OpsWorld, operation: string) =>
  aws.calls.filter((call) => call.operation === operation).length;

describe('ops status of many connections', () => {
  it('lists them by far fewer calls than there are connections', async () => {
    const world = await startMany();

    const found = await statuses(world);

    expect(found.map(({ name, verdict }) => [name, verdict])).toEqual(
      names().map((name) => [name, 'ok']),
    );
    const each = ['GetSecretValue', 'DescribeSecret', 'GetSchedule', 'GetParameters'];
    expect(each.map((operation) => callsOf(world, operation))).toEqual([0, 0, 0, 0]);
    const listings = ['GetParametersByPath', 'DescribeParameters', 'BatchGetSecretValue'];
    expect(listings.map((operation) => callsOf(world, operation))).toEqual([20, 5, 6]);
    expect([callsOf(world, 'ListSecrets'), callsOf(world, 'ListSchedules')]).toEqual([2, 1]);
  });

  it('finds of each what it finds of one alone', async () => {
    const world = await startMany();
    breakSome(world);

    const found = await statuses(world);

    expect(found.map(({ name }) => name)).toEqual(names().filter((name) => name !== 'many-9'));
    for (const name of ['acme', ...Array.from({ length: 9 }, (_, n) => `many-${n}`)]) {
      expect([found.find((each) => each.name === name)]).toEqual(await statuses(world, name));
    }
    expect(found.filter(({ verdict }) => verdict !== 'ok')).toHaveLength(8);
  });

  it('reads no config that the rotator has used as it is', async () => {
    const world = await startMany();
    world.stored('many-4').configure({ authBaseUrl: 'nowhere', clientId: 'id' });
    const read = jest.spyOn(world.aws.parameterStore, 'getParameters');

    const found = await statuses(world, '--attention');

    expect(found).toMatchObject([{ name: 'many-4', verdict: 'broken' }]);
    expect(read.mock.calls.map(([{ Names }]) => Names)).toEqual([['/sfmc/many-4/config']]);
  });

  it.each([
    'ssm:DescribeParameters',
    'secretsmanager:ListSecrets',
    'secretsmanager:BatchGetSecretValue',
    'scheduler:ListSchedules',
  ])('finds the same if %s is denied', async (action) => {
    allowed ??= foundOfBroken();

    expect(await foundOfBroken([action])).toEqual(await allowed);
  });

  it('says what is not known if a token may not be read', async () => {
    const world = await startMany(['secretsmanager:GetSecretValue']);

    const [first] = await statuses(world);

    expect(first?.unknown).toEqual([
      { what: 'token', why: expect.stringContaining('secretsmanager:GetSecretValue') },
    ]);
  });

  it('asks less often once AWS throttles', async () => {
    const world = await startMany();
    world.aws.orderFault({ operation: 'DescribeParameters', kind: 'throttle', calls: 6 });
    const beganAtMs = world.clock.now();

    const found = await statuses(world);

    expect(found).toHaveLength(names().length);
    expect(world.clock.now() - beganAtMs).toBeGreaterThanOrEqual(200);
  });
});
