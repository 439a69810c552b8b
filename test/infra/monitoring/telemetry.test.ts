import { createPowertoolsTelemetry } from '../../../lambda/effects/powertoolsTelemetry';
import type { CountedEvent } from '../../../lambda/effects/telemetry';
import { captureOutput, type JsonLine } from '../../support/output';
import '../support';
import { type AlarmProperties, alarmsIn, dashboardIn, monitoringOf } from './support';

/** All that may be counted: the compiler asks for each. */
const events: Record<CountedEvent, true> = {
  Rotated: true,
  Recovered: true,
  Reissued: true,
  Failed: true,
  ChainBroken: true,
  EscrowUsed: true,
  StagedSecretUsed: true,
};

type Dimensions = readonly { readonly Name: string; readonly Value: unknown }[];

const spell = (namespace: unknown, name: unknown, dimensions: Dimensions) =>
  `${namespace} ${name} ${dimensions
    .map(({ Name, Value }) => `${Name}=${Value}`)
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

describe('what the rotator writes', () => {
  const { template } = monitoringOf(['news', 'mail']);
  let written: string[];

  beforeEach(() => {
    const output = captureOutput();
    const telemetry = createPowertoolsTelemetry();
    for (const connection of ['news', 'mail']) {
      telemetry.gauge({
        connection,
        secondsToExpiry: 3_600,
        refreshTokenAgeSeconds: 1,
        durationMs: 1,
      });
    }
    for (const event of Object.keys(events)) telemetry.count(event as CountedEvent);
    telemetry.flush();
    written = metricsWritten(output());
  });

  it('includes every metric of its own that an alarm looks at', () => {
    const watched = [...alarmsIn(template).values()].flatMap(metricsOf).filter(own);

    expect(watched).toHaveLength(6);
    expect(watched.filter((metric) => !written.includes(metric))).toEqual([]);
  });

  it('includes every metric of its own that the dashboard shows', () => {
    const shown = dashboardIn(template)
      .widgets.flatMap(({ properties }) => properties.metrics ?? [])
      .filter(([namespace]) => typeof namespace === 'string')
      .map(([namespace, name, ...rest]) => {
        const texts = rest.filter((part) => typeof part === 'string');
        const dimensions = texts.flatMap((Name, index) =>
          index % 2 === 0 ? [{ Name, Value: texts[index + 1] }] : [],
        );
        return spell(namespace, name, dimensions);
      })
      .filter(own);

    expect(shown).toHaveLength(2 + 1 + Object.keys(events).length);
    expect(shown.filter((metric) => !written.includes(metric))).toEqual([]);
  });
});
