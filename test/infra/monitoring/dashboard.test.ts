import { connectionsPerStack } from '../../../infra/connections';
import { idOf } from '../support';
import { alarmsIn, dashboardIn, monitoringOf, type Widget } from './support';

/** As CloudWatch takes them (API reference, "Dashboard Body Structure and Syntax"). */
const gridWidth = 24;
const metricsPerWidget = 500;
const alarmsPerWidget = 100;

const names = (count: number) => Array.from({ length: count }, (_, index) => `connection-${index}`);
const titled = (widgets: readonly Widget[], title: string) =>
  widgets.filter(({ properties }) => properties.title.includes(title));

describe.each([1, 2, connectionsPerStack])('the dashboard of %d connections', (count) => {
  const { template } = monitoringOf(names(count), () => ({}), { detailedMonitoring: true });
  const { widgets } = dashboardIn(template);

  it('lays its widgets out beside and below one another', () => {
    for (const { x, y, width, height } of widgets) {
      expect(x + width).toBeLessThanOrEqual(gridWidth);
      expect(Math.min(x, y, width - 1, height - 1)).toBeGreaterThanOrEqual(0);
    }
    const cells = widgets.flatMap(({ x, y, width, height }) =>
      Array.from({ length: width * height }, (_, cell) => {
        return `${x + (cell % width)},${y + Math.floor(cell / width)}`;
      }),
    );
    expect(new Set(cells).size).toBe(cells.length);
  });

  it('shows every alarm', () => {
    const [status] = widgets.filter(({ type }) => type === 'alarm');
    const ids = Object.keys(template.findResources('AWS::CloudWatch::Alarm'));

    expect(status?.properties.alarms).toEqual(ids.map((id) => `<${id}>`));
    expect(ids.length).toBeLessThanOrEqual(alarmsPerWidget);
  });

  it('shows what each connection has left, with the line of the alarm', () => {
    const [expiry] = titled(widgets, 'Seconds to expiry of');
    const metrics = expiry?.properties.metrics ?? [];

    const connectionOf = (metric: readonly unknown[]) => metric[metric.indexOf('connection') + 1];
    expect(metrics.map(connectionOf)).toEqual(names(count));
    expect(metrics.length).toBeLessThanOrEqual(metricsPerWidget);
    expect(expiry?.properties.annotations?.horizontal).toMatchObject([
      { value: alarmsIn(template).get('TokenNearExpiry-connection-0')?.Threshold },
    ]);
  });

  it("asks the rotator's log, with as many questions as for one connection", () => {
    const questions = widgets.filter(({ type }) => type === 'log');

    expect(questions).toHaveLength(10);
    for (const { properties } of questions) {
      expect(properties.query).toMatch(
        new RegExp(`^SOURCE '<${idOf(template, 'AWS::Logs::LogGroup')}>' \\| filter `),
      );
      expect(['table', 'timeSeries']).toContain(properties.view);
    }
  });

  it('shows queue, dead letters and function', () => {
    const metrics = widgets.flatMap(({ properties }) => properties.metrics ?? []);
    const shown = metrics
      .filter(([namespace]) => String(namespace).startsWith('AWS/'))
      .map(([, name, dimension, value]) => `${name} ${dimension} ${value}`);

    const rotator = `FunctionName <${idOf(template, 'AWS::Lambda::Function')}>`;
    const queue = (part: string) => `QueueName <${idOf(template, 'AWS::SQS::Queue', part)}>`;
    expect(shown).toEqual([
      `ApproximateNumberOfMessagesVisible ${queue('QueuesQueue')}`,
      `ApproximateNumberOfMessagesNotVisible ${queue('QueuesQueue')}`,
      `ApproximateAgeOfOldestMessage ${queue('QueuesQueue')}`,
      `ApproximateNumberOfMessagesVisible ${queue('QueuesDeadLetterQueue')}`,
      `ApproximateNumberOfMessagesVisible ${queue('RotationDeadLetterQueue')}`,
      ...Array(3).fill(`Duration ${rotator}`),
      `Invocations ${rotator}`,
      `Errors ${rotator}`,
      `Throttles ${rotator}`,
      `ConcurrentExecutions ${rotator}`,
    ]);
  });

  it('shows the same without a metric for each connection, unless monitoring is detailed', () => {
    const plain = dashboardIn(monitoringOf(names(count)).template).widgets;
    const shown = plain.map(({ properties }) => properties.title);

    expect(shown).toEqual(
      widgets
        .map(({ properties }) => properties.title)
        .filter((title) => !/ of the access tokens|not fresh|by its metric/.test(title)),
    );
    const [least] = titled(plain, 'Least seconds to expiry');
    expect(least?.properties.annotations?.horizontal).toMatchObject([{ value: 900 }]);
  });

  it.each([
    ['Age of the oldest refresh token by its metric', 'RefreshTokenOld'],
    ['Age of the oldest message', 'QueueBehind'],
    ['Dead letters', 'DeadLetters'],
    ['Dead letters', 'UndeliveredTicks'],
  ])('draws on "%s" the line of %s', (title, name) => {
    const [widget] = titled(widgets, title);

    expect(widget?.properties.annotations?.horizontal).toMatchObject([
      { value: alarmsIn(template).get(name)?.Threshold },
    ]);
  });
});

it('is named after the stack', () => {
  monitoringOf().template.hasResourceProperties('AWS::CloudWatch::Dashboard', {
    DashboardName: 'Stack-Monitoring',
  });
});
