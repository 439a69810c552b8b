import type { Template } from 'aws-cdk-lib/assertions';
import { propertiesOf } from '../fleet/support';
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

/** A run is spread over four of its five minutes. */
const dispatcherSeconds = 240;

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

/** A connection's parameters in a fleet: its config and its client secret. */
const parametersOfEach = 2;
/** What an account has of them without paying ("AWS Systems Manager endpoints and quotas"). */
const standardParameters = 10_000;

/** USD a month for each of so many connections of a fleet in one Region, its monitoring left out. */
export function costInFleet(
  template: Template,
  { ticks, secretsManagerCalls, decryptions, billedSeconds, logBytes }: CountedDay,
  connections: number,
) {
  const memoryOf = (part: string) =>
    Number(propertiesOf(template, 'AWS::Lambda::Function', part).MemorySize) / 1_024;
  const [schedule] = properties(template, 'AWS::Scheduler::Schedule');
  const minutes = Number(/^rate\((\d+) minutes\)$/.exec(schedule.ScheduleExpression)?.[1]);
  const runs = minutesOfMonth / minutes;
  const rotations = ticks * 30;
  const each = (ofDay: number) => (ofDay / ticks) * rotations;
  const logGigabytes = (each(logBytes) + rotations * platformLogBytes) / 1e9;
  const advanced = Math.max(0, parametersOfEach * connections - standardParameters);
  return {
    secret: prices.secretMonth,
    'Secrets Manager': each(secretsManagerCalls) * prices.secretsManagerCall,
    KMS: each(decryptions) * prices.kmsRequest,
    Lambda:
      rotations * prices.lambdaRequest +
      each(billedSeconds) * memoryOf('Rotator') * prices.lambdaGigabyteSecond,
    // Sent, though ten at a time, received, deleted.
    SQS: rotations * 3 * prices.fifoRequest,
    logs: logGigabytes * (prices.logGigabyte + prices.logGigabyteMonth),
    'advanced parameters': (advanced / connections) * prices.advancedParameterMonth,
    dispatcher:
      (runs *
        (prices.scheduledInvocation +
          prices.lambdaRequest +
          dispatcherSeconds * memoryOf('Dispatcher') * prices.lambdaGigabyteSecond)) /
      connections,
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
