import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { context, HandlerEnvironment } from '../../lambda/rotator/handler/environment';
import { setEnvironment } from '../../support/environment';
import { minuteMs } from '../../support/simulatedClock';
import { propertiesOf } from '../fleet/support';
import { dataIn } from '../monitoring/evaluator';
import { fleetMonitoringOf, monitoringOf } from '../monitoring/support';
import { type CountedDay, costInFleet, costOfConnection, costOfMonitoring, sumOf } from './cost';

const dayMinutes = 24 * 60;
/** AWS answers in 20 ms, and an invocation has some work beside. */
const callSeconds = 0.02;
const ownSeconds = 0.03;

const environment = new HandlerEnvironment();
beforeAll(async () => {
  process.env.AWS_LAMBDA_FUNCTION_NAME = 'rotator';
  await environment.start();
});
afterAll(async () => {
  await environment.close();
  delete process.env.AWS_LAMBDA_FUNCTION_NAME;
});
beforeEach(() => environment.begin());

type Variables = Readonly<Record<string, unknown>>;

/** A day of a healthy connection, each of its messages through the function itself. */
async function countDay(variables: Variables, everyMinutes: number): Promise<CountedDay> {
  const texts = Object.entries(variables).filter(([name]) => !/^QUEUE_|^EVENT_BUS/.test(name));
  setEnvironment(Object.fromEntries(texts.map(([name, value]) => [name, String(value)])));
  const { aws, clock, connection } = environment;
  const firstCall = aws.calls.length;
  const firstSleep = clock.sleptMs.length;
  const ticks = dayMinutes / everyMinutes;
  for (let tick = 0; tick < ticks; tick++) {
    const record = environment.record(`${connection}-${tick}`, { connection });
    expect(await environment.handler({ Records: [record] }, context)).toEqual({
      batchItemFailures: [],
    });
    clock.advance(everyMinutes * minuteMs);
  }
  const calls = aws.calls.slice(firstCall).map(({ operation }) => operation);
  const ofParameters = calls.filter((operation) => /Parameter/.test(operation));
  const sleptMs = clock.sleptMs.slice(firstSleep).reduce((sum, ms) => sum + ms, 0);
  const output = environment.output();
  return {
    ticks,
    secretsManagerCalls: calls.length - ofParameters.length,
    // Of the client secret: the escrow and a staged one are not there.
    decryptions: ofParameters.length,
    billedSeconds: sleptMs / 1_000 + calls.length * callSeconds + ticks * ownSeconds,
    logBytes: output.reduce((sum, line) => sum + Buffer.byteLength(JSON.stringify(line)) + 1, 0),
    customMetrics: [...new Set(dataIn(output, 0).map(({ metric }) => metric))],
  };
}

const one = monitoringOf(['news']).template;
const two = monitoringOf(['news', 'mail']).template;
const variablesOf = (template: typeof one) =>
  (
    propertiesOf(template, 'AWS::Lambda::Function', 'Rotator').Environment as {
      Variables: Variables;
    }
  ).Variables;

/** One day, for the tests that ask for it. */
let dayOfOne: CountedDay | undefined;
const countDayOfOne = async (): Promise<CountedDay> => {
  dayOfOne ??= await countDay(variablesOf(one), 5);
  return dayOfOne;
};

const rounded = (parts: Readonly<Record<string, number>>) =>
  Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, part.toFixed(3)]));

/** The first table below a heading of docs/cost.md: the cells of each row. */
function documentedRows(heading: string): readonly (readonly string[])[] {
  const text = readFileSync(join(__dirname, '..', '..', '..', 'docs', 'cost.md'), 'utf8');
  const [, section = ''] = text.split(`## ${heading}\n`);
  const [table = ''] = section.split('\n\n').filter((part) => part.startsWith('|'));
  const cellsOf = (row: string) =>
    row
      .replaceAll('**', '')
      .split('|')
      .map((cell) => cell.trim());
  return table
    .trim()
    .split('\n')
    .filter((_, index) => index !== 1)
    .map((row) => cellsOf(row).slice(1, -1));
}

/** Its first column, and its last. */
const documented = () =>
  Object.fromEntries(
    documentedRows('A single connection')
      .slice(1)
      .map((cells) => [cells.at(0), cells.at(-1)]),
  );

it('a connection costs at most 0.50 USD a month, monitoring included', async () => {
  const day = await countDayOfOne();

  const cost = costOfConnection([one, two], day);

  expect(cost).toMatchObject({ 'CloudWatch, custom metrics': 0, 'CloudWatch, alarms': 0 });
  expect(sumOf(cost)).toBeLessThanOrEqual(0.5);
  expect(documented()).toEqual({ ...rounded(cost), sum: rounded({ sum: sumOf(cost) }).sum });
});

it('what the connections share of monitoring costs less than 5 USD a month', async () => {
  const { customMetrics } = await countDayOfOne();

  const cost = costOfMonitoring(one, customMetrics);

  expect(sumOf(cost)).toBeLessThan(5);
  expect(cost).toEqual({
    dashboard: 3,
    alarms: expect.closeTo(1.2, 5),
    'custom metrics': expect.closeTo(0.6, 5),
  });
});

it('what a fleet has of monitoring costs less than 5 USD a month', async () => {
  const { template } = fleetMonitoringOf();

  const { customMetrics } = await countDay(variablesOf(template), 20);

  expect(sumOf(costOfMonitoring(template, customMetrics))).toBeLessThan(5);
});

describe('a connection of a fleet', () => {
  const { template } = fleetMonitoringOf();
  let day: CountedDay;
  beforeEach(async () => {
    day ??= await countDay(variablesOf(template), 20);
  });
  /** With its share of the monitoring. */
  const costAmong = (connections: number) =>
    sumOf(costInFleet(template, day, connections)) +
    sumOf(costOfMonitoring(template, day.customMetrics)) / connections;

  it.each([300, 1_000, 5_000, 10_000, 11_000])(
    'costs at most 0.50 USD a month among %d in a Region, monitoring included',
    (connections) => {
      expect(costAmong(connections)).toBeLessThanOrEqual(0.5);
    },
  );

  it('costs what docs/cost.md says', () => {
    const [head = [], ...rows] = documentedRows('A connection of a fleet');
    const sums = rows.at(-1) ?? [];

    for (const connections of ['1,000', '10,000']) {
      const cost = costInFleet(template, day, Number(connections.replace(',', '')));

      expect(Number(sums[head.indexOf(connections)])).toBeCloseTo(sumOf(cost), 2);
    }
  });
});

it('detailed monitoring costs 0.40 USD more for each connection', async () => {
  const detailed = (names: string[]) =>
    monitoringOf(names, () => ({}), { detailedMonitoring: true }).template;
  const templates = [detailed(['news']), detailed(['news', 'mail'])] as const;
  const day = await countDay(variablesOf(templates[0]), 5);

  const cost = costOfConnection(templates, day);

  expect(cost).toMatchObject({
    'CloudWatch, custom metrics': expect.closeTo(0.3, 5),
    'CloudWatch, alarms': expect.closeTo(0.1, 5),
  });
});
