import {
  CreateEventSourceMappingCommand,
  GetFunctionConfigurationCommand,
  ListEventSourceMappingsCommand,
} from '@aws-sdk/client-lambda';
import {
  CreateQueueCommand,
  GetQueueUrlCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { localFunctionName } from '../../../../local/aws/lambda/names';
import { prepareLambda } from './lambdaSupport';
import { closing } from './support';

const ownQueueArn = 'arn:aws:sqs:eu-central-1:123456789012:sfmc-token-rotator.fifo';
const functionArn = `arn:aws:lambda:eu-central-1:123456789012:function:${localFunctionName}`;

async function prepare() {
  const { aws, settings, lambda, invoke, untilLogged } = await prepareLambda();
  const sqs = closing(new SQSClient(settings));
  const list = async (input = {}) => {
    const { EventSourceMappings = [] } = await lambda.send(
      new ListEventSourceMappingsCommand(input),
    );
    return EventSourceMappings;
  };
  return { aws, lambda, invoke, untilLogged, sqs, list };
}

describe('ListEventSourceMappings', () => {
  it('names the queue that the function is fed from', async () => {
    const { list } = await prepare();

    const mappings = await list({ FunctionName: localFunctionName });

    expect(mappings).toEqual([
      {
        UUID: expect.stringMatching(/^[0-9a-f-]{36}$/),
        EventSourceArn: ownQueueArn,
        FunctionArn: functionArn,
        BatchSize: 1,
        MaximumBatchingWindowInSeconds: 0,
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        ScalingConfig: { MaximumConcurrency: 2 },
        LastModified: expect.any(Date),
        State: 'Enabled',
        StateTransitionReason: 'USER_INITIATED',
      },
    ]);
  });

  it.each([
    [{ EventSourceArn: ownQueueArn, FunctionName: functionArn }, 1],
    [{}, 1],
    [{ FunctionName: 'another' }, 0],
    [{ EventSourceArn: `${ownQueueArn}x` }, 0],
  ])('filters by %j', async (input, count) => {
    expect(await (await prepare()).list(input)).toHaveLength(count);
  });

  it('is allowed or denied as a whole', async () => {
    const asked: string[] = [];
    const { lambda } = await prepareLambda({
      authorize: ({ action, resource }) => asked.push(`${action} ${resource}`) === 0,
    });

    const listed = lambda.send(
      new ListEventSourceMappingsCommand({ FunctionName: localFunctionName }),
    );

    await expect(listed).rejects.toMatchObject({ name: 'AccessDeniedException' });
    expect(asked).toEqual(['lambda:ListEventSourceMappings *']);
  });
});

describe('an event source mapping', () => {
  it('gives the function its queue, as the stack does', async () => {
    const { aws, lambda } = await prepare();

    const { Environment } = await lambda.send(
      new GetFunctionConfigurationCommand({ FunctionName: localFunctionName }),
    );

    expect(Environment?.Variables).toMatchObject({
      QUEUE_ARN: ownQueueArn,
      QUEUE_URL: `${aws.url}/123456789012/sfmc-token-rotator.fifo`,
      EVENT_BUS_NAME: 'default',
    });
  });

  it('has what failed delivered again, as soon as is asked for', async () => {
    const { settings, untilLogged } = await prepareLambda({
      now: Date.now,
      function: { visibilityTimeoutMs: 1_000 },
    });
    const sqs = closing(new SQSClient(settings));

    const { QueueUrl } = await sqs.send(
      new GetQueueUrlCommand({ QueueName: 'sfmc-token-rotator.fifo' }),
    );
    await sqs.send(
      new SendMessageCommand({ QueueUrl, MessageBody: 'fails', MessageGroupId: 'acme' }),
    );

    const [, second] = await untilLogged('"Records"', 2);
    expect(JSON.parse(second ?? '').Records[0].attributes.ApproximateReceiveCount).toBe('2');
  });

  it('feeds the function from any queue, with all that SQS says of a message', async () => {
    const { lambda, sqs, untilLogged, list } = await prepare();
    const { QueueUrl } = await sqs.send(
      new CreateQueueCommand({
        QueueName: 'another.fifo',
        Attributes: { FifoQueue: 'true', ContentBasedDeduplication: 'true' },
      }),
    );
    const EventSourceArn = ownQueueArn.replace('sfmc-token-rotator', 'another');
    await lambda.send(
      new CreateEventSourceMappingCommand({
        EventSourceArn,
        FunctionName: localFunctionName,
        BatchSize: 1,
        FunctionResponseTypes: ['ReportBatchItemFailures'],
      }),
    );

    await sqs.send(
      new SendMessageCommand({ QueueUrl, MessageBody: '{"do":"print"}', MessageGroupId: 'acme' }),
    );

    const [event] = await untilLogged('"Records"');
    expect(JSON.parse(event ?? '')).toMatchObject({
      Records: [
        {
          body: '{"do":"print"}',
          eventSource: 'aws:sqs',
          eventSourceARN: EventSourceArn,
          attributes: {
            ApproximateReceiveCount: '1',
            SentTimestamp: expect.stringMatching(/^\d{13}$/),
            MessageGroupId: 'acme',
            MessageDeduplicationId: expect.stringMatching(/^[0-9a-f]{64}$/),
            SequenceNumber: expect.stringMatching(/^\d{20}$/),
          },
        },
      ],
    });
    expect(await list()).toHaveLength(2);
  });
});
