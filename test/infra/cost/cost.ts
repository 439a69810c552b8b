import type { Template } from 'aws-cdk-lib/assertions';
import { alarmsIn } from '../monitoring/support';
import { prices } from './prices';

const minutesOfMonth = 30 * 24 * 60;

/** What a day of one connection came to, as it was counted. */
export interface CountedDay {
  readonly ticks: number;
  readonly secretsManagerCalls: number;
  readonly decryptions: number;
  readonly billedSeconds: number;
  readonly logBytes: number;
  /** Names with dimensions. */
  readonly customMetrics: readonly string[];
}

/** What Lambda writes of its own for each invocation: START, END and REPORT. */
const platformLogBytes = 320;

const properties = (template: Template, type: string) =>
  Object.values(template.findResources(type)).map(({ Properties }) => Properties);

/** Alarms are paid by the metrics that they look at. */
function alarmMetrics(template: Template): number {
  return [...alarmsIn(template).values()]
    .map(({ Metrics }) => Metrics?.filter(({ MetricStat }) => MetricStat).length ?? 1)
    .reduce((sum, count) => sum + count, 0);
}

/** USD a month for one connection more, by what it is for. */
export function costOfConnection(
  [one, two]: readonly [Template, Template],
  { ticks, secretsManagerCalls, decryptions, billedSeconds, logBytes, customMetrics }: CountedDay,
) {
  const more = (type: string) => properties(two, type).length - properties(one, type).length;
  const [schedule] = properties(one, 'AWS::Scheduler::Schedule');
  const minutes = Number(/^rate\((\d+) minutes\)$/.exec(schedule.ScheduleExpression)?.[1]);
  const ticksOfMonth = more('AWS::Scheduler::Schedule') * (minutesOfMonth / minutes);
  const each = (ofDay: number) => (ofDay / ticks) * ticksOfMonth;
  const [{ MemorySize }] = properties(one, 'AWS::Lambda::Function');
  const [{ BatchSize }] = properties(one, 'AWS::Lambda::EventSourceMapping');
  const logGigabytes = (each(logBytes) + ticksOfMonth * platformLogBytes) / 1e9;
  return {
    'Secrets Manager, the secret': more('AWS::SecretsManager::Secret') * prices.secretMonth,
    'Secrets Manager, calls': each(secretsManagerCalls) * prices.secretsManagerCall,
    'CloudWatch, custom metrics':
      customMetrics.filter((name) => name.includes('connection=')).length *
      prices.customMetricMonth,
    'CloudWatch, alarms': (alarmMetrics(two) - alarmMetrics(one)) * prices.alarmMetricMonth,
    'Lambda, arm64, 256 MB':
      (ticksOfMonth / BatchSize) * prices.lambdaRequest +
      each(billedSeconds) * (MemorySize / 1_024) * prices.lambdaGigabyteSecond,
    'EventBridge Scheduler': ticksOfMonth * prices.scheduledInvocation,
    // Sent, received, deleted.
    'SQS, FIFO': ticksOfMonth * 3 * prices.fifoRequest,
    'CloudWatch Logs': logGigabytes * (prices.logGigabyte + prices.logGigabyteMonth),
    'KMS, `aws/ssm`': each(decryptions) * prices.kmsRequest,
  };
}

/** USD a month for monitoring that all connections share. */
export function costOfMonitoring(template: Template, customMetrics: readonly string[]) {
  return {
    dashboard: properties(template, 'AWS::CloudWatch::Dashboard').length * prices.dashboardMonth,
    alarms: alarmMetrics(template) * prices.alarmMetricMonth,
    'custom metrics':
      customMetrics.filter((name) => !name.includes('connection=')).length *
      prices.customMetricMonth,
  };
}

export const sumOf = (parts: Readonly<Record<string, number>>) =>
  Object.values(parts).reduce((sum, part) => sum + part, 0);
