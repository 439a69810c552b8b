import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import {
  TokenRotationFleetMonitoring,
  type TokenRotationFleetMonitoringProps,
} from '../../../infra/monitoring/tokenRotationFleetMonitoring';
import {
  TokenRotationMonitoring,
  type TokenRotationMonitoringProps,
} from '../../../infra/monitoring/tokenRotationMonitoring';
import { TokenRotation, type TokenRotationProps } from '../../../infra/tokenRotation';
import { connection } from '../exampleConnection';
import { fleetWith } from '../fleet/support';
import { account, code, projectApp, region } from '../support';

export interface AlarmProperties {
  readonly AlarmName: string;
  readonly AlarmDescription: string;
  readonly AlarmActions: unknown;
  readonly OKActions: unknown;
  readonly Namespace?: string;
  readonly MetricName?: string;
  readonly Dimensions?: readonly { readonly Name: string; readonly Value: unknown }[];
  readonly Statistic?: string;
  readonly Period?: number;
  readonly Metrics?: readonly MetricProperties[];
  readonly Threshold: number;
  readonly ComparisonOperator: string;
  readonly EvaluationPeriods: number;
  readonly DatapointsToAlarm?: number;
  readonly TreatMissingData: string;
}

export interface MetricProperties {
  readonly Id: string;
  readonly Expression?: string;
  readonly MetricStat?: {
    readonly Metric: Required<Pick<AlarmProperties, 'Namespace' | 'MetricName' | 'Dimensions'>>;
    readonly Period: number;
    readonly Stat: string;
  };
}

/** A rotation of these connections with its monitoring, in a stack named `Stack`. */
export function monitoringOf(
  names: readonly string[] = ['news'],
  props: (stack: Stack) => Partial<TokenRotationMonitoringProps> = () => ({}),
  rotationProps: Partial<TokenRotationProps> = {},
) {
  const stack = new Stack(projectApp(), 'Stack', { env: { account, region } });
  const rotation = new TokenRotation(stack, 'TokenRotation', {
    connections: names.map((name) => connection(name)),
    code,
    ...rotationProps,
  });
  const monitoring = new TokenRotationMonitoring(stack, 'Monitoring', {
    rotation,
    ...props(stack),
  });
  return { stack, rotation, monitoring, template: Template.fromStack(stack) };
}

/** A fleet with its monitoring, in a stack named `Stack`. */
export function fleetMonitoringOf(
  props: (stack: Stack) => Partial<TokenRotationFleetMonitoringProps> = () => ({}),
) {
  const { stack, fleet } = fleetWith();
  new TokenRotationFleetMonitoring(stack, 'Monitoring', { fleet, ...props(stack) });
  return { stack, fleet, template: Template.fromStack(stack) };
}

/** By what follows `Stack-Monitoring-` in their names. */
export function alarmsIn(template: Template): ReadonlyMap<string, AlarmProperties> {
  return new Map(
    Object.values(template.findResources('AWS::CloudWatch::Alarm')).map(({ Properties }) => [
      Properties.AlarmName.replace('Stack-Monitoring-', ''),
      Properties,
    ]),
  );
}

/** Looks one of them up. */
export const alarmNamed =
  (template: Template) =>
  (name: string): AlarmProperties => {
    const found = alarmsIn(template).get(name);
    if (found === undefined) throw new Error(`no alarm ${name}`);
    return found;
  };

export interface Widget {
  readonly type: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly properties: {
    readonly title: string;
    readonly view?: string;
    readonly query?: string;
    readonly alarms?: readonly string[];
    readonly metrics?: readonly (readonly unknown[])[];
    readonly annotations?: { readonly horizontal: readonly { readonly value: number }[] };
  };
}

/** The dashboard's body, with `<logical id>` where CloudFormation puts a name or an ARN. */
export function dashboardIn(template: Template): { readonly widgets: readonly Widget[] } {
  const [dashboard] = Object.values(template.findResources('AWS::CloudWatch::Dashboard'));
  const parts: unknown[] = dashboard?.Properties.DashboardBody['Fn::Join'][1];
  return JSON.parse(parts.map((part) => (typeof part === 'string' ? part : idIn(part))).join(''));
}

function idIn(reference: unknown): string {
  const [argument] = Object.values(reference as Record<string, unknown>);
  return `<${Array.isArray(argument) ? argument[0] : argument}>`;
}
