import { type Input, integer, oneOf, required, string, structure, timestamp } from '../shapes';

const Name = required(string(1, 64));
const GroupName = string(1, 64);
const ClientToken = string(1, 64);
const State = oneOf('ENABLED', 'DISABLED');
const Arn = required(string(1, 1600));

const Definition = {
  Name,
  GroupName,
  ClientToken,
  State,
  ScheduleExpression: required(string(1, 256)),
  ScheduleExpressionTimezone: string(1, 50),
  StartDate: timestamp,
  EndDate: timestamp,
  Description: string(0, 512),
  KmsKeyArn: string(1, 2048),
  ActionAfterCompletion: oneOf('NONE', 'DELETE'),
  FlexibleTimeWindow: required(
    structure({
      Mode: required(oneOf('OFF', 'FLEXIBLE')),
      MaximumWindowInMinutes: integer(1, 1440),
    }),
  ),
  Target: required(
    structure({
      Arn,
      RoleArn: Arn,
      Input: string(1, 256 * 1024),
      SqsParameters: structure({ MessageGroupId: string(1, 128) }),
      DeadLetterConfig: structure({ Arn: string(1, 1600) }),
      RetryPolicy: structure({
        MaximumEventAgeInSeconds: integer(60, 86_400),
        MaximumRetryAttempts: integer(0, 185),
      }),
    }),
  ),
};

/** The requests understood here, with the limits of the EventBridge Scheduler API reference. */
export const shapes = {
  CreateSchedule: Definition,
  UpdateSchedule: Definition,
  GetSchedule: { Name, GroupName },
  DeleteSchedule: { Name, GroupName, ClientToken },
  ListSchedules: {
    GroupName,
    NamePrefix: string(1, 64),
    State,
    NextToken: string(1, 2048),
    MaxResults: integer(1, 100),
  },
};

export type SchedulerInput<Operation extends keyof typeof shapes> = Input<
  (typeof shapes)[Operation]
>;
