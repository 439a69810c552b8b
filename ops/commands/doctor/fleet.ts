import type { FleetParameter } from '../../../lambda/core/names';
import { deployFleet } from '../../connection/fleet';
import { attempt, type Reading } from '../../connection/reading';
import { readScheduleNamed, type StoredSchedule } from '../../connection/schedule';
import type { Context } from '../../context';
import { type Check, type Finding, fail, notRead, ok } from './check';
import { deadLetterFinding, depthFinding, type QueueDepth, readDepth } from './queues';

/** What all connections of a fleet share, beside the function. */
interface ObservedFleet {
  readonly fleet: FleetParameter;
  readonly schedule: Reading<StoredSchedule | undefined>;
  readonly queue: Reading<QueueDepth>;
}

const deploy = `Deploy the fleet: ${deployFleet}.`;

/** Undefined where there is no fleet in the Region. */
export async function observeFleet(context: Context): Promise<Reading<ObservedFleet | undefined>> {
  const reading = await context.fleet();
  const fleet = reading.known ? reading.value : undefined;
  if (!reading.known) return reading;
  if (fleet === undefined) return { known: true, value: undefined };
  const [schedule, queue] = await Promise.all([
    attempt('scheduler:GetSchedule', () => readScheduleNamed(context, fleet.scheduleName)),
    attempt('sqs:GetQueueAttributes', () => readDepth(context, fleet.queueUrl)),
  ]);
  return { known: true, value: { fleet, schedule, queue } };
}

/** None where there is no fleet. */
export function fleetChecks(observed: Reading<ObservedFleet | undefined>): Check[] {
  const fleet = observed.known ? observed.value : undefined;
  if (fleet === undefined) return [];
  return [
    { id: 'fleet-schedule', title: 'fleet schedule', ...scheduleFinding(fleet) },
    { id: 'fleet-queue', title: 'fleet queue', ...depthFinding(fleet.queue) },
    { id: 'dead-letters', title: 'dead letters', ...deadLetterFinding(fleet.queue, deploy) },
  ];
}

function scheduleFinding({ fleet, schedule }: ObservedFleet): Finding {
  if (!schedule.known) return notRead(schedule);
  const { scheduleName, dispatcherArn } = fleet;
  if (schedule.value === undefined) return fail(`There is no schedule ${scheduleName}.`, deploy);
  const { isEnabled, expression, targetArn } = schedule.value;
  if (!isEnabled) {
    return fail(
      `The schedule ${scheduleName} is off: nothing renews the tokens of the fleet.`,
      `Find out who turned it off and why; then enable it in the console, or: ${deploy}`,
    );
  }
  if (targetArn !== dispatcherArn) {
    return fail(`It invokes ${targetArn}, and not the fleet's dispatcher.`, deploy);
  }
  return ok(`${scheduleName}, on, ${expression}`);
}
