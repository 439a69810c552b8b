import { accountId } from '../account';
import { AwsError } from '../awsError';
import { pageOf } from '../pages';
import { check } from '../shapes';
import { type SchedulerInput as Input, shapes } from './schedulerShapes';

const defaultGroup = 'default';

export function scheduleArn(name: string, region: string, group: unknown = defaultGroup): string {
  return `arn:aws:scheduler:${region}:${accountId}:schedule/${group}/${name}`;
}

interface Schedule {
  readonly arn: string;
  readonly definition: Input<'CreateSchedule'>;
  readonly createdAtMs: number;
  readonly modifiedAtMs: number;
}

const validation = (message: string) => new AwsError('ValidationException', message);
const invalidNextToken = () => validation('Invalid NextToken.');
const notFound = (what: string) =>
  new AwsError('ResourceNotFoundException', `${what} does not exist.`, 404);

function checkGroup(group: string = defaultGroup): void {
  if (group !== defaultGroup) throw notFound(`Schedule group ${group}`);
}

function checkDefinition(input: Input<'CreateSchedule'>): void {
  check(shapes.CreateSchedule, input);
  const { Name, ScheduleExpression, GroupName, Target } = input;
  if (!/^[\w.-]+$/.test(Name)) throw validation('Invalid schedule name.');
  if (!/^(rate|cron|at)\(.+\)$/.test(ScheduleExpression)) {
    throw validation(`Invalid Schedule Expression ${ScheduleExpression}.`);
  }
  if (Target.SqsParameters && !Target.Arn.startsWith('arn:aws:sqs:')) {
    throw validation('SqsParameters is not supported for the target.');
  }
  checkGroup(GroupName);
}

/**
 * EventBridge Scheduler with the group `default` alone; keeps schedules, and runs none by itself. Each method
 * is the API operation of its name, with the wire's request and answer (timestamps in epoch
 * seconds), and throws `AwsError` if AWS refuses. Listings come sorted by name.
 * Source: EventBridge Scheduler API reference.
 */
export class SchedulerModel {
  readonly #schedules = new Map<string, Schedule>();

  /** `now` gives milliseconds since the epoch. */
  constructor(private readonly now: () => number) {}

  createSchedule(input: Input<'CreateSchedule'>, region = 'us-east-1') {
    checkDefinition(input);
    const { Name, ClientToken } = input;
    const existing = this.#schedules.get(Name);
    if (existing) {
      const isRepeated =
        ClientToken !== undefined && ClientToken === existing.definition.ClientToken;
      if (isRepeated) return { ScheduleArn: existing.arn };
      throw new AwsError('ConflictException', `Schedule ${Name} already exists.`, 409);
    }
    const nowMs = this.now();
    const arn = scheduleArn(Name, region);
    this.#schedules.set(Name, { arn, definition: input, createdAtMs: nowMs, modifiedAtMs: nowMs });
    return { ScheduleArn: arn };
  }

  /** What the request leaves out is set to its default, not left as it was. */
  updateSchedule(input: Input<'UpdateSchedule'>) {
    checkDefinition(input);
    const existing = this.#get(input);
    this.#schedules.set(input.Name, { ...existing, definition: input, modifiedAtMs: this.now() });
    return { ScheduleArn: existing.arn };
  }

  getSchedule(input: Input<'GetSchedule'>) {
    check(shapes.GetSchedule, input);
    const { definition, ...schedule } = this.#get(input);
    const { ClientToken, ...defined } = definition;
    return {
      ...defined,
      Arn: schedule.arn,
      GroupName: defaultGroup,
      State: definition.State ?? 'ENABLED',
      ScheduleExpressionTimezone: definition.ScheduleExpressionTimezone ?? 'UTC',
      ActionAfterCompletion: definition.ActionAfterCompletion ?? 'NONE',
      CreationDate: schedule.createdAtMs / 1000,
      LastModificationDate: schedule.modifiedAtMs / 1000,
    };
  }

  deleteSchedule(input: Input<'DeleteSchedule'>) {
    check(shapes.DeleteSchedule, input);
    this.#get(input);
    this.#schedules.delete(input.Name);
    return {};
  }

  listSchedules(input: Input<'ListSchedules'>) {
    check(shapes.ListSchedules, input);
    const { GroupName, NamePrefix = '', State, MaxResults = 100, NextToken } = input;
    checkGroup(GroupName);
    const listed = [...this.#schedules.keys()]
      .filter((name) => name.startsWith(NamePrefix))
      .sort()
      .map((Name) => this.getSchedule({ Name }))
      .filter((schedule) => State === undefined || schedule.State === State);
    const { items, nextToken } = pageOf(listed, MaxResults, NextToken, invalidNextToken);
    return {
      Schedules: items.map(({ Name, Arn, State, Target, CreationDate, LastModificationDate }) => ({
        Arn,
        Name,
        GroupName: defaultGroup,
        State,
        CreationDate,
        LastModificationDate,
        Target: { Arn: Target.Arn },
      })),
      NextToken: nextToken,
    };
  }

  #get({ Name, GroupName }: Input<'GetSchedule'>): Schedule {
    checkGroup(GroupName);
    const schedule = this.#schedules.get(Name);
    if (!schedule) throw notFound(`Schedule ${Name}`);
    return schedule;
  }
}
