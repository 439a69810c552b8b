import { paginateListEventSourceMappings } from '@aws-sdk/client-lambda';
import { GetQueueUrlCommand } from '@aws-sdk/client-sqs';
import type { AwsClients } from '../awsClients';

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
