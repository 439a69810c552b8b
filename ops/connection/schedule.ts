import { GetScheduleCommand } from '@aws-sdk/client-scheduler';
import { scheduleName } from '../../lambda/core/names';
import { parseJson } from '../../lambda/core/validate';
import type { AwsAccess } from '../awsAccess';
import { isMissing } from '../failures/awsFailure';

export interface StoredSchedule {
  readonly isEnabled: boolean;
  /** Such as `rate(5 minutes)`. */
  readonly expression: string;
  /** A queue; the function itself in deployments of earlier releases. */
  readonly targetArn: string;
  /** Of the messages to a FIFO queue. */
  readonly groupId: string | undefined;
  /** What the target is sent. */
  readonly input: string;
}

/** The connection's schedule in the default group; undefined where there is none. */
export async function readSchedule(
  access: Pick<AwsAccess, 'aws'>,
  connection: string,
): Promise<StoredSchedule | undefined> {
  const name = scheduleName(connection);
  const schedule = await readScheduleNamed(access, name);
  // The name of a long one is cut, so that others of a fleet may have the same.
  const isCut = !name.endsWith(connection);
  return schedule && isCut && connectionIn(schedule) !== connection ? undefined : schedule;
}

/** The connection that a schedule names to its target. */
export function connectionIn({ input }: Pick<StoredSchedule, 'input'>): unknown {
  const json = parseJson(input);
  return json.ok ? (json.value as { connection?: unknown } | null)?.connection : undefined;
}

/** Undefined where there is none in the default group. */
export async function readScheduleNamed(
  { aws }: Pick<AwsAccess, 'aws'>,
  name: string,
): Promise<StoredSchedule | undefined> {
  try {
    const { State, ScheduleExpression, Target } = await aws.scheduler.send(
      new GetScheduleCommand({ Name: name }),
    );
    return {
      isEnabled: State === 'ENABLED',
      expression: ScheduleExpression ?? '',
      targetArn: Target?.Arn ?? '',
      groupId: Target?.SqsParameters?.MessageGroupId,
      input: Target?.Input ?? '',
    };
  } catch (thrown) {
    if (isMissing(thrown)) return undefined;
    throw thrown;
  }
}
