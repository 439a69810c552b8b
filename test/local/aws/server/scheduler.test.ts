import {
  ConflictException,
  CreateScheduleCommand,
  type CreateScheduleCommandInput,
  DeleteScheduleCommand,
  GetScheduleCommand,
  ListSchedulesCommand,
  paginateListSchedules,
  ResourceNotFoundException,
  SchedulerClient,
  UpdateScheduleCommand,
  ValidationException,
} from '@aws-sdk/client-scheduler';
import { closing, fixedNowMs, prepareEndpoint } from './support';

const Name = 'sfmc-acme';
const someSchedule: CreateScheduleCommandInput = {
  Name,
  Description: 'Keeps the token fresh',
  ScheduleExpression: 'rate(5 minutes)',
  StartDate: new Date(fixedNowMs),
  FlexibleTimeWindow: { Mode: 'OFF' },
  Target: {
    Arn: 'arn:aws:lambda:eu-central-1:123456789012:function:rotator',
    RoleArn: 'arn:aws:iam::123456789012:role/scheduler',
    Input: '{"connection":"acme"}',
    RetryPolicy: { MaximumEventAgeInSeconds: 60, MaximumRetryAttempts: 0 },
  },
};

async function prepare() {
  const clock = { nowMs: fixedNowMs };
  const { aws, settings } = await prepareEndpoint({ now: () => clock.nowMs });
  const scheduler = closing(new SchedulerClient(settings));
  const create = (input: Partial<CreateScheduleCommandInput> = {}) =>
    scheduler.send(new CreateScheduleCommand({ ...someSchedule, ...input }));
  const get = () => scheduler.send(new GetScheduleCommand({ Name }));
  return { aws, clock, scheduler, create, get };
}

describe('EventBridge Scheduler, to its SDK client', () => {
  it('creates a schedule and gives it back, with the defaults filled in', async () => {
    const { create, get } = await prepare();

    const { ScheduleArn } = await create();
    const { $metadata, ...schedule } = await get();

    expect(ScheduleArn).toBe(
      'arn:aws:scheduler:eu-central-1:123456789012:schedule/default/sfmc-acme',
    );
    expect(schedule).toEqual({
      ...someSchedule,
      Arn: ScheduleArn,
      GroupName: 'default',
      State: 'ENABLED',
      ScheduleExpressionTimezone: 'UTC',
      ActionAfterCompletion: 'NONE',
      CreationDate: new Date(fixedNowMs),
      LastModificationDate: new Date(fixedNowMs),
    });
  });

  it('replaces a schedule as a whole, keeping only the day of its creation', async () => {
    const { clock, scheduler, create, get } = await prepare();
    await create();
    const { Description, ...changed } = { ...someSchedule, State: 'DISABLED' as const };

    clock.nowMs += 1000;
    await scheduler.send(new UpdateScheduleCommand(changed));
    const schedule = await get();

    expect(schedule).toMatchObject({
      State: 'DISABLED',
      CreationDate: new Date(fixedNowMs),
      LastModificationDate: new Date(fixedNowMs + 1000),
    });
    expect(schedule.Description).toBeUndefined();
  });

  it('deletes', async () => {
    const { scheduler, create, get } = await prepare();
    await create();

    await scheduler.send(new DeleteScheduleCommand({ Name }));

    await expect(get()).rejects.toThrow(ResourceNotFoundException);
  });

  it('lists by the beginning of names and by state, sorted, in pages', async () => {
    const { scheduler, create } = await prepare();
    for (const name of ['sfmc-b', 'other', 'sfmc-a', 'sfmc-c']) await create({ Name: name });
    await create({ Name: 'sfmc-off', State: 'DISABLED' });
    const query = { NamePrefix: 'sfmc-', State: 'ENABLED', MaxResults: 2 } as const;

    const pages: unknown[] = [];
    for await (const { Schedules = [] } of paginateListSchedules({ client: scheduler }, query)) {
      pages.push(Schedules.map((schedule) => schedule.Name));
    }
    const { Schedules } = await scheduler.send(
      new ListSchedulesCommand({ GroupName: 'default', NamePrefix: 'sfmc-o' }),
    );

    expect(pages).toEqual([['sfmc-a', 'sfmc-b'], ['sfmc-c']]);
    expect(Schedules).toEqual([
      {
        Arn: 'arn:aws:scheduler:eu-central-1:123456789012:schedule/default/sfmc-off',
        Name: 'sfmc-off',
        GroupName: 'default',
        State: 'DISABLED',
        CreationDate: new Date(fixedNowMs),
        LastModificationDate: new Date(fixedNowMs),
        Target: { Arn: someSchedule.Target?.Arn },
      },
    ]);
  });

  it('has one schedule of a name, but answers a repeated creation again', async () => {
    const { create } = await prepare();
    const first = await create({ ClientToken: 'one' });

    const again = await create({ ClientToken: 'one' });

    expect(again.ScheduleArn).toBe(first.ScheduleArn);
    await expect(create({ ClientToken: 'two' })).rejects.toThrow(ConflictException);
  });

  it('never had a schedule that nobody created', async () => {
    const { scheduler, get } = await prepare();

    await expect(get()).rejects.toThrow(ResourceNotFoundException);
    await expect(get()).rejects.toThrow('Schedule sfmc-acme does not exist.');
    await expect(scheduler.send(new DeleteScheduleCommand({ Name }))).rejects.toThrow(
      ResourceNotFoundException,
    );
    await expect(scheduler.send(new UpdateScheduleCommand(someSchedule))).rejects.toThrow(
      ResourceNotFoundException,
    );
  });

  it('has no other group', async () => {
    const { scheduler, create } = await prepare();
    await create();
    const GroupName = 'mine';

    for (const send of [
      () => create({ GroupName }),
      () => scheduler.send(new GetScheduleCommand({ Name, GroupName })),
      () => scheduler.send(new ListSchedulesCommand({ GroupName })),
    ]) {
      await expect(send()).rejects.toThrow('Schedule group mine does not exist.');
    }
  });

  it.each([
    ['an expression of another kind', { ScheduleExpression: 'every 5 minutes' }],
    ['a name of other characters', { Name: 'a b' }],
    ['no target', { Target: undefined }],
    ['a target without a role', { Target: { Arn: 'arn:aws:lambda:x', RoleArn: undefined } }],
    ['a window of another mode', { FlexibleTimeWindow: { Mode: 'SOME' as never } }],
  ])('refuses %s', async (_, input) => {
    const { create } = await prepare();

    await expect(create(input as Partial<CreateScheduleCommandInput>)).rejects.toThrow(
      ValidationException,
    );
  });

  it('refuses a page that no earlier answer named', async () => {
    const { scheduler } = await prepare();

    const listed = scheduler.send(new ListSchedulesCommand({ NextToken: 'x' }));

    await expect(listed).rejects.toThrow(ValidationException);
  });

  it('keeps its schedules within reach of the process that runs it', async () => {
    const { aws, get } = await prepare();

    aws.scheduler.createSchedule(
      {
        Name,
        ScheduleExpression: 'rate(5 minutes)',
        FlexibleTimeWindow: { Mode: 'OFF' },
        Target: { Arn: 'arn:aws:lambda:x', RoleArn: 'arn:aws:iam::123456789012:role/x' },
      },
      'eu-central-1',
    );

    expect((await get()).ScheduleExpression).toBe('rate(5 minutes)');
  });
});
