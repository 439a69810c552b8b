import { AwsError } from '../awsError';

/**
 * Parameter Store's refusals, as public projects recorded them from AWS. No record was found of
 * `nameTooLong`, `noDowngrade` and the filter errors: worded after the user guide and the API reference.
 */
const validation = (message: string) => new AwsError('ValidationException', message);

/** AWS sends this one without a message: SDK clients show `UnknownError` or nothing at all. */
export const parameterNotFound = () => new AwsError('ParameterNotFound');
export const versionNotFound = (name: string, version: string) =>
  new AwsError(
    'ParameterVersionNotFound',
    `Systems Manager could not find version ${version} of ${name}. Verify the version and try again.`,
  );
export const parameterAlreadyExists = () =>
  new AwsError(
    'ParameterAlreadyExists',
    'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.',
  );
export const typeMismatch = () =>
  new AwsError(
    'HierarchyTypeMismatchException',
    "Parameter Store doesn't support changing a parameter type in a hierarchy. For example, you can't change a parameter from a String type to a SecureString type. You must create a new, unique parameter.",
  );
export const tooManyLevels = () =>
  new AwsError(
    'HierarchyLevelLimitExceededException',
    'A hierarchy can have a maximum of 15 levels.',
  );

export const invalidName = () =>
  validation(
    'Parameter name: can\'t be prefixed with "ssm" (case-insensitive). If formed as a path, it can consist of sub-paths divided by slash symbol; each sub-path can be formed as a mix of letters, numbers and the following 3 symbols .-_',
  );
export const nameTooLong = () =>
  validation('Parameter name: with its ARN before it, must not have more than 1011 characters.');
export const reservedName = () =>
  validation('Parameter name: can\'t be prefixed with "aws" or "ssm" (case-insensitive).');
export const reservedPath = (name: string) =>
  new AwsError('AccessDeniedException', `No access to reserved parameter name: ${name}.`);
export const invalidPath = () =>
  validation(
    'The parameter doesn\'t meet the parameter name requirements. The parameter name must begin with a forward slash "/". It can\'t be prefixed with \\"aws\\" or \\"ssm\\" (case-insensitive). It must use only letters, numbers, or the following symbols: . (period), - (hyphen), _ (underscore). Special characters are not allowed. All sub-paths, if specified, must use the forward slash symbol "/". Valid example: /get/parameters2-/by1./path0_.',
  );
export const typeMissing = () =>
  validation('A parameter type is required when you create a parameter.');
export const tagsWithOverwrite = () =>
  validation(
    "Invalid request: tags and overwrite can't be used together. To create a parameter with tags, please remove overwrite flag. To update tags for an existing parameter, please use AddTagsToResource or RemoveTagsFromResource.",
  );
export const tooLargeForStandard = () =>
  validation(
    'Standard tier parameters support a maximum parameter value of 4096 characters. To create a larger parameter value, upgrade the parameter to use the advanced-parameter tier. For more information, see https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html',
  );
export const tooLargeForAdvanced = () =>
  validation(
    'The specified parameter value is too large. Advanced-tier parameters support a maximum parameter value of 8192 characters.',
  );
/** Worded after the API reference, PutParameter. */
export const tooMany = () =>
  new AwsError(
    'ParameterLimitExceeded',
    'You have exceeded the number of parameters for this AWS account. Delete one or more parameters and try again.',
  );
export const noDowngrade = () =>
  validation(
    "This parameter uses the advanced-parameter tier. You can't downgrade a parameter from the advanced-parameter tier to the standard-parameter tier. If necessary, you can delete the advanced parameter and recreate it as a standard parameter.",
  );

export const invalidNextToken = () =>
  new AwsError('InvalidNextToken', "The specified token isn't valid.");
export const invalidFilterKey = (key: string) =>
  new AwsError('InvalidFilterKey', `The following filter key is not valid: ${key}.`);
export const invalidFilterOption = (option: string) =>
  new AwsError('InvalidFilterOption', `The following filter option is not valid: ${option}.`);
