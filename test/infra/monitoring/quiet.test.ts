import type { Template } from 'aws-cdk-lib/assertions';
import { context, HandlerEnvironment } from '../../lambda/rotator/handler/environment';
import { setEnvironment } from '../../support/environment';
import { minuteMs } from '../../support/simulatedClock';
import { propertiesOf } from '../fleet/support';
import { idOf } from '../support';
import { type Datum, dataIn, metricKey, statesOf } from './evaluator';
import { type AlarmProperties, alarmsIn, fleetMonitoringOf, monitoringOf } from './support';

const minute = 60;
const hour = 60 * minute;

const reference = (template: Template, type: string, part: string, attribute?: string) => {
  const id = idOf(template, type, part);
  return attribute ? { 'Fn::GetAtt': [id, attribute] } : { Ref: id };
};

/** What AWS writes of a queue, or of a function, of a template. */
function metricsOfAws(template: Template) {
  const ofQueue = (name: string, part = 'QueuesQueue') =>
    metricKey('AWS/SQS', name, [
      { Name: 'QueueName', Value: reference(template, 'AWS::SQS::Queue', part, 'QueueName') },
    ]);
  const ofFunction = (name: string, part = 'Rotator') =>
    metricKey('AWS/Lambda', name, [
      { Name: 'FunctionName', Value: reference(template, 'AWS::Lambda::Function', part) },
    ]);
  return { ofQueue, ofFunction };
}

/** The alarms that go into ALARM, wherever CloudWatch begins its periods and however far it looks back. */
function raised(
  template: Template,
  data: readonly Datum[],
  [fromSeconds, toSeconds]: readonly [number, number],
): string[] {
  const names = new Set<string>();
  for (const [name, alarm] of alarmsIn(template)) {
    if (everAlarm(alarm, data, [fromSeconds, toSeconds])) names.add(name);
  }
  return [...names].sort();
}

function everAlarm(
  alarm: AlarmProperties,
  data: readonly Datum[],
  [fromSeconds, toSeconds]: readonly [number, number],
): boolean {
  return [0, 50, 140, 290].some((phaseSeconds) =>
    [0, 3].some((lookBehind) =>
      statesOf(alarm, data, {
        fromSeconds,
        toSeconds,
        phaseSeconds,
        lookBehind,
        delaySeconds: minute,
      }).some(({ state }) => state === 'ALARM'),
    ),
  );
}

const environment = new HandlerEnvironment();
const names = ['news', 'mail', 'ads'];
const { template } = monitoringOf(names);
const functionName = JSON.stringify(reference(template, 'AWS::Lambda::Function', 'Rotator'));
const { ofQueue, ofFunction } = metricsOfAws(template);

beforeAll(async () => {
  process.env.AWS_LAMBDA_FUNCTION_NAME = functionName;
  await environment.start();
});
afterAll(async () => {
  await environment.close();
  delete process.env.AWS_LAMBDA_FUNCTION_NAME;
});
beforeEach(() => environment.begin());

/**
 * Ticks of connections, as the stack schedules them, through the function itself, with the environment
 * that the stack gives it; and what AWS counts beside.
 *
 * @param isSent whether the schedule of a connection sends that tick
 */
