import { SQSClient } from '@aws-sdk/client-sqs';
import { createDispatchQueue } from '../../../lambda/effects/dispatchQueue';
import { startAwsLocal } from '../../../local/aws/server';
import { closeAfterTest } from '../../support/closing';

it('gives back the messages that the queue did not take, and sends the others', async () => {
  const aws = await startAwsLocal();
  closeAfterTest(() => aws.close());
  const Attributes = { FifoQueue: 'true' };
  const { QueueUrl } = aws.sqs.createQueue({ QueueName: 'fleet.fifo', Attributes });
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const client = new SQSClient({ endpoint: aws.url, region: 'us-east-1', credentials });
  closeAfterTest(() => client.destroy());
  const messages = ['acme', 'not a group', 'globex'].map((connection, nth) => ({
    connection,
    deduplicationId: String(nth),
  }));

  const left = await createDispatchQueue(client, QueueUrl).send(messages);

  const { Messages = [] } = aws.sqs.receiveMessage({ QueueUrl, MaxNumberOfMessages: 10 });
  expect(left).toEqual([messages[1]]);
  expect(Messages.map(({ Body }) => Body)).toEqual([
    '{"connection":"acme"}',
    '{"connection":"globex"}',
  ]);
});
