import { randomUUID } from 'node:crypto';
import { AwsError } from '../awsError';
import type { Authorize } from '../iam/authorization';
import { functionNameIn, localFunctionName } from '../lambda/names';
import type { Models } from '../models';

/**
 * Hands a schedule's input to its target in the name of its role, as Scheduler does when it is time;
 * a disabled one hands over nothing. Source: EventBridge Scheduler user guide, "Adding context
 * attributes", "Templated targets", "Setting up the execution role".
 *
 * @param authorize asked with the role's name as the access key
 * @throws AwsError if the target is not there, or the role is not allowed to reach it
 */
export function fire(
  { scheduler, sqs, localFunction }: Pick<Models, 'scheduler' | 'sqs' | 'localFunction'>,
  authorize: Authorize,
  name: string,
  scheduledAtMs: number,
): void {
  const { Arn: scheduleArn, State, Target } = scheduler.getSchedule({ Name: name });
  if (State === 'DISABLED') return;
  const { Arn: resource, RoleArn, Input = '{}', SqsParameters } = Target;
  const accessKeyId = RoleArn.slice(RoleArn.lastIndexOf('/') + 1);
  const requestId = randomUUID();
  const input = withContext(Input, scheduleArn, scheduledAtMs, requestId);
  const [, , service, region = ''] = resource.split(':');
  const action = service === 'sqs' ? 'sqs:SendMessage' : 'lambda:InvokeFunction';
  if (!authorize({ action, resource, accessKeyId })) {
    throw new AwsError('AccessDeniedException', `${RoleArn} may not ${action} on ${resource}`);
  }
  if (service === 'sqs') {
    const queueUrl = resource.slice(resource.lastIndexOf(':') + 1);
    sqs.sendMessage({ QueueUrl: queueUrl, MessageBody: input, ...SqsParameters }, accessKeyId);
  } else if (localFunction && functionNameIn(resource) === localFunctionName) {
    void localFunction.invoke({ requestId, event: JSON.parse(input), region });
  } else throw new AwsError('ResourceNotFoundException', `${resource} is not served here.`, 404);
}

function withContext(input: string, arn: string, scheduledAtMs: number, id: string): string {
  const scheduledTime = `${new Date(scheduledAtMs).toISOString().slice(0, 19)}Z`;
  return input
    .replaceAll('<aws.scheduler.scheduled-time>', scheduledTime)
    .replaceAll('<aws.scheduler.schedule-arn>', arn)
    .replaceAll('<aws.scheduler.execution-id>', id)
    .replaceAll('<aws.scheduler.attempt-number>', '1');
}