async function play(
  connections: readonly string[],
  ticks: number,
  isSent: (connection: string, tick: number) => boolean = () => true,
): Promise<Datum[]> {
  const { Variables } = propertiesOf(template, 'AWS::Lambda::Function').Environment as {
    readonly Variables: Record<'CONNECTION_METRICS' | 'SCHEDULED_CONNECTIONS', string>;
  };
  const { CONNECTION_METRICS, SCHEDULED_CONNECTIONS } = Variables;
  setEnvironment({ CONNECTION_METRICS, SCHEDULED_CONNECTIONS });
  const data: Datum[] = [];
  let written = environment.output().length;
  for (let tick = 0; tick < ticks; tick++) {
    const atSeconds = tick * 5 * minute;
    for (const connection of connections.filter((name) => isSent(name, tick))) {
      const record = environment.record(`${connection}-${tick}`, { connection });
      const answer = await environment.handler({ Records: [record] }, context);
      const failed = 'batchItemFailures' in answer && answer.batchItemFailures.length > 0;
      const ageSeconds = failed ? 4 * minute : 0;
      data.push(
        { metric: ofQueue('NumberOfMessagesSent'), atSeconds, value: 1 },
        { metric: ofQueue('ApproximateAgeOfOldestMessage'), atSeconds, value: ageSeconds },
        { metric: ofFunction('Invocations'), atSeconds, value: 1 },
        { metric: ofFunction('Errors'), atSeconds, value: 0 },
      );
    }
    for (const part of ['QueuesDeadLetterQueue', 'RotationDeadLetterQueue']) {
      data.push({
        metric: ofQueue('ApproximateNumberOfMessagesVisible', part),
        atSeconds,
        value: 0,
      });
    }
    data.push({ metric: ofQueue('NumberOfMessagesSent'), atSeconds, value: 0 });
    const lines = environment.output();
    data.push(...dataIn(lines.slice(written), atSeconds));
    written = lines.length;
    environment.clock.advance(5 * minuteMs);
  }
  return data;
}

function unseeded(...connections: string[]) {
  return connections.map((name) => {
    const connection = `${environment.connection}-${name}`;
    environment.seed(connection).put('{}');
    return connection;
  });
}

function seeded(...connections: string[]) {
  return connections.map((name) => {
    const connection = `${environment.connection}-${name}`;
    environment.seed(connection);
    return connection;
  });
}

const ticks = 30;
const all = [0, ticks * 5 * minute] as const;

describe('the alarms of single connections', () => {
  it('are quiet from the deployment on while nothing is seeded, and nothing fails', async () => {
    const data = await play(unseeded(...names), ticks);

    expect(raised(template, data, all)).toEqual([]);
    expect(environment.logged().filter(({ level }) => level === 'ERROR')).toEqual([]);
    expect(data.some(({ metric }) => metric.includes(' Failed '))).toBe(false);
  });

  it('are quiet while one of the connections is seeded and the others wait', async () => {
    const data = await play([...seeded('news'), ...unseeded('mail', 'ads')], ticks);

    expect(raised(template, data, all)).toEqual([]);
  });

  it('are quiet while all is well, and no connection has a metric of its own', async () => {
    const data = await play(seeded(...names), ticks);

    expect(raised(template, data, all)).toEqual([]);
    expect(data.filter(({ metric }) => /connection=/.test(metric))).toEqual([]);
  });

  it('find the one whose schedule is gone, beside one that waits for its seed', async () => {
    const [news = '', ...others] = [...seeded('news', 'mail'), ...unseeded('ads')];
    const goneAt = ticks / 3;

    const data = await play(
      [news, ...others],
      ticks,
      (name, tick) => name !== news || tick < goneAt,
    );

    expect(raised(template, data, all)).toEqual(['TicksMissing']);
  });

  it('find out that no tick succeeds any more, beside one that waits for its seed', async () => {
    const connections = [...seeded('news', 'mail'), ...unseeded('ads')];

    const data = await play(connections, ticks, (_name, tick) => tick < ticks / 2);

    expect(raised(template, data, all)).toContain('NothingRotated');
  });

  it('find the one that always fails by its message and its dead letter, within 20 minutes', () => {
    const failsAt = hour;
    const age = Array.from({ length: 18 }, (_, attempt) => ({
      metric: ofQueue('ApproximateAgeOfOldestMessage'),
      atSeconds: failsAt + attempt * minute,
      value: attempt * minute,
    }));
    const deadLetter = {
      metric: ofQueue('ApproximateNumberOfMessagesVisible', 'QueuesDeadLetterQueue'),
      atSeconds: failsAt + 18 * minute,
      value: 1,
    };

    const found = raised(template, [...age, deadLetter], [0, failsAt + 25 * minute]);

    expect(found).toEqual(['DeadLetters', 'QueueBehind']);
  });
});

