import { isDenied } from './awsFailure';
import type { Context } from './context';
import { describeFunction } from './observing/rotatorFunction';
import { describeSecret } from './observing/secret';
import { OpsError } from './opsError';

/**
 * The ARN of the function that the stack has attached to the connection's secret.
 *
 * @throws OpsError `refused` where there is no secret or no function, with the remedy.
 */
export async function attachedFunction(context: Context, connection: string): Promise<string> {
  const secret = await describeSecret(context, connection);
  if (secret?.functionArn) return secret.functionArn;
  const secretId = `${context.settings.secretPrefix}${connection}`;
  const problem = secret
    ? `No function is attached to the secret ${secretId}`
    : `The secret ${secretId} does not exist in this Region`;
  throw new OpsError(
    'refused',
    `${problem}: deploy the stack with the connection "${connection}" in cdk.json (npx cdk deploy).`,
  );
}

/** Where the function logs: Lambda's usual place where its configuration may not be read. */
export async function logGroupOf(context: Context, functionArn: string): Promise<string> {
  const usual = `/aws/lambda/${functionArn.split(':')[6] ?? ''}`;
  try {
    return (await describeFunction(context, functionArn))?.logGroup ?? usual;
  } catch (thrown) {
    if (isDenied(thrown)) return usual;
    throw thrown;
  }
}
