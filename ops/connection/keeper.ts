import {
  GetFunctionConfigurationCommand,
  paginateListEventSourceMappings,
} from '@aws-sdk/client-lambda';
import { GetScheduleCommand } from '@aws-sdk/client-scheduler';
import { GetQueueAttributesCommand, GetQueueUrlCommand } from '@aws-sdk/client-sqs';
import { scheduleName } from '../../lambda/core/names';
import { objectOf, parseJson, requiredText, validate } from '../../lambda/core/validate';
import type { AwsAccess, AwsClients } from '../awsAccess';
import { isNotFound } from '../failures/awsFailure';

/** The rotator as Lambda has it. */
export interface FunctionDescription {
  readonly name: string;
  readonly roleArn: string;
  readonly logGroup: string;
  readonly timeoutSeconds: number;
  /** `Active` if it can be invoked. */
  readonly state: string;
  /** `Successful` if the last update has been made. */
  readonly lastUpdate: string;
}

/** Undefined if there is no such function. */
export async function describeFunction(
  { aws }: AwsAccess,
  functionArn: string,
): Promise<FunctionDescription | undefined> {
  try {
    const output = await aws.lambda.send(
      new GetFunctionConfigurationCommand({ FunctionName: functionArn }),
    );
    const name = output.FunctionName ?? functionArn.split(':')[6] ?? functionArn;
    return {
      name,
      roleArn: output.Role ?? '',
      logGroup: output.LoggingConfig?.LogGroup ?? `/aws/lambda/${name}`,
      timeoutSeconds: output.Timeout ?? 0,
      // Functions that have not been changed for years come without either.
      state: output.State ?? 'Active',
      lastUpdate: output.LastUpdateStatus ?? 'Successful',
    };
  } catch (thrown) {
    if (isNotFound(thrown)) return undefined;
    throw thrown;
  }
}

/** The function that keeps a connection's token fresh. */
export interface Keeper {
  readonly arn: string;
  /** It is the fleet's, and not one of a stack. */
  readonly isFleet: boolean;
  /** Of the queue that a stack's schedule sends to. */
  readonly queueArn?: string;
}

/** What feeds a function with a queue's messages: Lambda's event source mapping. */
export interface EventSourceMapping {
  readonly queueArn: string;
  readonly functionArn: string;
  readonly isEnabled: boolean;
}

/** By the queue or by the function; those of other kinds of sources are left out. */
export async function listEventSourceMappings(
  { lambda }: Pick<AwsClients, 'lambda'>,
  of: { readonly EventSourceArn: string } | { readonly FunctionName: string },
): Promise<readonly EventSourceMapping[]> {
  const sources: EventSourceMapping[] = [];
  for await (const page of paginateListEventSourceMappings({ client: lambda }, of)) {
    for (const { EventSourceArn = '', FunctionArn = '', State } of page.EventSourceMappings ?? []) {
      if (!isQueueArn(EventSourceArn)) continue;
      const isEnabled = State !== 'Disabled' && State !== 'Disabling' && State !== 'Deleting';
      sources.push({ queueArn: EventSourceArn, functionArn: FunctionArn, isEnabled });
    }
  }
  return sources;
}

/** An ARN that names a queue, and no function. */
export const isQueueArn = (arn: string) => /^arn:[\w-]+:sqs:/.test(arn);

/** @throws what AWS answers */
export async function readQueueUrl(
  { sqs }: Pick<AwsClients, 'sqs'>,
  queueArn: string,
): Promise<string> {
  const [, , , , QueueOwnerAWSAccountId, QueueName = ''] = queueArn.split(':');
  const { QueueUrl = '' } = await sqs.send(
    new GetQueueUrlCommand({ QueueName, QueueOwnerAWSAccountId }),
  );
  return QueueUrl;
}

/** How many messages a queue and its dead-letter queue hold, which SQS counts approximately. */
export interface QueueDepth {
  readonly waiting: number;
  readonly inFlight: number;
  /** Undefined if there is no dead-letter queue. */
  readonly deadLetters: number | undefined;
  /** Its name; undefined if there is none. */
  readonly deadLetterQueue: string | undefined;
}

export async function readQueueDepth(
  aws: Pick<AwsClients, 'sqs'>,
  queueUrl: string,
): Promise<QueueDepth> {
  const { RedrivePolicy, ...depth } = await readQueue(aws, queueUrl);
  const json = parseJson(RedrivePolicy ?? '');
  const policy = json.ok
    ? validate(objectOf({ deadLetterTargetArn: requiredText }), json.value)
    : json;
  if (!policy.ok) return { ...depth, deadLetters: undefined, deadLetterQueue: undefined };
  // Beside the queue, in the same account and Region, as SQS demands it.
  const name = policy.value.deadLetterTargetArn.split(':').at(-1) ?? '';
  const { waiting, inFlight } = await readQueue(aws, queueUrl.replace(/[^/]*$/, name));
  return { ...depth, deadLetters: waiting + inFlight, deadLetterQueue: name };
}

async function readQueue({ sqs }: Pick<AwsClients, 'sqs'>, queueUrl: string) {
  const { Attributes = {} } = await sqs.send(
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

/** What a listing has of a schedule. */
export interface ScheduleSummary {
  readonly isEnabled: boolean;
  /** A queue; the function itself in deployments of earlier releases. */
  readonly targetArn: string;
}

export interface StoredSchedule extends ScheduleSummary {
  /** Such as `rate(5 minutes)`. */
  readonly expression: string;
  /** Of the messages to a FIFO queue. */
  readonly groupId: string | undefined;
  /** Of the queue for what does not reach the target; undefined if there is none. */
  readonly deadLetterArn: string | undefined;
  /** What the target is sent. */
  readonly input: string;
}

/** The name of a long one is cut, so that others of a fleet may have the same. */
export const isScheduleNameCut = (connection: string) =>
  !scheduleName(connection).endsWith(connection);

/** The connection's schedule in the default group; undefined if there is none. */
export async function readSchedule(
  access: Pick<AwsAccess, 'aws'>,
  connection: string,
): Promise<StoredSchedule | undefined> {
  const schedule = await readScheduleNamed(access, scheduleName(connection));
  return schedule && isScheduleNameCut(connection) && connectionIn(schedule) !== connection
    ? undefined
    : schedule;
}

/** The connection that a schedule names to its target. */
export function connectionIn({ input }: Pick<StoredSchedule, 'input'>): unknown {
  const json = parseJson(input);
  return json.ok ? (json.value as { connection?: unknown } | null)?.connection : undefined;
}

/** Undefined if there is none in the default group. */
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
      deadLetterArn: Target?.DeadLetterConfig?.Arn,
      input: Target?.Input ?? '',
    };
  } catch (thrown) {
    if (isNotFound(thrown)) return undefined;
    throw thrown;
  }
}
