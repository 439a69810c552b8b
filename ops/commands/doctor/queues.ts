import type { FleetParameter } from '../../../lambda/core/names';
import { deployFleetCommand } from '../../connection/fleet';
import type { EventSourceMapping, QueueDepth, StoredSchedule } from '../../connection/keeper';
import { attempt, type Reading } from '../../connection/reading';
import type { Context } from '../../context';
import { type Check, type CheckResult, deploy, fail, notRead, ok, skip, warn } from './check';

/** The queue of a stack, which all its connections share. */
interface StackQueue {
  readonly arn: string;
  readonly sources: Reading<readonly EventSourceMapping[]>;
  readonly depth: Reading<QueueDepth>;
}

export async function readStackQueues(
  { region }: Context,
  arns: readonly string[],
): Promise<readonly StackQueue[]> {
  return Promise.all(
    [...new Set(arns)].map(async (arn) => {
      const [sources, depth] = await Promise.all([
        region.eventSources(arn).reading(),
        attempt('sqs:GetQueueAttributes', async () =>
          region.queueDepth(await region.queueUrl(arn).value()).value(),
        ),
      ]);
      return { arn, sources, depth };
    }),
  );
}

export function stackQueueChecks(queues: readonly StackQueue[]): Check[] {
  return queues.flatMap((queue) => [
    { id: 'queue', title: 'queue', ...(sourceFinding(queue) ?? depthFinding(queue.depth)) },
    { id: 'dead-letters', title: 'dead letters', ...deadLetterFinding(queue.depth, deploy) },
  ]);
}

/** What keeps every message of the queue from being taken; undefined if nothing does. */
function sourceFinding({ arn, sources }: StackQueue): CheckResult | undefined {
  if (!sources.known) return notRead(sources);
  if (sources.value.some(({ isEnabled }) => isEnabled)) return undefined;
  const nothing = `nothing takes the messages of ${arn}, so that no token is renewed.`;
  if (sources.value.length === 0)
    return fail(`There is no event source mapping: ${nothing}`, deploy);
  return fail(
    `The event source mapping is off: ${nothing}`,
    `Find out who turned it off and why; then enable it in the console, or: ${deploy}`,
  );
}

function depthFinding(depth: Reading<QueueDepth>): CheckResult {
  if (!depth.known) return depth.denied ? skip(depth.why) : notRead(depth);
  const { waiting, inFlight } = depth.value;
  const what = `${waiting} messages wait, ${inFlight} are worked on or tried again later`;
  if (waiting === 0 || inFlight > 0) return ok(what);
  return warn(
    `${what}: nobody seems to take them.`,
    'Look again in a minute. If it stays so, see whether the event source mapping of the rotator is enabled, and whether Lambda throttles it.',
  );
}

/** @param redeploy what makes a dead-letter queue if there is none */
function deadLetterFinding(depth: Reading<QueueDepth>, redeploy: string): CheckResult {
  if (!depth.known) return skip('The queue could not be looked at.');
  const { deadLetters } = depth.value;
  if (deadLetters === undefined) return warn('The queue has no dead-letter queue.', redeploy);
  if (deadLetters === 0) return ok('none');
  return warn(
    `${deadLetters} times in 14 days a connection failed for 18 minutes or more.`,
    'Find those that still fail: npm run ops -- status --attention. Then purge the dead-letter queue: nobody has to send its messages again.',
  );
}

/** The names of queues, and of a fleet's dispatcher, that alarms may look at. */
export function sharedNames(
  queues: readonly StackQueue[],
  facts: Reading<FleetFacts | undefined>,
): string[] {
  const fleet = facts.known ? facts.value : undefined;
  const depths = [...queues.map(({ depth }) => depth), ...(fleet ? [fleet.queue] : [])];
  return [
    ...queues.map(({ arn }) => lastPart(arn)),
    ...(fleet ? [fleet.fleet.queueUrl, fleet.fleet.dispatcherArn].map(lastPart) : []),
    ...depths.flatMap((depth) => (depth.known && depth.value.deadLetterQueue) || []),
  ];
}

/** Of an ARN or a URL. */
const lastPart = (name: string) => name.split(/[:/]/).at(-1) ?? '';

/** What all connections of a fleet share, beside the function. */
interface FleetFacts {
  readonly fleet: FleetParameter;
  readonly schedule: Reading<StoredSchedule | undefined>;
  readonly queue: Reading<QueueDepth>;
}

const redeployFleet = `Deploy the fleet: ${deployFleetCommand}.`;

/** Undefined if there is no fleet in the Region. */
export async function readFleetFacts(context: Context): Promise<Reading<FleetFacts | undefined>> {
  const reading = await context.region.fleet.reading();
  const fleet = reading.known ? reading.value : undefined;
  if (!reading.known) return reading;
  if (fleet === undefined) return { known: true, value: undefined };
  const [schedule, queue] = await Promise.all([
    context.region.schedule(fleet.scheduleName).reading(),
    context.region.queueDepth(fleet.queueUrl).reading(),
  ]);
  return { known: true, value: { fleet, schedule, queue } };
}

/** None if there is no fleet. */
export function fleetChecks(facts: Reading<FleetFacts | undefined>): Check[] {
  const fleet = facts.known ? facts.value : undefined;
  if (fleet === undefined) return [];
  return [
    { id: 'fleet-schedule', title: 'fleet schedule', ...scheduleFinding(fleet) },
    { id: 'fleet-queue', title: 'fleet queue', ...depthFinding(fleet.queue) },
    { id: 'dead-letters', title: 'dead letters', ...deadLetterFinding(fleet.queue, redeployFleet) },
  ];
}

function scheduleFinding({ fleet, schedule }: FleetFacts): CheckResult {
  if (!schedule.known) return notRead(schedule);
  const { scheduleName, dispatcherArn } = fleet;
  if (schedule.value === undefined)
    return fail(`There is no schedule ${scheduleName}.`, redeployFleet);
  const { isEnabled, expression, targetArn } = schedule.value;
  if (!isEnabled) {
    return fail(
      `The schedule ${scheduleName} is off: nothing renews the tokens of the fleet.`,
      `Find out who turned it off and why; then enable it in the console, or: ${redeployFleet}`,
    );
  }
  if (targetArn !== dispatcherArn) {
    return fail(`It invokes ${targetArn}, and not the fleet's dispatcher.`, redeployFleet);
  }
  return ok(`${scheduleName}, on, ${expression}`);
}
