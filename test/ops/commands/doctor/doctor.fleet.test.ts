import { functionArn, localFunctionName } from '../../../../local/aws/lambda/names';
import { fleetWith } from '../../../infra/fleet/support';
import { idOf, permissionsOf } from '../../../infra/support';
import { examine, notOk } from '../../support/examine';
import { deployFleet, installInFleet, send } from '../../support/fleet';
import { install, printingFunction } from '../../support/installed';
import { startOpsWorld } from '../../support/opsWorld';

async function startFleetWorld(options: Parameters<typeof startOpsWorld>[0] = {}) {
  const world = await startOpsWorld({ function: printingFunction, ...options });
  const fleet = deployFleet(world);
  installInFleet(world);
  return { world, fleet };
}

describe('ops doctor of a fleet', () => {
  it('finds nothing wrong with a fleet as its stack makes it', async () => {
    const { world } = await startFleetWorld();

    const { exitCode, checks, found } = await examine(world);

    expect(notOk(checks)).toEqual([]);
    expect(exitCode).toBe(0);
    expect(checks.slice(3, 6).map(({ id, connection }) => [id, connection])).toEqual([
      ['fleet-schedule', undefined],
      ['fleet-queue', undefined],
      ['dead-letters', undefined],
    ]);
    expect(found('schedule')).toMatchObject([
      { detail: 'none of its own: the fleet sends it once in 20 minutes' },
    ]);
  });

  it('leaves its checks out if there is no fleet', async () => {
    const world = await startOpsWorld({ function: printingFunction });
    install(world);

    const { checks } = await examine(world);

    expect(checks.filter(({ id }) => id.includes('fleet'))).toEqual([]);
  });

  it('fails if the schedule of the fleet is off', async () => {
    const world = await startOpsWorld({ function: printingFunction });
    deployFleet(world, { state: 'DISABLED' });
    installInFleet(world);

    const { exitCode, found } = await examine(world);

    expect(exitCode).toBe(4);
    expect(found('fleet-schedule')).toMatchObject([
      { verdict: 'fail', detail: expect.stringContaining('nothing renews the tokens') },
    ]);
  });

  it.each([
    ['is missing', {}, 'There is no schedule'],
    ['invokes something else', { dispatcherArn: functionArn('us-east-1', 'other') }, 'It invokes'],
  ])('fails if its schedule %s', async (what, members, expected) => {
    const world = await startOpsWorld({ function: printingFunction });
    const { scheduleName } = deployFleet(world, members);
    installInFleet(world);
    if (what === 'is missing') world.aws.scheduler.deleteSchedule({ Name: scheduleName });

    const { found } = await examine(world);

    expect(found('fleet-schedule')).toMatchObject([
      { verdict: 'fail', detail: expect.stringContaining(expected) },
    ]);
  });

  it('counts what waits, and what no attempt got through', async () => {
    const { world, fleet } = await startFleetWorld();
    send(world, fleet.queueUrl, 'acme');
    send(world, fleet.queueUrl, 'beta');
    send(world, fleet.deadLetterQueueUrl);
    const idle = await examine(world);
    world.aws.sqs.receiveMessage({ QueueUrl: fleet.queueUrl });

    const busy = await examine(world);

    expect(idle.exitCode).toBe(4);
    expect(idle.found('fleet-queue')).toMatchObject([
      { verdict: 'warn', detail: expect.stringContaining('2 messages wait, 0 are') },
    ]);
    expect(idle.found('dead-letters')).toMatchObject([
      { verdict: 'warn', remedy: expect.stringContaining('status --attention') },
    ]);
    expect(busy.found('fleet-queue')).toMatchObject([
      { verdict: 'ok', detail: expect.stringContaining('1 messages wait, 1 are') },
    ]);
  });

  it('asks about exactly the actions that the stack of the fleet allows', async () => {
    const template = fleetWith().template();
    const role = idOf(template, 'AWS::IAM::Role', 'RotatorRole');
    const allowed = permissionsOf(template, role).map((line) => line.split(' ')[0]);
    const asked = new Map<string, string>();
    const { world } = await startFleetWorld({
      authorize: ({ action, resource, accessKeyId }) => {
        if (accessKeyId === localFunctionName) asked.set(action, resource);
        return true;
      },
    });

    await world.run(['doctor', 'acme', '--json']);

    expect([...asked.keys()].sort()).toEqual([...new Set(allowed)].sort());
    expect(asked.get('sqs:ReceiveMessage')).toBe('arn:aws:sqs:us-east-1:123456789012:fleet.fifo');
  });

  it('skips what those who look after some connections may not look at', async () => {
    const denied = ['sqs:GetQueueAttributes', 'ssm:GetParametersByPath'];
    const { world } = await startFleetWorld({
      authorize: ({ action, accessKeyId }) =>
        accessKeyId !== 'operator' || !denied.includes(action),
    });

    const { exitCode, checks } = await examine(world);

    expect(exitCode).toBe(0);
    expect(notOk(checks)).toEqual(['fleet-queue skip', 'dead-letters skip']);
  });
});
