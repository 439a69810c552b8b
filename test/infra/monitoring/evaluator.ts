import type { JsonLine } from '../../support/output';
import type { AlarmProperties, MetricProperties } from './support';

/** One value of a metric, as a function or AWS has written it. */
export interface Datum {
  /** As {@link metricKey} spells it. */
  readonly metric: string;
  readonly atSeconds: number;
  readonly value: number;
}

export type AlarmState = 'INSUFFICIENT_DATA' | 'OK' | 'ALARM';

type Dimensions = readonly { readonly Name: string; readonly Value: unknown }[];
type Series = readonly (number | undefined)[];

export function metricKey(namespace: unknown, name: unknown, dimensions: Dimensions = []): string {
  const spelt = dimensions
    .map(
      ({ Name, Value }) => `${Name}=${typeof Value === 'string' ? Value : JSON.stringify(Value)}`,
    )
    .sort();
  return [namespace, name, ...spelt].join(' ');
}

/** What CloudWatch makes of lines of the embedded metric format. */
export function dataIn(lines: readonly JsonLine[], atSeconds: number): Datum[] {
  return lines.flatMap((line) => {
    const { CloudWatchMetrics = [] } = (line._aws ?? {}) as {
      readonly CloudWatchMetrics?: readonly {
        readonly Namespace: string;
        readonly Dimensions: readonly (readonly string[])[];
        readonly Metrics: readonly { readonly Name: string }[];
      }[];
    };
    return CloudWatchMetrics.flatMap(({ Namespace, Dimensions, Metrics }) =>
      Dimensions.flatMap((names) =>
        Metrics.flatMap(({ Name }) => {
          const dimensions = names.map((name) => ({ Name: name, Value: line[name] }));
          return [line[Name]].flat().map((value) => ({
            metric: metricKey(Namespace, Name, dimensions),
            atSeconds,
            value: Number(value),
          }));
        }),
      ),
    );
  });
}

export interface Evaluation {
  readonly fromSeconds: number;
  readonly toSeconds: number;
  /** Where CloudWatch begins its periods, in seconds after a full one. */
  readonly phaseSeconds?: number;
  /**
   * How many periods CloudWatch looks back for, beyond those that are evaluated: more than none, and
   * not documented ("Configuring how CloudWatch alarms treat missing data").
   */
  readonly lookBehind?: number;
  /** How late CloudWatch has a value. */
  readonly delaySeconds?: number;
}

/** The states that an alarm goes through, by the metrics' values and its own definition alone. */
export function statesOf(
  alarm: AlarmProperties,
  data: readonly Datum[],
  { fromSeconds, toSeconds, phaseSeconds = 0, lookBehind = 3, delaySeconds = 0 }: Evaluation,
): readonly { readonly atSeconds: number; readonly state: AlarmState }[] {
  const { EvaluationPeriods: periods } = alarm;
  const periodSeconds = periodOf(alarm);
  const count = periods + lookBehind;
  const recorded = recordedOf(data, metricsOf(alarm));
  const states: { atSeconds: number; state: AlarmState }[] = [];
  let state: AlarmState = 'INSUFFICIENT_DATA';
  const first = Math.ceil((fromSeconds - phaseSeconds) / periodSeconds) * periodSeconds;
  for (let now = first + phaseSeconds; now <= toSeconds; now += periodSeconds) {
    const ends = Array.from(
      { length: count },
      (_, index) => now - (count - 1 - index) * periodSeconds,
    );
    state = next(alarm, seriesOf(alarm, recorded, ends, now - delaySeconds), state);
    states.push({ atSeconds: now, state });
  }
  return states;
}

function next(alarm: AlarmProperties, series: Series, before: AlarmState): AlarmState {
  const { EvaluationPeriods: periods, TreatMissingData: missing } = alarm;
  const known = series.filter((value) => value !== undefined);
  const breaches = (value: number) => compare(alarm, value);
  // With enough of them in sight, those that are missing do not count.
  const latest = series.slice(-periods);
  const evaluated =
    latest.includes(undefined) && known.length >= periods ? known.slice(-periods) : latest;
  const actual = evaluated.filter((value) => value !== undefined);
  const gaps = evaluated.length - actual.length;
  const breaching = actual.filter(breaches).length;
  if (gaps > 0 && missing === 'ignore') return breaching < actual.length ? 'OK' : before;
  if (missing === 'missing' && actual.length === 0) return 'INSUFFICIENT_DATA';
  return breaching + (missing === 'breaching' ? gaps : 0) === periods ? 'ALARM' : 'OK';
}

function compare({ ComparisonOperator: operator, Threshold }: AlarmProperties, value: number) {
  switch (operator) {
    case 'LessThanThreshold':
      return value < Threshold;
    case 'GreaterThanThreshold':
      return value > Threshold;
    case 'GreaterThanOrEqualToThreshold':
      return value >= Threshold;
    default:
      throw new Error(`an operator that is not known here: ${operator}`);
  }
}

function periodOf({ Period, Metrics = [] }: AlarmProperties): number {
  const period = Period ?? Metrics.find(({ MetricStat }) => MetricStat)?.MetricStat?.Period;
  if (period === undefined) throw new Error('an alarm without a period');
  return period;
}

