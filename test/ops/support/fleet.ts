import {
  connectionTag,
  type FleetParameter,
  fleetParameterName,
  fleetScheduleName,
} from '../../../lambda/core/names';
import { functionArn } from '../../../local/aws/lambda/names';
import { storeToken } from './installed';
import type { OpsWorld } from './opsWorld';

const region = 'us-east-1';
const dispatcherArn = functionArn(region, 'dispatcher');

export interface DeployedFleet extends FleetParameter {
  readonly deadLetterQueueUrl: string;
}

/** What the stack of a fleet makes, as far as operators see it. */
export function deployFleet(
  world: OpsWorld,
  {
    state = 'ENABLED',
    ...members
  }: { readonly state?: 'ENABLED' | 'DISABLED' } & Partial<FleetParameter> = {},
): DeployedFleet {
  const { sqs, scheduler, parameterStore } = world.aws;
  const queue = (name: string, attributes?: Record<string, string>) =>
    createQueue(world, name, attributes);
  const deadLetterQueueUrl = queue('fleet-dead.fifo');
  const deadLetterTargetArn = sqs.arnOf(deadLetterQueueUrl);
  const fleet: FleetParameter = {
    rotatorArn: functionArn(region),
    dispatcherArn,
    queueUrl: queue('fleet.fifo', {
      RedrivePolicy: JSON.stringify({ deadLetterTargetArn, maxReceiveCount: 1 }),
    }),
    scheduleName: fleetScheduleName,
    ...members,
  };
  scheduler.createSchedule({
    Name: fleet.scheduleName,
    State: state,
    ScheduleExpression: 'rate(5 minutes)',
    FlexibleTimeWindow: { Mode: 'OFF' },
    Target: {
      Arn: dispatcherArn,
      RoleArn: 'arn:aws:iam::123456789012:role/scheduler',
      Input: '{}',
    },
  });
  parameterStore.putParameter({
    Name: fleetParameterName,
    Type: 'String',
    Value: JSON.stringify(fleet),
  });
  return { ...fleet, deadLetterQueueUrl };
}

/** A FIFO queue; its URL. */
export const createQueue = (
  { aws }: OpsWorld,
  name: string,
  attributes: Readonly<Record<string, string>> = {},
) =>
  aws.sqs.createQueue({ QueueName: name, Attributes: { FifoQueue: 'true', ...attributes } })
    .QueueUrl;

/** Has the function take the messages of a queue. */
export function feedFrom({ aws }: OpsWorld, queueUrl: string, functionName?: string): void {
  aws.eventSourceMappings.createEventSourceMapping(
    {
      EventSourceArn: aws.sqs.arnOf(queueUrl) ?? '',
      FunctionName: functionArn(region, functionName),
      BatchSize: 1,
    },
    { region },
  );
}

/** A connection of a fleet in which nothing is wrong. */
export function installInFleet(world: OpsWorld, connection = 'acme'): void {
  const stored = world.stored(connection);
  stored.put('{}');
  world.aws.secretsManager.tagResource({
    SecretId: `sfmc/${connection}`,
    Tags: [{ Key: connectionTag, Value: connection }],
  });
  stored.configure({ authBaseUrl: world.provider.url, clientId: world.provider.clientId });
  stored.putParameter('client-secret', world.provider.clientSecret);
  storeToken(world, { connection });
}

/** A message that waits in a queue. */
export function send(world: OpsWorld, queueUrl: string, connection = 'acme'): void {
  world.aws.sqs.sendMessage({
    QueueUrl: queueUrl,
    MessageBody: JSON.stringify({ connection }),
    MessageGroupId: connection,
    MessageDeduplicationId: connection,
  });
}
