import { idOf } from '../support';
import { alarmsIn, dashboardIn, fleetMonitoringOf } from './support';

const { template } = fleetMonitoringOf();
const { widgets } = dashboardIn(template);
const gridWidth = 24;
const titles = widgets.map(({ properties }) => properties.title);
const titled = (title: string) =>
  widgets.find(({ properties }) => properties.title.startsWith(title))?.properties;

describe('the dashboard of a fleet', () => {
  it('lays its widgets out beside and below one another', () => {
    const cells = widgets.flatMap(({ x, y, width, height }) => {
      expect(x + width).toBeLessThanOrEqual(gridWidth);
      return Array.from(
        { length: width * height },
        (_, cell) => `${x + (cell % width)},${y + Math.floor(cell / width)}`,
      );
    });
    expect(new Set(cells).size).toBe(cells.length);
  });

  it('shows how the connections are, the queue, both functions and the provider', () => {
    expect(titles).toEqual([
      'Alarms: what to do is in docs/runbook.md',
      'Outcomes in 20 minutes',
      'Connections that failed, in 20 minutes',
      'Least seconds to expiry after a success',
      'Age of the oldest refresh token, days',
      'Troubles, attempt by attempt',
      'The ten tokens that expire first',
      'The ten connections that fail most',
      'Messages in the queue',
      'Age of the oldest message, seconds',
      'Dead letters',
      'What the dispatcher sent',
      'Last errors of the dispatcher',
      'Provider latency, milliseconds',
      'Requests repeated to the provider, by problem',
      'Duration of a rotation',
      'Rotator',
      'Dispatcher',
    ]);
  });

  it('shows every alarm, and the lines of those that have one', () => {
    const ids = Object.keys(template.findResources('AWS::CloudWatch::Alarm'));

    expect(titled('Alarms')?.alarms).toEqual(ids.map((id) => `<${id}>`));
    for (const [title, name] of [
      ['Least seconds to expiry', 'TokenNearExpiry'],
      ['Age of the oldest message', 'QueueBehind'],
      ['Dead letters', 'DeadLetters'],
    ] as const) {
      expect(titled(title)?.annotations?.horizontal).toMatchObject([
        { value: alarmsIn(template).get(name)?.Threshold },
      ]);
    }
  });

  it("asks each function's own log", () => {
    const log = (part: string) => idOf(template, 'AWS::Logs::LogGroup', part);
    const asked = widgets.flatMap(({ properties: { title, query } }) => {
      const [, group] = /^SOURCE '<(.+)>' \| /.exec(query ?? '') ?? [];
      return group === undefined ? [] : [[title, group]];
    });

    expect(asked).toEqual([
      ['Outcomes in 20 minutes', log('Rotator')],
      ['Connections that failed, in 20 minutes', log('Rotator')],
      ['Age of the oldest refresh token, days', log('Rotator')],
      ['The ten tokens that expire first', log('Rotator')],
      ['The ten connections that fail most', log('Rotator')],
      ['What the dispatcher sent', log('Dispatcher')],
      ['Last errors of the dispatcher', log('Dispatcher')],
      ['Provider latency, milliseconds', log('Rotator')],
      ['Requests repeated to the provider, by problem', log('Rotator')],
    ]);
  });

  it('lists no more than ten of the connections', () => {
    for (const title of ['The ten tokens', 'The ten connections']) {
      expect(titled(title)?.query).toMatch(/by connection\n\| sort \w+ \w+\n\| limit 10$/);
    }
  });

  it('shows the queue itself, and the dead letters apart', () => {
    const metrics = (title: string) =>
      (titled(title)?.metrics ?? []).map(([, name, , queue]) => [name, queue]);
    const queue = `<${idOf(template, 'AWS::SQS::Queue', 'QueuesQueue')}>`;
    const deadLetters = `<${idOf(template, 'AWS::SQS::Queue', 'DeadLetterQueue')}>`;

    expect(metrics('Messages in the queue')).toEqual([
      ['ApproximateNumberOfMessagesVisible', queue],
      ['ApproximateNumberOfMessagesNotVisible', queue],
    ]);
    expect(metrics('Age of the oldest message')).toEqual([
      ['ApproximateAgeOfOldestMessage', queue],
    ]);
    expect(metrics('Dead letters')).toEqual([['ApproximateNumberOfMessagesVisible', deadLetters]]);
  });
});
