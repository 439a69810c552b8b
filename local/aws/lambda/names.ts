import { ACCOUNT_ID } from '../account';

/** The one function that the endpoint's Lambda can have, and its role. */
export const FUNCTION_NAME = 'sfmc-token-rotator-local';
export const LOG_GROUP_NAME = `/aws/lambda/${FUNCTION_NAME}`;
/** Also the access key id that the function calls with. */
export const ROLE_NAME = FUNCTION_NAME;
export const ROLE_ARN = `arn:aws:iam::${ACCOUNT_ID}:role/${ROLE_NAME}`;

/** It exists in every Region. */
export function functionArn(region: string, name = FUNCTION_NAME): string {
  return `arn:aws:lambda:${region}:${ACCOUNT_ID}:function:${name}`;
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
