import { GetQueueUrlCommand } from '@aws-sdk/client-sqs';
import type { AwsClients } from '../awsClients';

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
