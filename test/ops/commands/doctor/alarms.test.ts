import { localFunctionName } from '../../../../local/aws/lambda/names';
import { minuteMs } from '../../../support/simulatedClock';
import { examine, notOk } from '../../support/examine';
import { deployFleet, installInFleet } from '../../support/fleet';
import { install, printingFunction } from '../../support/installed';
import { type OpsWorld, startOpsWorld } from '../../support/opsWorld';

const installed = { function: printingFunction };

function putInAlarm(
  { aws }: OpsWorld,
  AlarmName: string,
  dimensions: Readonly<Record<string, string>>,
  { isOfExpression = false } = {},
): void {
  const Dimensions = Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
  const Metric = { Namespace: 'SfmcTokenRotator', MetricName: 'ChainBroken', Dimensions };
  aws.cloudWatch.putMetricAlarm({
    AlarmName,
    AlarmDescription: `${AlarmName} means something. What to do: docs/runbook.md#${AlarmName}`,
    EvaluationPeriods: 1,
    Threshold: 1,
    ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    ...(isOfExpression
      ? { Metrics: [{ Id: 'm', MetricStat: { Metric, Period: 300, Stat: 'Sum' } }] }
      : { ...Metric, Statistic: 'Sum', Period: 300 }),
  });
  aws.cloudWatch.setAlarmState({
    AlarmName,
    StateValue: 'ALARM',
    StateReason: 'Threshold crossed',
  });
}

describe('ops doctor of alarms', () => {
  it('names each that is in ALARM, since when, and what its description says to do', async () => {
    const world = await startOpsWorld(installed);
    install(world);
    putInAlarm(world, 'Stack-ChainBroken', { FunctionName: localFunctionName });
    world.clock.advance(5 * minuteMs);

    const { exitCode, found } = await examine(world);

    expect(exitCode).toBe(4);
    expect(found('alarms')).toEqual([
      {
        id: 'alarms',
        title: 'alarms',
        verdict: 'warn',
        detail:
          'Stack-ChainBroken is in the state ALARM since 2026-11-24T08:00:00.000Z (5 min ago).',
        remedy: 'Stack-ChainBroken means something. What to do: docs/runbook.md#Stack-ChainBroken',
      },
    ]);
  });

  it.each([
    ['by an expression', { FunctionName: localFunctionName }, { isOfExpression: true }],
    ['of the queue', { QueueName: 'sfmc-token-rotator.fifo' }, {}],
    ['of this connection alone', { FunctionName: localFunctionName, connection: 'acme' }, {}],
  ])('finds one %s', async (_, dimensions, options) => {
    const world = await startOpsWorld(installed);
    install(world);
    putInAlarm(world, 'Alarming', dimensions, options);

    const { found } = await examine(world);

    expect(found('alarms')).toMatchObject([{ verdict: 'warn' }]);
  });

  it.each([
    ['something else', { FunctionName: 'other' }],
    ['another connection', { FunctionName: localFunctionName, connection: 'beta' }],
  ])('leaves out those about %s', async (_, dimensions) => {
    const world = await startOpsWorld(installed);
    install(world);
    putInAlarm(world, 'Alarming', dimensions);

    const { exitCode, found } = await examine(world);

    expect(exitCode).toBe(0);
    expect(found('alarms')).toMatchObject([{ verdict: 'ok', detail: 'none in the state ALARM' }]);
  });

  it.each([
    ['dead letters', { QueueName: 'fleet-dead.fifo' }],
    ['dispatcher', { FunctionName: 'dispatcher' }],
  ])('finds those of a fleet’s %s', async (_, dimensions) => {
    const world = await startOpsWorld(installed);
    deployFleet(world);
    installInFleet(world);
    putInAlarm(world, 'Alarming', dimensions);

    const { found } = await examine(world);

    expect(found('alarms')).toMatchObject([{ verdict: 'warn' }]);
  });
});

describe('ops doctor of throttles', () => {
  it('counts those of the last hour', async () => {
    const world = await startOpsWorld(installed);
    install(world);
    const throttled = (value: number) =>
      world.aws.cloudWatch.record({
        namespace: 'AWS/Lambda',
        name: 'Throttles',
        dimensions: { FunctionName: localFunctionName },
        value,
      });
    throttled(100);
    world.clock.advance(61 * minuteMs);
    const before = await examine(world);
    throttled(2);
    throttled(1);
    world.clock.advance(minuteMs);

    const { found } = await examine(world);

    expect(before.found('throttles')).toMatchObject([{ verdict: 'ok' }]);
    expect(found('throttles')).toMatchObject([
      { verdict: 'warn', detail: expect.stringContaining('refused 3 invocations') },
    ]);
  });
});

it.each([
  ['cloudwatch:DescribeAlarms', 'alarms'],
  ['cloudwatch:GetMetricStatistics', 'throttles'],
])('says that it could not look if %s is denied, and goes on', async (denied, id) => {
  const world = await startOpsWorld({
    ...installed,
    authorize: ({ action }) => action !== denied,
  });
  install(world);

  const { exitCode, checks, found } = await examine(world);

  expect(exitCode).toBe(0);
  expect(notOk(checks)).toEqual([`${id} skip`]);
  expect(found(id)).toMatchObject([
    { detail: expect.stringContaining('Could not look'), remedy: expect.stringContaining(denied) },
  ]);
});
