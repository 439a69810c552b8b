import { AwsError } from '../awsError';

/** Refusals of Amazon SQS, named as its API reference's JSON protocol does. */
export const queueDoesNotExist = () =>
  new AwsError('QueueDoesNotExist', 'The specified queue does not exist.');
export const queueNameExists = (attribute: string) =>
  new AwsError(
    'QueueNameExists',
    `A queue already exists with the same name and a different value for attribute ${attribute}`,
  );
export const missingParameter = (name: string) =>
  new AwsError('MissingParameter', `The request must contain the parameter ${name}.`);
export const invalidParameter = (message: string) => new AwsError('InvalidParameterValue', message);
export const invalidValue = (value: unknown, name: string, reason: string) =>
  invalidParameter(`Value ${value} for parameter ${name} is invalid. Reason: ${reason}`);
export const invalidQueueName = () =>
  invalidParameter(
    'The name of a FIFO queue can only include alphanumeric characters, hyphens, or underscores, must end with .fifo suffix and be 1 to 80 in length.',
  );
export const unknownAttribute = (name: string) =>
  new AwsError('InvalidAttributeName', `Unknown Attribute ${name}.`);
export const invalidAttribute = (name: string) =>
  new AwsError('InvalidAttributeValue', `Invalid value for the parameter ${name}.`);
export const onlyFifo = () =>
  new AwsError('UnsupportedOperation', 'Only FIFO queues are served here: set FifoQueue to true.');
export const receiptHandleInvalid = () =>
  new AwsError('ReceiptHandleIsInvalid', 'The input receipt handle is invalid.');
export const receiptHandleExpired = (handle: string) =>
  invalidValue(handle, 'ReceiptHandle', 'The receipt handle has expired.');
export const messageNotInflight = () =>
  new AwsError('MessageNotInflight', 'The specified message is not in flight.');
export const emptyBatch = () =>
  new AwsError(
    'EmptyBatchRequest',
    'There should be at least one SendMessageBatchRequestEntry in the request.',
  );
export const tooManyEntries = (count: number) =>
  new AwsError(
    'TooManyEntriesInBatchRequest',
    `Maximum number of entries per request are 10. You have sent ${count}.`,
  );
export const idsNotDistinct = (id: string) =>
  new AwsError('BatchEntryIdsNotDistinct', `Id ${id} repeated.`);
export const invalidEntryId = () =>
  new AwsError(
    'InvalidBatchEntryId',
    'A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.',
  );
export const batchTooLong = (bytes: number, most: number) =>
  new AwsError(
    'BatchRequestTooLong',
    `Batch requests cannot be longer than ${most} bytes. You have sent ${bytes} bytes.`,
  );
export const purgeInProgress = (name: string) =>
  new AwsError(
    'PurgeQueueInProgress',
    `Only one PurgeQueue operation on ${name} is allowed every 60 seconds.`,
    403,
  );

/**
 * The codes by which the former Query protocol names the same errors; SDK clients are given both
 * (Amazon SQS API reference, "Common Errors"; Smithy, `awsQueryCompatible`).
 */
const queryCodes: ReadonlyMap<string, string> = new Map(
  [
    ['BatchEntryIdsNotDistinct'],
    ['BatchRequestTooLong'],
    ['EmptyBatchRequest'],
    ['InvalidBatchEntryId'],
    ['MessageNotInflight'],
    ['PurgeQueueInProgress'],
    ['QueueDoesNotExist', 'NonExistentQueue'],
    ['TooManyEntriesInBatchRequest'],
    ['UnsupportedOperation'],
  ].map(([name = '', code = name]) => [name, `AWS.SimpleQueueService.${code}`]),
);

export function queryCodeOf(name: string): string {
  return queryCodes.get(name) ?? (name === 'QueueNameExists' ? 'QueueAlreadyExists' : name);
}
