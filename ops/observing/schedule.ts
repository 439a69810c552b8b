import { GetScheduleCommand } from '@aws-sdk/client-scheduler';
import { scheduleName } from '../../lambda/core/names';
import { isMissing } from '../awsFailure';
import type { Context } from '../context';

export interface StoredSchedule {
  readonly isEnabled: boolean;
  /** Such as `rate(5 minutes)`. */
  readonly expression: string;
  readonly targetArn: string;
  /** What the target is sent. */
  readonly input: string;
}

/** The connection's schedule in the default group; undefined where there is none. */
export async function readSchedule(
  { aws }: Context,
  connection: string,
): Promise<StoredSchedule | undefined> {
  try {
    const { State, ScheduleExpression, Target } = await aws.scheduler.send(
      new GetScheduleCommand({ Name: scheduleName(connection) }),
    );
    return {
      isEnabled: State === 'ENABLED',
      expression: ScheduleExpression ?? '',
      targetArn: Target?.Arn ?? '',
      input: Target?.Input ?? '',
    };
  } catch (thrown) {
    if (isMissing(thrown)) return undefined;
    throw thrown;
  }
}
