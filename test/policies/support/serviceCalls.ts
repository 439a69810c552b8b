import type { AccessRequest } from '../../../local/aws/iam/policyEvaluation';
import { logGroupArn } from '../../../local/aws/logs/logGroup';
import type { Deployment, LambdaFunction } from '../../support/deployment';
import { region } from '../../support/stacks';

interface EventSourceMapping {
  readonly FunctionName: string;
  readonly EventSourceArn: string;
}

interface Schedule {
  readonly Target: {
    readonly Arn: string;
    readonly RoleArn: string;
    readonly DeadLetterConfig?: { readonly Arn: string };
  };
}

/**
 * What AWS's own services call under a role, as the stack has it wired: Lambda for a function's log
 * and queue (Lambda developer guide, "Defining Lambda function permissions with an execution role"),
 * EventBridge Scheduler for a schedule's target (its user guide, "Setting up the execution role").
 */
export function serviceCalls(deployment: Deployment, role: string): readonly AccessRequest[] {
  const roleArn = deployment.roleArn(role);
  const functions = deployment.functionsOf(role);
  const names = functions.map(({ name }) => name);
  const eventSources = deployment
    .all<EventSourceMapping>('AWS::Lambda::EventSourceMapping')
    .map(({ properties }) => properties)
    .filter(({ FunctionName }) => names.includes(FunctionName));
  const schedules = deployment
    .all<Schedule>('AWS::Scheduler::Schedule')
    .map(({ properties }) => properties.Target)
    .filter(({ RoleArn }) => RoleArn === roleArn);
  return [
    ...functions.flatMap(({ properties }) => ofLambda(properties)),
    ...eventSources.flatMap(ofPolling),
    ...schedules.flatMap(({ Arn, DeadLetterConfig }) => [
      callTo(Arn),
      ...(DeadLetterConfig ? [callTo(DeadLetterConfig.Arn)] : []),
    ]),
  ];
}

function ofLambda({ LoggingConfig }: LambdaFunction): readonly AccessRequest[] {
  const logGroup = logGroupArn(LoggingConfig.LogGroup, region);
  return [
    { action: 'logs:CreateLogStream', resource: `${logGroup}:*` },
    { action: 'logs:PutLogEvents', resource: `${logGroup}:log-stream:2026/11/24/[$LATEST]0a1b2c` },
  ];
}

const ofPolling = ({ EventSourceArn }: EventSourceMapping): readonly AccessRequest[] =>
  ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'].map((action) => ({
    action,
    resource: EventSourceArn,
  }));

/** How an event is handed to what has this ARN. */
function callTo(resource: string): AccessRequest {
  const [, , service = ''] = resource.split(':');
  const action = handing[service];
  if (action === undefined) throw new Error(`${resource} is not understood here.`);
  return { action, resource };
}

const handing: Readonly<Record<string, string>> = {
  lambda: 'lambda:InvokeFunction',
  sqs: 'sqs:SendMessage',
};
