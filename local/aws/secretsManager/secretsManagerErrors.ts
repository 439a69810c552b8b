import { AwsError } from '../awsError';

/**
 * Secrets Manager's refusals. AWS publishes no texts; these are as public projects recorded them
 * (LocalStack's snapshot tests, moto, Terraform's AWS provider, bug reports). No record was found of
 * `quotaExceeded`, `stageElsewhere`, `nothingToMove`, `twoValues` and `noRotationFunction`: worded after the API reference.
 */
const error = (name: string) => (message: string) => new AwsError(name, message);
const invalidParameter = error('InvalidParameterException');
const invalidRequest = error('InvalidRequestException');
const resourceExists = error('ResourceExistsException');
const notFound = error('ResourceNotFoundException');

export const invalidName = () =>
  new AwsError(
    'ValidationException',
    'Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!',
  );
export const secretNotFound = () => notFound("Secrets Manager can't find the specified secret.");
/** `selector`: `VersionId: ID` or `staging label: LABEL`. */
export const valueNotFound = (selector: string) =>
  notFound(`Secrets Manager can't find the specified secret value for ${selector}`);
export const stageNotOnVersion = () =>
  invalidRequest('You provided a VersionStage that is not associated to the provided VersionId.');

export const nameTaken = (name: string) =>
  resourceExists(`The operation failed because the secret ${name} already exists.`);
export const nameScheduledForDeletion = () =>
  invalidRequest(
    "You can't create this secret because a secret with this name is already scheduled for deletion.",
  );
export const markedForDeletion = () =>
  invalidRequest(
    "You can't perform this operation on the secret because it was marked for deletion.",
  );
export const alreadyMarkedForDeletion = () =>
  invalidRequest("You tried to perform the operation on a secret that's currently marked deleted.");
export const recoveryWindowOutOfRange = () =>
  invalidParameter('The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).');
export const forceWithRecoveryWindow = () =>
  invalidParameter(
    "You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.",
  );

export const tokenMissing = () =>
  invalidRequest('You must provide a ClientRequestToken value. We recommend a UUID-type value.');
export const tokenTaken = (token: string, arn: string) =>
  resourceExists(
    `You can't use ClientRequestToken ${token} because that value is already in use for a version of secret ${arn}.`,
  );
export const valueMissing = () =>
  invalidRequest('You must provide either SecretString or SecretBinary.');
export const twoValues = () =>
  invalidParameter(
    "You can't specify both a binary secret value and a string secret value in the same secret.",
  );

export const currentNotRemovable = () =>
  invalidParameter(
    "You can only move staging label AWSCURRENT to a different secret version. It can't be completely removed.",
  );
export const removeFromMissing = (label: string, holder: string) =>
  invalidParameter(
    `The parameter RemoveFromVersionId can't be empty. Staging label ${label} is currently attached to version ${holder}, so you must explicitly reference that version in RemoveFromVersionId.`,
  );
export const stageElsewhere = (label: string, from: string) =>
  invalidParameter(
    `Staging label ${label} isn't attached to version ${from}, which you specified in RemoveFromVersionId.`,
  );
export const nothingToMove = () =>
  invalidParameter('You must provide MoveToVersionId, RemoveFromVersionId, or both.');

export const noRotationFunction = () =>
  invalidRequest('No Lambda rotation function ARN is associated with this secret.');
export const rotationUnfinished = () =>
  invalidRequest("A previous rotation isn't complete. That rotation will be reattempted.");
export const functionNotInvocable = () =>
  new AwsError(
    'AccessDeniedException',
    'Secrets Manager cannot invoke the specified Lambda function. Ensure that the function policy grants access to the principal secretsmanager.amazonaws.com.',
  );

export const quotaExceeded = () =>
  new AwsError(
    'LimitExceededException',
    'The request failed because it would exceed one of the Secrets Manager quotas.',
  );
export const invalidNextToken = () =>
  new AwsError('InvalidNextTokenException', 'The NextToken value is invalid.');
