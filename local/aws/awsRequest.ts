import { eventBusesIn } from './events/eventBus';

/** The services served, named as IAM's actions and the log of calls name them. */
export type Service =
  | 'cloudwatch'
  | 'events'
  | 'iam'
  | 'kms'
  | 'lambda'
  | 'logs'
  | 'scheduler'
  | 'secretsmanager'
  | 'sqs'
  | 'ssm'
  | 'sts';

/** A request, whichever protocol it came by; its signature unread except for the credential scope. */
export interface AwsRequest {
  readonly service: Service;
  readonly operation: string;
  readonly region: string;
  readonly accessKeyId: string;
  /** Answered as `x-amzn-requestid`; of a Lambda invocation also the invocation's own. */
  readonly requestId: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** The members of a request that name what it is about. */
const namingMembers: Readonly<Record<Exclude<Service, 'events'>, readonly string[]>> = {
  cloudwatch: ['AlarmName', 'AlarmNames'],
  iam: ['PolicySourceArn', 'RoleName'],
  kms: ['KeyId'],
  lambda: ['FunctionName'],
  logs: ['logGroupName', 'logGroupIdentifier'],
  scheduler: ['Name'],
  secretsmanager: ['SecretId', 'Name'],
  sqs: ['QueueUrl', 'QueueName'],
  ssm: ['Name', 'Names', 'Path'],
  sts: [],
};

/** The names in a request, as it gives them. */
export function namesIn({ service, input }: Pick<AwsRequest, 'service' | 'input'>) {
  if (service === 'events') return eventBusesIn(input.Entries);
  return namingMembers[service]
    .flatMap((member) => input[member])
    .filter((name): name is string => typeof name === 'string');
}
