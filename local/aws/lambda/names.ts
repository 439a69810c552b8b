import { accountId } from '../account';

/** The one function that the endpoint's Lambda can have, and its role. */
export const localFunctionName = 'sfmc-token-rotator-local';
export const localLogGroupName = `/aws/lambda/${localFunctionName}`;
/** Also the access key id that the function calls with. */
export const localRoleName = localFunctionName;
export const localRoleArn = `arn:aws:iam::${accountId}:role/${localRoleName}`;

/** It exists in every Region. */
export function functionArn(region: string, name = localFunctionName): string {
  return `arn:aws:lambda:${region}:${accountId}:function:${name}`;
}

/**
 * The name in a `FunctionName`, which may be a name, an ARN or an ARN's account and name, each
 * without or with `:$LATEST`; undefined for what names no function, or another version of it.
 * Source: AWS Lambda API reference, Invoke.
 */
export function functionNameIn(nameOrArn: string): string | undefined {
  const arn = /^(?:(?:arn:aws:lambda:[a-z0-9-]+:)?\d{12}:function:)?([\w-]+)(?::\$LATEST)?$/;
  return arn.exec(nameOrArn)?.[1];
}
