import { isDenied } from './awsFailure';
import type { Context } from './context';
import { deployFleet } from './fleet';
import { describeFunction } from './observing/rotatorFunction';
import { describeSecret, type SecretDescription } from './observing/secret';
import { OpsError } from './opsError';

/** The function that keeps a connection's token fresh. */
export interface ConnectionFunction {
  readonly arn: string;
  /** It is the fleet's, and not one that a stack has attached to the secret. */
  readonly isFleet: boolean;
}

const hourMs = 3_600_000;

/**
 * How far back a function's log is searched. A fleet's tells of so many connections that a day of it
 * cannot be read; each of them, if it fails, is in every period of 20 minutes.
 */
export const logWindowMs = (isFleet: boolean) => (isFleet ? hourMs : 24 * hourMs);

/**
 * The function that the stack has attached to the secret, or else the fleet's. Undefined where there
 * is neither.
 *
 * A connection that has moved to the fleet keeps its secret. "CancelRotateSecret" turns rotation off,
 * and the function's ARN may be left.
 *
 * @param secret undefined where there is none
 */
export async function functionOf(
  context: Pick<Context, 'fleet'>,
  secret: Pick<SecretDescription, 'functionArn' | 'isRotationOff'> | undefined,
): Promise<ConnectionFunction | undefined> {
  const own = secret?.functionArn;
  if (own !== undefined && !secret?.isRotationOff) return { arn: own, isFleet: false };
  const fleet = await context.fleet();
  if (fleet.known && fleet.value) return { arn: fleet.value.rotatorArn, isFleet: true };
  return own === undefined ? undefined : { arn: own, isFleet: false };
}

/**
 * The function that an operator's command invokes for a connection.
 *
 * @throws OpsError `refused` where there is no secret or no function, with the remedy.
 */
export async function connectionFunction(
  context: Context,
  connection: string,
): Promise<ConnectionFunction> {
  const secret = await describeSecret(context, connection);
  const found = await functionOf(context, secret);
  if (secret && found) return found;
  const secretId = `${context.settings.secretPrefix}${connection}`;
  const stack = `deploy the stack with the connection "${connection}" in cdk.json (npx cdk deploy)`;
  if (found) {
    throw new OpsError(
      'refused',
      `The secret ${secretId} does not exist in this Region: make it by npm run ops -- seed ` +
        `${connection}, with --auth-base-url and --client-id.`,
    );
  }
  const fleet = await context.fleet();
  const problem = secret
    ? `No function is attached to the secret ${secretId}`
    : `The secret ${secretId} does not exist in this Region`;
  throw new OpsError(
    'refused',
    `${problem}: ${stack}, or a fleet (${deployFleet}).` +
      (fleet.known ? '' : ` Whether there is a fleet is not known: ${fleet.why}`),
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
