import { CreateScheduleCommand, SchedulerClient, type Target } from '@aws-sdk/client-scheduler';
import type { AwsLocalOptions } from '../../../../local/aws/server';
import { createRotatorQueue } from '../../../../local/aws/sqs/rotatorQueue';
import { prepareLambda } from './lambdaSupport';
import { closing, fixedNowMs, prepareEndpoint } from './support';

const Name = 'sfmc-acme';
const RoleArn = 'arn:aws:iam::123456789012:role/SchedulerRole';

/** A schedule whose target is the rotator's queue. */
async function prepare(options?: AwsLocalOptions, target: Partial<Target> = {}) {
  const { aws, settings } = await prepareEndpoint(options);
  const { queueUrl, queueArn } = createRotatorQueue(aws.sqs, 'eu-central-1');
  const scheduler = closing(new SchedulerClient(settings));
  const create = (State: 'ENABLED' | 'DISABLED' = 'ENABLED') =>
    scheduler.send(
      new CreateScheduleCommand({
        Name,
        State,
        ScheduleExpression: 'rate(5 minutes)',
        FlexibleTimeWindow: { Mode: 'OFF' },
        Target: {
          Arn: queueArn,
          RoleArn,
          Input: '{"connection":"acme","scheduledAt":"<aws.scheduler.scheduled-time>"}',
          SqsParameters: { MessageGroupId: 'acme' },
          ...target,
        },
      }),
    );
  const received = () =>
    aws.sqs.receiveMessage({
      QueueUrl: queueUrl,
      MaxNumberOfMessages: 10,
      MessageSystemAttributeNames: ['All'],
    }).Messages ?? [];
  return { aws, queueArn, create, received };
}

describe('a schedule that sends to a FIFO queue', () => {
  it('sends its input with the time that it was for, in its group, once', async () => {
    const { aws, create, received } = await prepare();
    await create();

    aws.fireSchedule(Name, fixedNowMs + 500);
    aws.fireSchedule(Name, fixedNowMs + 500);

    expect(received()).toMatchObject([
      {
        Body: '{"connection":"acme","scheduledAt":"2026-11-24T08:00:00Z"}',
        Attributes: { MessageGroupId: 'acme', SenderId: 'SchedulerRole' },
      },
    ]);
  });

  it('sends nothing while it is disabled', async () => {
    const { aws, create, received } = await prepare();
    await create('DISABLED');

    aws.fireSchedule(Name);

    expect(received()).toEqual([]);
  });

  it('needs a group', async () => {
    const { aws, create } = await prepare({}, { SqsParameters: undefined });
    await create();

    expect(() => aws.fireSchedule(Name)).toThrow('MessageGroupId');
  });

  it('sends in the name of its role', async () => {
    const asked: string[] = [];
    const { aws, queueArn, create, received } = await prepare({
      authorize: ({ action, resource, accessKeyId }) => {
        asked.push(`${accessKeyId} ${action} ${resource}`);
        return action === 'scheduler:CreateSchedule';
      },
    });
    await create();

    expect(() => aws.fireSchedule(Name)).toThrow('SchedulerRole may not sqs:SendMessage');

    expect(asked.at(-1)).toBe(`SchedulerRole sqs:SendMessage ${queueArn}`);
    expect(received()).toEqual([]);
  });
});

it('is refused if the group is for another target than a queue', async () => {
  const { create } = await prepare(
    {},
    { Arn: 'arn:aws:lambda:eu-central-1:123456789012:function:x' },
  );

  await expect(create()).rejects.toMatchObject({ name: 'ValidationException' });
});

it('invokes the function if that is its target', async () => {
  const { aws, untilLogged } = await prepareLambda();
  aws.scheduler.createSchedule({
    Name,
    ScheduleExpression: 'rate(5 minutes)',
    FlexibleTimeWindow: { Mode: 'OFF' },
    Target: {
      Arn: 'arn:aws:lambda:eu-central-1:123456789012:function:sfmc-token-rotator-local',
      RoleArn,
      Input: '{"do":"log","lines":["attempt <aws.scheduler.attempt-number>"]}',
    },
  });

  aws.fireSchedule(Name);

  expect(await untilLogged('attempt')).toEqual(['"attempt 1"']);
});
