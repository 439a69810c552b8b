import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { objectOf, parseJson, requiredText, validate } from '../../../lambda/core/validate';
import { type EventSource, readQueueUrl } from '../../connection/queue';
import { attempt, type Reading } from '../../connection/reading';
import type { Context } from '../../context';
import { type Check, deploy, type Finding, fail, notRead, ok, skip, warn } from './check';

/** How many messages a queue and its dead-letter queue hold, which SQS counts approximately. */
export interface QueueDepth {
  readonly waiting: number;
  readonly inFlight: number;
  /** Undefined where there is no dead-letter queue. */
  readonly deadLetters: number | undefined;
}

/** The queue of a stack, which all its connections share. */
interface StackQueue {
  readonly arn: string;
  readonly sources: Reading<readonly EventSource[]>;
  readonly depth: Reading<QueueDepth>;
}

export async function observeStackQueues(
  context: Context,
  arns: readonly string[],
): Promise<readonly StackQueue[]> {
  return Promise.all(
    [...new Set(arns)].map(async (arn) => {
      const [sources, depth] = await Promise.all([
        context.eventSources(arn),
        attempt('sqs:GetQueueAttributes', async () =>
          readDepth(context, await readQueueUrl(context.aws, arn)),
        ),
      ]);
      return { arn, sources, depth };
    }),
  );
}

export async function readDepth(context: Context, queueUrl: string): Promise<QueueDepth> {
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

export function stackQueueChecks(queues: readonly StackQueue[]): Check[] {
  return queues.flatMap((queue) => [
    { id: 'queue', title: 'queue', ...(sourceFinding(queue) ?? depthFinding(queue.depth)) },
    { id: 'dead-letters', title: 'dead letters', ...deadLetterFinding(queue.depth, deploy) },
  ]);
}

/** What keeps every message of the queue from being taken; undefined where nothing does. */
function sourceFinding({ arn, sources }: StackQueue): Finding | undefined {
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

export function depthFinding(depth: Reading<QueueDepth>): Finding {
  if (!depth.known) return depth.denied ? skip(depth.why) : notRead(depth);
  const { waiting, inFlight } = depth.value;
  const what = `${waiting} messages wait, ${inFlight} are worked on or tried again later`;
  if (waiting === 0 || inFlight > 0) return ok(what);
  return warn(
    `${what}: nobody seems to take them.`,
    'Look again in a minute. If it stays so, see whether the event source mapping of the rotator is enabled, and whether Lambda throttles it.',
  );
}

/** @param redeploy what makes a dead-letter queue where there is none */
export function deadLetterFinding(depth: Reading<QueueDepth>, redeploy: string): Finding {
  if (!depth.known) return skip('The queue could not be looked at.');
  const { deadLetters } = depth.value;
  if (deadLetters === undefined) return warn('The queue has no dead-letter queue.', redeploy);
  if (deadLetters === 0) return ok('none');
  return warn(
    `${deadLetters} times in 14 days a connection failed for 18 minutes or more.`,
    'Find those that still fail: npm run ops -- status --attention. Then purge the dead-letter queue: nobody has to send its messages again.',
  );
}
