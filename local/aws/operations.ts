import { accountId } from './account';
import { AwsError } from './awsError';
import type { AwsRequest } from './awsRequest';
import { userArn } from './iam/authorization';
import type { Models } from './models';
import { batchGetSecretValue } from './secretsManager/batchGetSecretValue';
import type { SecretsManagerModel } from './secretsManager/secretsManager';
import { currentLabel, previousLabel } from './secretsManager/secretVersions';
import { receiveWaiting } from './sqs/longPolling';

/** What an operation may take from the request beside its input. */
export type AwsCaller = Pick<AwsRequest, 'accessKeyId' | 'region' | 'requestId'>;

/** An operation of a model. Its request is checked by the model itself, so its type is `never`. */
type Operation = (input: never, caller: AwsCaller) => object | Promise<object>;

/**
 * Every operation served, by `service:operation`.
 *
 * @param perform applies another request in the name of the same caller
 */
export function operationsOf(
  models: Models,
  perform: (request: AwsRequest) => object | Promise<object>,
): ReadonlyMap<string, Operation> {
  const { secretsManager: secrets, parameterStore: parameters } = models;
  const { cloudWatch, events, eventSourceMappings, lambda, logs, scheduler, iam, kms, sqs } =
    models;
  return new Map<string, Operation>([
    ['cloudwatch:DescribeAlarms', (input) => cloudWatch.describeAlarms(input)],
    ['cloudwatch:GetMetricStatistics', (input) => cloudWatch.getMetricStatistics(input)],
    ['cloudwatch:PutMetricAlarm', (input, { region }) => cloudWatch.putMetricAlarm(input, region)],
    ['cloudwatch:SetAlarmState', (input) => cloudWatch.setAlarmState(input)],
    ['events:PutEvents', (input) => events.putEvents(input)],
    ['iam:GetRole', (input) => iam.getRole(input)],
    ['iam:SimulatePrincipalPolicy', (input) => iam.simulatePrincipalPolicy(input)],
    ['kms:DescribeKey', (input, { region }) => kms.describeKey(input, region)],
    [
      'lambda:CreateEventSourceMapping',
      (input, caller) => eventSourceMappings.createEventSourceMapping(input, caller),
    ],
    [
      'lambda:GetFunctionConfiguration',
      (input, caller) => lambda.getFunctionConfiguration(input, caller),
    ],
    ['lambda:GetAccountSettings', () => lambda.getAccountSettings()],
    ['lambda:Invoke', (input, caller) => lambda.invoke(input, caller)],
    [
      'lambda:ListEventSourceMappings',
      (input) => eventSourceMappings.listEventSourceMappings(input),
    ],
    ['logs:FilterLogEvents', (input) => logs.filterLogEvents(input)],
    ['scheduler:CreateSchedule', (input, { region }) => scheduler.createSchedule(input, region)],
    ['scheduler:DeleteSchedule', (input) => scheduler.deleteSchedule(input)],
    ['scheduler:GetSchedule', (input) => scheduler.getSchedule(input)],
    ['scheduler:ListSchedules', (input) => scheduler.listSchedules(input)],
    ['scheduler:UpdateSchedule', (input) => scheduler.updateSchedule(input)],
    [
      'secretsmanager:BatchGetSecretValue',
      (input, caller) =>
        batchGetSecretValue(input, (SecretId) =>
          perform({
            ...caller,
            service: 'secretsmanager',
            operation: 'GetSecretValue',
            input: { SecretId },
          }),
        ),
    ],
    ['secretsmanager:CreateSecret', (input, { region }) => secrets.createSecret(input, region)],
    ['secretsmanager:DeleteSecret', (input, { region }) => secrets.deleteSecret(input, region)],
    ['secretsmanager:DescribeSecret', (input) => secrets.describeSecret(input)],
    ['secretsmanager:GetSecretValue', (input) => secrets.getSecretValue(input)],
    ['secretsmanager:ListSecretVersionIds', (input) => secrets.listSecretVersionIds(input)],
    ['secretsmanager:ListSecrets', (input) => secrets.listSecrets(input)],
    ['secretsmanager:PutSecretValue', (input) => secrets.putSecretValue(input)],
    ['secretsmanager:RestoreSecret', (input) => secrets.restoreSecret(input)],
    [
      'secretsmanager:RotateSecret',
      (input, { region }) => models.secretRotations.rotateSecret(input, region),
    ],
    ['secretsmanager:TagResource', (input) => secrets.tagResource(input)],
    ['secretsmanager:UpdateSecret', (input) => secrets.updateSecret(input)],
    ['secretsmanager:UpdateSecretVersionStage', (input) => secrets.updateSecretVersionStage(input)],
    ['sqs:ChangeMessageVisibility', (input) => sqs.changeMessageVisibility(input)],
    ['sqs:ChangeMessageVisibilityBatch', (input) => sqs.changeMessageVisibilityBatch(input)],
    ['sqs:CreateQueue', (input, { region }) => sqs.createQueue(input, region)],
    ['sqs:DeleteMessage', (input) => sqs.deleteMessage(input)],
    ['sqs:DeleteMessageBatch', (input) => sqs.deleteMessageBatch(input)],
    ['sqs:GetQueueAttributes', (input) => sqs.getQueueAttributes(input)],
    ['sqs:GetQueueUrl', (input) => sqs.getQueueUrl(input)],
    ['sqs:PurgeQueue', (input) => sqs.purgeQueue(input)],
    ['sqs:ReceiveMessage', (input) => receiveWaiting(sqs, input)],
    ['sqs:SendMessage', (input, { accessKeyId }) => sqs.sendMessage(input, accessKeyId)],
    ['sqs:SendMessageBatch', (input, { accessKeyId }) => sqs.sendMessageBatch(input, accessKeyId)],
    ['ssm:DeleteParameter', (input) => parameters.deleteParameter(input)],
    ['ssm:DeleteParameters', (input) => parameters.deleteParameters(input)],
    ['ssm:DescribeParameters', (input) => parameters.describeParameters(input)],
    ['ssm:GetParameter', (input) => parameters.getParameter(input)],
    ['ssm:GetParameterHistory', (input) => parameters.getParameterHistory(input)],
    ['ssm:GetParameters', (input) => parameters.getParameters(input)],
    ['ssm:GetParametersByPath', (input) => parameters.getParametersByPath(input)],
    ['ssm:PutParameter', (input, { region }) => parameters.putParameter(input, region)],
    ['sts:GetCallerIdentity', (_, { accessKeyId }) => callerIdentity(accessKeyId)],
  ]);
}

const callerIdentity = (accessKeyId: string) => ({
  UserId: accessKeyId,
  Account: accountId,
  Arn: userArn(accessKeyId),
});

/**
 * GetSecretValue as an eventually consistent read may still answer it: with the version that was
 * AWSCURRENT before. Undefined if the request names another version or there was none before.
 */
export function staleSecretValue(secrets: SecretsManagerModel, { input }: AwsRequest) {
  const { SecretId, VersionId, VersionStage = currentLabel } = input;
  if (VersionId !== undefined || VersionStage !== currentLabel) return undefined;
  try {
    const value = secrets.getSecretValue({
      SecretId: String(SecretId),
      VersionStage: previousLabel,
    });
    return { ...value, VersionStages: [currentLabel] };
  } catch (error) {
    if (error instanceof AwsError) return undefined;
    throw error;
  }
}
