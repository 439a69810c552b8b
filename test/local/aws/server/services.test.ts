import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { GetRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { DescribeKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import {
  GetFunctionConfigurationCommand,
  InvokeCommand,
  LambdaClient,
} from '@aws-sdk/client-lambda';
import {
  GetScheduleCommand,
  ListSchedulesCommand,
  SchedulerClient,
} from '@aws-sdk/client-scheduler';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { AwsLocalOptions } from '../../../../local/aws/server';
import { closing, prepareEndpoint } from './support';

const someLogGroup = '/aws/lambda/any';

/** One call of each service beside Secrets Manager and Parameter Store. */
async function prepare(options?: AwsLocalOptions) {
  const { aws, settings } = await prepareEndpoint(options);
  const lambda = closing(new LambdaClient(settings));
  const logs = closing(new CloudWatchLogsClient(settings));
  const scheduler = closing(new SchedulerClient(settings));
  const sts = closing(new STSClient(settings));
  const iam = closing(new IAMClient(settings));
  const kms = closing(new KMSClient(settings));
  const call = {
    iam: () => iam.send(new GetRoleCommand({ RoleName: 'any' })),
    kms: () => kms.send(new DescribeKeyCommand({ KeyId: 'alias/any' })),
    lambda: () => lambda.send(new GetFunctionConfigurationCommand({ FunctionName: 'any' })),
    logs: () => logs.send(new FilterLogEventsCommand({ logGroupName: someLogGroup })),
    scheduler: () => scheduler.send(new GetScheduleCommand({ Name: 'any' })),
    sts: () => sts.send(new GetCallerIdentityCommand({})),
  };
  return { aws, lambda, scheduler, call };
}

type Called = keyof Awaited<ReturnType<typeof prepare>>['call'];

describe('the log of calls', () => {
  it('names what was called for in every service, with its outcome', async () => {
    const { aws, call } = await prepare();

    for (const each of Object.values(call)) await each().catch(() => undefined);

    expect(
      aws.calls.map(({ service, operation, names, status, error }) => [
        `${service}:${operation}`,
        names,
        status,
        error,
      ]),
    ).toEqual([
      ['iam:GetRole', ['any'], 404, 'NoSuchEntity'],
      ['kms:DescribeKey', ['alias/any'], 400, 'NotFoundException'],
      ['lambda:GetFunctionConfiguration', ['any'], 404, 'ResourceNotFoundException'],
      ['logs:FilterLogEvents', [someLogGroup], 400, 'ResourceNotFoundException'],
      ['scheduler:GetSchedule', ['any'], 404, 'ResourceNotFoundException'],
      ['sts:GetCallerIdentity', [], 200, undefined],
    ]);
  });
});

describe('authorization', () => {
  it("asks by IAM's names for the action and the resource", async () => {
    const asked: string[] = [];
    const { call, lambda, scheduler } = await prepare({
      authorize({ action, resource }) {
        asked.push(`${action} ${resource}`);
        return false;
      },
    });
    const invoke = () => lambda.send(new InvokeCommand({ FunctionName: 'any' }));
    const list = () => scheduler.send(new ListSchedulesCommand({}));

    for (const each of [...Object.values(call), invoke, list]) await each().catch(() => undefined);

    const here = 'eu-central-1:123456789012';
    expect(asked).toEqual([
      'iam:GetRole arn:aws:iam::123456789012:role/any',
      'kms:DescribeKey alias/any',
      `lambda:GetFunctionConfiguration arn:aws:lambda:${here}:function:any`,
      `logs:FilterLogEvents arn:aws:logs:${here}:log-group:${someLogGroup}:*`,
      `scheduler:GetSchedule arn:aws:scheduler:${here}:schedule/default/any`,
      `lambda:InvokeFunction arn:aws:lambda:${here}:function:any`,
      'scheduler:ListSchedules *',
    ]);
  });

  it.each<[Called, string, number]>([
    ['iam', 'AccessDenied', 403],
    ['kms', 'AccessDeniedException', 400],
    ['lambda', 'AccessDeniedException', 403],
    ['logs', 'AccessDeniedException', 400],
    ['scheduler', 'AccessDeniedException', 403],
  ])('of %s refuses by %s', async (service, name, status) => {
    const { call } = await prepare({ authorize: () => false });

    await expect(call[service]()).rejects.toMatchObject({
      name,
      message: expect.stringContaining('is not authorized to perform'),
      $metadata: { httpStatusCode: status },
    });
  });
});

describe('ordered faults', () => {
  it.each<[Called, string, string, string]>([
    ['iam', 'Throttling', 'ServiceFailureException', 'ServiceUnavailable'],
    ['kms', 'ThrottlingException', 'KMSInternalException', 'ServiceUnavailableException'],
    ['lambda', 'TooManyRequestsException', 'ServiceException', 'ServiceUnavailableException'],
    ['logs', 'ThrottlingException', 'InternalFailure', 'ServiceUnavailableException'],
    ['scheduler', 'ThrottlingException', 'InternalServerException', 'ServiceUnavailableException'],
    ['sts', 'Throttling', 'InternalFailure', 'ServiceUnavailable'],
  ])('strike %s under its own names', async (service, throttle, internal, unavailable) => {
    const { aws, call } = await prepare();
    for (const kind of ['throttle', 'internal', 'unavailable'] as const) {
      aws.orderFault({ kind, service });
    }

    const names = [];
    for (let n = 0; n < 3; n++) {
      names.push(await call[service]().then(String, (error: Error) => error.name));
    }

    expect(names).toEqual([throttle, internal, unavailable]);
    expect(aws.calls.map(({ fault }) => fault)).toEqual(['throttle', 'internal', 'unavailable']);
  });

  it('strike one operation of a service', async () => {
    const { aws, scheduler, call } = await prepare();
    aws.orderFault({ kind: 'dropAfter', service: 'scheduler', operation: 'ListSchedules' });

    await expect(call.scheduler()).rejects.toThrow('does not exist');
    await expect(scheduler.send(new ListSchedulesCommand({}))).rejects.toThrow('socket hang up');
  });
});
