import { paginateListEventSourceMappings } from '@aws-sdk/client-lambda';
import { GetQueueAttributesCommand, GetQueueUrlCommand } from '@aws-sdk/client-sqs';
import { objectOf, parseJson, requiredText, validate } from '../../lambda/core/validate';
import type { AwsClients } from '../awsAccess';

/** What feeds a function with a queue's messages: Lambda's event source mapping. */
export interface EventSource {
  readonly queueArn: string;
  readonly functionArn: string;
  readonly isEnabled: boolean;
}

/** By the queue or by the function; those of other kinds of sources are left out. */
export async function listEventSources(
  { lambda }: Pick<AwsClients, 'lambda'>,
  of: { readonly EventSourceArn: string } | { readonly FunctionName: string },
): Promise<readonly EventSource[]> {
  const sources: EventSource[] = [];
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
  /** Undefined where there is no dead-letter queue. */
  readonly deadLetters: number | undefined;
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
  if (!policy.ok) return { ...depth, deadLetters: undefined };
  // Beside the queue, in the same account and Region, as SQS demands it.
  const name = policy.value.deadLetterTargetArn.split(':').at(-1) ?? '';
  const { waiting, inFlight } = await readQueue(aws, queueUrl.replace(/[^/]*$/, name));
  return { ...depth, deadLetters: waiting + inFlight };
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
