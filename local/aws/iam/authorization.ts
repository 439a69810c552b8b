import { accountId } from '../account';
import { AwsError } from '../awsError';
import { type AwsRequest, namesIn, type Service } from '../awsRequest';
import { alarmArn } from '../cloudWatch/cloudWatch';
import { eventBusArn } from '../events/eventBus';
import { functionArn, functionNameIn } from '../lambda/names';
import { logGroupArn } from '../logs/logGroup';
import { namedParameter, parameterArn } from '../parameterStore/parameter';
import { scheduleArn } from '../scheduler/scheduler';
import { queueArn, queueNameIn } from '../sqs/sqs';
import type { AccessRequest } from './policyEvaluation';

/** Whether a policy allows an action (`service:Action`) on a resource (an ARN, a name or `*`). */
export type Authorize = (request: AccessRequest & { readonly accessKeyId: string }) => boolean;

/** The ARNs of what exists, under any of the names that AWS accepts for it. */
export interface Arns {
  readonly secret: (secretId: string) => string | undefined;
  readonly key: (keyId: string, region: string) => string | undefined;
}

/** The user that an access key is taken to belong to: here each has one, of its own name. */
export const userArn = (accessKeyId: string) => `arn:aws:iam::${accountId}:user/${accessKeyId}`;

/** As IAM's policies name the operation. */
export function actionOf({ service, operation }: AwsRequest): string {
  if (operation === 'Invoke') return 'lambda:InvokeFunction';
  // A batch needs the permission of the single operation.
  return `${service}:${service === 'sqs' ? operation.replace(/Batch$/, '') : operation}`;
}

/**
 * What IAM would check the request against. A secret or key that doesn't exist stands under the
 * name given, as in AWS's own refusals. Source: "Actions, resources, and condition keys" for each
 * service (Service Authorization Reference).
 */
export function resourcesOf(request: AwsRequest, arns: Arns): readonly string[] {
  const { service, region, input } = request;
  // "No permissions are required to perform this operation" (API reference, GetCallerIdentity).
  if (service === 'sts') return [];
  const names = namesIn(request);
  // These know no resources, whatever they name.
  if (names.length === 0 || request.operation === 'ListEventSourceMappings') return ['*'];
  return names.map((name) => arnsByOperation[service](name, region, arns, input));
}

const arnsByOperation: Readonly<
  Record<
    Exclude<Service, 'sts'>,
    (name: string, region: string, arns: Arns, input: AwsRequest['input']) => string
  >
> = {
  cloudwatch: (name, region) => alarmArn(name, region),
  events: (name, region) => eventBusArn(name, region),
  iam: (name) => (name.startsWith('arn:') ? name : `arn:aws:iam::${accountId}:role/${name}`),
  kms: (id, region, arns) => arns.key(id, region) ?? id,
  lambda: (name, region) => functionArn(region, functionNameIn(name) ?? name),
  logs: (name, region) => `${name.startsWith('arn:') ? name : logGroupArn(name, region)}:*`,
  scheduler: (name, region, _, { GroupName }) => scheduleArn(name, region, GroupName),
  secretsmanager: (id, _, arns) => arns.secret(id) ?? id,
  sqs: (urlOrName, region) => queueArn(queueNameIn(urlOrName), region),
  ssm: (given, region) => {
    const { arn, names } = namedParameter(given);
    return arn ?? parameterArn(names[0] ?? '', region);
  },
};

/** AWS's refusal of an action that no policy allows. */
export function accessDenied(
  { accessKeyId }: AwsRequest,
  { action, resource }: AccessRequest,
): AwsError {
  const on = resource === '*' ? '' : ` on resource: ${resource}`;
  return new AwsError(
    'AccessDeniedException',
    `User: ${userArn(accessKeyId)} is not authorized to perform: ${action}${on} because no identity-based policy allows the ${action} action`,
  );
}
