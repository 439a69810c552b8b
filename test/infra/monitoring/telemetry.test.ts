import type { Template } from 'aws-cdk-lib/assertions';
import {
  createPowertoolsTelemetry,
  type Gauges,
} from '../../../lambda/effects/powertoolsTelemetry';
import type { CountedEvent } from '../../../lambda/effects/telemetry';
import { captureOutput, type JsonLine } from '../../support/output';
import '../support';
import {
  type AlarmProperties,
  alarmsIn,
  dashboardIn,
  fleetMonitoringOf,
  monitoringOf,
} from './support';

/** All that may be counted: the compiler asks for each. */
const events: Record<CountedEvent, true> = {
  Rotated: true,
  Recovered: true,
  Reissued: true,
  Failed: true,
  ChainBroken: true,
  EscrowUsed: true,
  StagedSecretUsed: true,
  LeftOpen: true,
};

type Dimensions = readonly { readonly Name: string; readonly Value: unknown }[];

const spell = (namespace: unknown, name: unknown, dimensions: Dimensions) =>
  `${namespace} ${name} ${dimensions
    .map(({ Name, Value }) => `${Name}=${Name === 'FunctionName' ? 'rotator' : Value}`)
    .sort()
    .join(' ')}`;

/** What CloudWatch makes of lines of the embedded metric format. */
function metricsWritten(lines: readonly JsonLine[]): string[] {
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
        Metrics.map(({ Name }) =>
          spell(
            Namespace,
            Name,
            names.map((name) => ({ Name: name, Value: line[name] })),
          ),
        ),
      ),
    );
  });
}

function metricsOf({ Namespace, MetricName, Dimensions = [], Metrics = [] }: AlarmProperties) {
  const metrics = Metrics.flatMap(({ MetricStat }) => MetricStat?.Metric ?? []);
  return [{ Namespace, MetricName, Dimensions }, ...metrics]
    .filter(({ MetricName: name }) => name !== undefined)
    .map((metric) => spell(metric.Namespace, metric.MetricName, metric.Dimensions));
}

const own = (metric: string) => !metric.startsWith('AWS/');

/** All that a rotator can write, as the gauges of its connections are kept. */
function written(gauges: Gauges): string[] {
  const output = captureOutput();
  const telemetry = createPowertoolsTelemetry('rotator');
  telemetry.expect(2);
  for (const connection of ['news', 'mail']) {
    telemetry.about({ connection }, gauges).gauge({
      connection,
      secondsToExpiry: 3_600,
      refreshTokenAgeSeconds: 600 * 86_400,
      durationMs: 1,
    });
  }
  for (const event of Object.keys(events)) telemetry.about({}, gauges).count(event as CountedEvent);
  telemetry.flush();
  return metricsWritten(output());
}

/** Metrics of its own that a dashboard shows as they are. */
function metricsShown(template: Template): string[] {
  return dashboardIn(template)
    .widgets.flatMap(({ properties }) => properties.metrics ?? [])
    .filter(([namespace]) => typeof namespace === 'string')
    .map(([namespace, name, ...rest]) => {
      // A name that only the deployment knows stands between its brackets.
      const texts = rest.filter((part) => typeof part === 'string');
      const dimensions = texts.flatMap((Name, index) =>
        index % 2 === 0 ? [{ Name, Value: texts[index + 1] }] : [],
      );
      return spell(namespace, name, dimensions);
    })
    .filter(own);
}

describe.each([
  {
    of: 'connections',
    gauges: 'overAll',
    template: monitoringOf(['news', 'mail']).template,
    watchedCount: 7,
    shownCount: 1 + 5,
  },
  {
    of: 'connections in detail',
    gauges: 'byConnection',
    template: monitoringOf(['news', 'mail'], () => ({}), { detailedMonitoring: true }).template,
    watchedCount: 8,
    shownCount: 1 + 5 + 2 + 4,
  },
  {
    of: 'a fleet',
    gauges: 'overAll',
    template: fleetMonitoringOf().template,
    watchedCount: 6,
    shownCount: 1 + 5,
  },
] as const)('what the rotator of $of writes', ({ gauges, template, watchedCount, shownCount }) => {
  it('includes every metric of its own that an alarm looks at', () => {
    const watched = [...alarmsIn(template).values()].flatMap(metricsOf).filter(own);

    const writes = written(gauges);

    expect(watched).toHaveLength(watchedCount);
    expect(watched.filter((metric) => !writes.includes(metric))).toEqual([]);
  });

  it('includes every metric of its own that the dashboard shows', () => {
    const shown = metricsShown(template);

    const writes = written(gauges);

    expect(shown).toHaveLength(shownCount);
    expect(shown.filter((metric) => !writes.includes(metric))).toEqual([]);
  });
});