/** Keys of the metrics that an alarm is computed from. */
function metricsOf({ Metrics = [], Namespace, MetricName, Dimensions }: AlarmProperties) {
  const ofExpressions = Metrics.flatMap(({ MetricStat }) => MetricStat?.Metric ?? []);
  return new Set([
    metricKey(Namespace, MetricName, Dimensions),
    ...ofExpressions.map((each) => metricKey(each.Namespace, each.MetricName, each.Dimensions)),
  ]);
}

/** What there is of some metrics, each in the order of time. */
type Recorded = ReadonlyMap<string, readonly Datum[]>;

function recordedOf(data: readonly Datum[], metrics: ReadonlySet<string>): Recorded {
  const recorded = new Map<string, Datum[]>();
  for (const datum of data) {
    if (!metrics.has(datum.metric)) continue;
    const known = recorded.get(datum.metric);
    if (known) known.push(datum);
    else recorded.set(datum.metric, [datum]);
  }
  for (const each of recorded.values()) each.sort((a, b) => a.atSeconds - b.atSeconds);
  return recorded;
}

/** How many of them, in the order of time, are not later. */
function countUntil(data: readonly Datum[], atSeconds: number): number {
  let [low, high] = [0, data.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((data[middle]?.atSeconds ?? 0) <= atSeconds) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** For each period by its end, of what CloudWatch has until `latest`. */
function seriesOf(
  alarm: AlarmProperties,
  recorded: Recorded,
  ends: readonly number[],
  latest: number,
): Series {
  const { Metrics, Namespace, MetricName, Dimensions, Statistic = '' } = alarm;
  const seconds = periodOf(alarm);
  const statistics = (metric: string, statistic: string) =>
    ends.map((end) => {
      const data = recorded.get(metric) ?? [];
      const values = data
        .slice(countUntil(data, end - seconds), countUntil(data, Math.min(end, latest)))
        .map(({ value }) => value);
      return values.length === 0 ? undefined : statisticOf(statistic, values);
    });
  if (!Metrics) return statistics(metricKey(Namespace, MetricName, Dimensions), Statistic);
  const named = new Map<string, Series>();
  for (const { Id, MetricStat } of Metrics) {
    if (!MetricStat) continue;
    const { Metric, Stat } = MetricStat;
    named.set(
      Id,
      statistics(metricKey(Metric.Namespace, Metric.MetricName, Metric.Dimensions), Stat),
    );
  }
  const expression =
    Metrics.find((metric: MetricProperties) => metric.Expression)?.Expression ?? '';
  return evaluateExpression(expression, named, ends.length);
}

function statisticOf(statistic: string, values: readonly number[]): number {
  switch (statistic) {
    case 'Sum':
      return values.reduce((sum, value) => sum + value, 0);
    case 'Minimum':
      return Math.min(...values);
    case 'Maximum':
      return Math.max(...values);
    case 'SampleCount':
      return values.length;
    default:
      throw new Error(`a statistic that is not known here: ${statistic}`);
  }
}

/** CloudWatch's metric math, as far as the alarms use it ("Using math expressions"). */
export function evaluateExpression(
  expression: string,
  named: ReadonlyMap<string, Series>,
  length: number,
): Series {
  const tokens = expression.match(/\d+(\.\d+)?|\w+|[-+*/(),<>]/g) ?? [];
  let position = 0;
  const peek = () => tokens[position];
  const take = (expected?: string) => {
    const token = tokens[position++] ?? '';
    if (expected !== undefined && token !== expected)
      throw new Error(`no ${expected} in ${expression}`);
    return token;
  };
  const constant = (value: number): Series => Array(length).fill(value);

  const binary = (operators: readonly string[], operand: () => Series) => (): Series => {
    let left = operand();
    while (operators.includes(peek() ?? '')) {
      const operator = take();
      const right = operand();
      left = left.map((value, index) => calculate(operator, value, right[index]));
    }
    return left;
  };
  const primary = (): Series => {
    const token = take();
    if (token === '(') {
      const inside = whole();
      take(')');
      return inside;
    }
    if (/^\d/.test(token)) return constant(Number(token));
    if (peek() !== '(') return named.get(token) ?? fail(`no metric ${token} for ${expression}`);
    take('(');
    const first = whole();
    take(',');
    if (token === 'FILL') {
      if (peek() === 'REPEAT') {
        take('REPEAT');
        take(')');
        return repeated(first);
      }
      const by = whole();
      take(')');
      return filled(first, by);
    }
    if (token !== 'IF') return fail(`a function that is not known here: ${token}`);
    const then = whole();
    take(',');
    const otherwise = whole();
    take(')');
    return first.map((test, index) => {
      if (test === undefined) return undefined;
      return test === 0 ? otherwise[index] : then[index];
    });
  };
  const product = binary(['*', '/'], primary);
  const sum = binary(['+', '-'], product);
  const whole: () => Series = binary(['<', '>'], sum);
  const result = whole();
  if (position < tokens.length) throw new Error(`what is ${peek()} in ${expression}?`);
  return result;
}

function calculate(operator: string, left: number | undefined, right: number | undefined) {
  if (left === undefined || right === undefined) return undefined;
  switch (operator) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return left / right;
    case '<':
      return Number(left < right);
    default:
      return Number(left > right);
  }
}

/** A metric that has no data at all has no series to fill. */
const filled = (series: Series, by: Series): Series =>
  series.every((value) => value === undefined)
    ? series
    : series.map((value, index) => value ?? by[index]);

function repeated(series: Series): Series {
  let last: number | undefined;
  return series.map((value) => {
    last = value ?? last;
    return last;
  });
}

function fail(message: string): never {
  throw new Error(message);
}
