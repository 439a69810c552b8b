import type { ActiveAlarm } from '../../connection/alarms';
import type { Reading } from '../../connection/reading';
import type { Context } from '../../context';
import { timeText } from '../../terminal/text';
import { type Check, type CheckResult, notRead, ok, skip, warn } from './check';

/** What an alarm may be about for the connections that were looked at. */
export interface AlarmSubjects {
  readonly connections: readonly string[];
  /** By their names. */
  readonly functions: readonly string[];
  /** The names of what belongs to them. */
  readonly others: readonly string[];
}

/** What CloudWatch knows of the functions and queues; none if there is no function. */
export async function cloudWatchChecks(
  { region, clock }: Context,
  subjects: AlarmSubjects,
): Promise<Check[]> {
  const functions = [...new Set(subjects.functions)];
  if (functions.length === 0) return [];
  const [alarms, throttles] = await Promise.all([
    region.activeAlarms.reading(),
    Promise.all(functions.map((name) => region.throttles(name).reading())),
  ]);
  return [
    ...alarmFindings(alarms, subjects, clock.now()).map((finding) => ({
      id: 'alarms',
      title: 'alarms',
      ...finding,
    })),
    ...throttles.map((count, at) => ({
      id: 'throttles',
      title: 'throttles',
      ...throttleFinding(functions[at] ?? '', count),
    })),
  ];
}

function alarmFindings(
  alarms: Reading<readonly ActiveAlarm[]>,
  { connections, functions, others }: AlarmSubjects,
  nowMs: number,
): CheckResult[] {
  if (!alarms.known) return [couldNotLook(alarms, 'cloudwatch:DescribeAlarms')];
  const names = new Set([...functions, ...others]);
  const own = alarms.value.filter(
    ({ looksAt, connection }) =>
      [...looksAt].some((each) => names.has(each)) &&
      (connection === undefined || connections.includes(connection)),
  );
  if (own.length === 0) return [ok('none in the state ALARM')];
  return own.map(({ name, sinceMs, description }) =>
    warn(
      `${name} is in the state ALARM since ${timeText(sinceMs, nowMs)}.`,
      description || 'See docs/runbook.md.',
    ),
  );
}

function throttleFinding(name: string, count: Reading<number>): CheckResult {
  if (!count.known) return couldNotLook(count, 'cloudwatch:GetMetricStatistics');
  if (count.value === 0) return ok(`${name}: none in the last hour`);
  return warn(
    `Lambda refused ${count.value} invocations of ${name} in the last hour, since too many ran: its messages waited.`,
    'See "Lambda limit" here. If it goes on, have the quota "Concurrent executions" raised in Service Quotas, or reserve less elsewhere.',
  );
}

/** Tokens are renewed without CloudWatch: if it denies access, the doctor goes on without it. */
function couldNotLook(
  unread: Extract<Reading<unknown>, { known: false }>,
  action: string,
): CheckResult {
  if (!unread.denied) return notRead(unread);
  return { ...skip(`Could not look: ${unread.why}`), remedy: `Have ${action} allowed to you.` };
}