describe('TicksMissing', () => {
  /** A repeatable chance. */
  function chance(seed: number) {
    let state = seed;
    return () => {
      state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
      return state / 2_147_483_648;
    };
  }

  /** Ticks of so many connections, each sent within the minute after its time, all at one time or not. */
  function sentBy(
    alarm: AlarmProperties,
    connections: number,
    [from, to]: readonly [number, number],
    { isSent = (_index: number, _at: number): boolean => true, isTogether = true, seed = 1 } = {},
  ): Datum[] {
    const random = chance(seed);
    const [sent, expected] = ['NumberOfMessagesSent', 'Connections'].map((name) => {
      const found = alarm.Metrics?.find(({ MetricStat }) => MetricStat?.Metric.MetricName === name);
      const metric = found?.MetricStat?.Metric;
      return metricKey(metric?.Namespace, metric?.MetricName, metric?.Dimensions);
    });
    return Array.from({ length: connections }, (_, index) => {
      const offset = isTogether ? 0 : Math.floor(random() * 300);
      const times = Array.from(
        { length: Math.ceil((to - from) / 300) },
        (_, tick) => from + offset + tick * 300,
      );
      return times
        .filter((at) => isSent(index, at))
        .flatMap((at) => {
          const atSeconds = at + Math.floor(random() * 60);
          return [
            { metric: sent ?? '', atSeconds, value: 1 },
            { metric: expected ?? '', atSeconds, value: connections },
          ];
        });
    }).flat();
  }

  const alarmOf = (count: number) => {
    const many = Array.from({ length: count }, (_, index) => `connection-${index}`);
    const alarm = alarmsIn(monitoringOf(many).template).get('TicksMissing');
    if (alarm === undefined) throw new Error('no alarm');
    return alarm;
  };

  it.each([1, 4, 12, 50])(
    'of %d connections: quiet by chance, and finds one within hours',
    (count) => {
      const alarm = alarmOf(count);
      const windowSeconds = Number(
        alarm.Metrics?.find(({ MetricStat }) => MetricStat)?.MetricStat?.Period,
      );
      const until = 12 * windowSeconds;
      const gone = 5 * windowSeconds;

      for (const isTogether of [true, false]) {
        for (const seed of [1, 2, 3]) {
          const healthy = sentBy(alarm, count, [0, until], { isTogether, seed });
          expect(everAlarm(alarm, healthy, [0, until])).toBe(false);

          const isSent = (index: number, at: number) => index > 0 || at < gone;
          const silent = sentBy(alarm, count, [0, until], { isTogether, seed, isSent });
          if (count > 1)
            expect(everAlarm(alarm, silent, [gone, gone + 6 * windowSeconds])).toBe(true);
        }
      }
      expect(windowSeconds).toBeLessThanOrEqual(2.7 * hour);
    },
  );

  it('is quiet when a connection is added, though the hours before lack its ticks', () => {
    const alarm = alarmOf(4);
    const added = 2 * hour;
    const before = sentBy(alarm, 3, [0, added]);
    const after = sentBy(alarm, 4, [added, 4 * hour]);

    expect(everAlarm(alarm, [...before, ...after], [added, 4 * hour])).toBe(false);
  });
});

describe('the alarms of a fleet', () => {
  it('are quiet from the deployment on, while nothing is seeded', async () => {
    const fleet = fleetMonitoringOf();
    const ofFleet = metricsOfAws(fleet.template);
    const rotator = JSON.stringify(reference(fleet.template, 'AWS::Lambda::Function', 'Rotator'));
    const waiting = await play(unseeded(...names), ticks);
    const data = waiting.map((datum) => ({
      ...datum,
      metric: datum.metric.replace(functionName, rotator),
    }));
    const runs = Array.from({ length: ticks - 2 }, (_, run) => (run + 2) * 5 * minute).flatMap(
      (at) => [
        { metric: ofFleet.ofFunction('Invocations', 'Dispatcher'), atSeconds: at, value: 1 },
        { metric: ofFleet.ofFunction('Errors', 'Dispatcher'), atSeconds: at, value: 0 },
        { metric: ofFleet.ofQueue('ApproximateNumberOfMessagesVisible'), atSeconds: at, value: 0 },
        { metric: ofFleet.ofQueue('ApproximateAgeOfOldestMessage'), atSeconds: at, value: 0 },
      ],
    );

    expect(raised(fleet.template, [...data, ...runs], all)).toEqual([]);
  });
});
