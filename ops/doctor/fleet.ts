import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import type { FleetParameter } from '../../lambda/core/names';
import { objectOf, parseJson, requiredText, validate } from '../../lambda/core/validate';
import type { Context } from '../context';
import { deployFleet } from '../fleet';
import { attempt, type Reading } from '../observing/reading';
import { readScheduleNamed, type StoredSchedule } from '../observing/schedule';
import { type Check, type Finding, fail, notRead, ok, skip, warn } from './check';

/** How many messages a queue holds, which SQS counts approximately. */
interface QueueDepth {
  readonly waiting: number;
  readonly inFlight: number;
}

/** What all connections of a fleet share, beside the function. */
interface ObservedFleet {
  readonly fleet: FleetParameter;
  readonly schedule: Reading<StoredSchedule | undefined>;
  readonly queue: Reading<QueueDepth & { readonly deadLetters: number | undefined }>;
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
    attempt('sqs:GetQueueAttributes', () => readQueues(context, fleet.queueUrl)),
  ]);
  return { known: true, value: { fleet, schedule, queue } };
}

async function readQueues(context: Context, queueUrl: string) {
  const { RedrivePolicy, ...depth } = await readQueue(context, queueUrl);
  const json = parseJson(RedrivePolicy ?? '');
  const policy = json.ok
    ? validate(objectOf({ deadLetterTargetArn: requiredText }), json.value)
    : json;
  if (!policy.ok) return { ...depth, deadLetters: undefined };
  // Beside the queue, in the same account and Region, as SQS demands it.
  const name = policy.value.deadLetterTargetArn.split(':').at(-1) ?? '';
  const { waiting, inFlight } = await readQueue(context, queueUrl.replace(/[^/]*$/, name));
  return { ...depth, deadLetters: waiting + inFlight };
}

async function readQueue({ aws }: Context, queueUrl: string) {
  const { Attributes = {} } = await aws.sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl: queueUrl,
      AttributeNames: [
        'ApproximateNumberOfMessages',
        'ApproximateNumberOfMessagesNotVisible',
        'RedrivePolicy',
      ],
    }),
  );
  return {
    waiting: Number(Attributes.ApproximateNumberOfMessages ?? 0),
    inFlight: Number(Attributes.ApproximateNumberOfMessagesNotVisible ?? 0),
    RedrivePolicy: Attributes.RedrivePolicy,
  };
}

/** None where there is no fleet. */
export function fleetChecks(observed: Reading<ObservedFleet | undefined>): Check[] {
  const fleet = observed.known ? observed.value : undefined;
  if (fleet === undefined) return [];
  return [
    { id: 'fleet-schedule', title: 'fleet schedule', ...scheduleFinding(fleet) },
    { id: 'fleet-queue', title: 'fleet queue', ...queueFinding(fleet) },
    { id: 'dead-letters', title: 'dead letters', ...deadLetterFinding(fleet) },
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

function queueFinding({ queue }: ObservedFleet): Finding {
  if (!queue.known) return queue.denied ? skip(queue.why) : notRead(queue);
  const { waiting, inFlight } = queue.value;
  const what = `${waiting} connections wait, ${inFlight} are worked on or tried again later`;
  if (waiting === 0 || inFlight > 0) return ok(what);
  return warn(
    `${what}: nobody seems to take them.`,
    "Look again in a minute. If it stays so, see whether the event source mapping of the fleet's rotator is enabled, and whether Lambda throttles it.",
  );
}

function deadLetterFinding({ queue }: ObservedFleet): Finding {
  if (!queue.known) return skip('The queue could not be looked at.');
  const { deadLetters } = queue.value;
  if (deadLetters === undefined) return warn('The queue has no dead-letter queue.', deploy);
  if (deadLetters === 0) return ok('none');
  return warn(
    `${deadLetters} times in 14 days a connection failed for a whole period of 20 minutes.`,
    'Find those that still fail: npm run ops -- status --attention. Then purge the dead-letter queue: nobody has to send its messages again.',
  );
}
