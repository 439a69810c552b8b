import { GetFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import type { Context } from '../context';
import { isDenied, isMissing } from '../failures/awsFailure';
import { OpsError } from '../failures/opsError';
import { deployFleet } from './fleet';
import { isQueueArn } from './queue';
import { attempt } from './reading';
import { readSchedule, type StoredSchedule } from './schedule';
import { describeSecret, restoreCommand, type SecretDescription, secretName } from './secret';

/** The rotator as Lambda has it. */
export interface RotatorFunction {
  readonly name: string;
  readonly roleArn: string;
  readonly logGroup: string;
  readonly timeoutSeconds: number;
  /** `Active` where it can be invoked. */
  readonly state: string;
  /** `Successful` where the last update has been made. */
  readonly lastUpdate: string;
}

/** Undefined where there is no such function. */
export async function describeFunction(
  { aws }: Context,
  functionArn: string,
): Promise<RotatorFunction | undefined> {
  try {
    const output = await aws.lambda.send(
      new GetFunctionConfigurationCommand({ FunctionName: functionArn }),
    );
    const name = output.FunctionName ?? functionArn.split(':')[6] ?? functionArn;
    return {
      name,
      roleArn: output.Role ?? '',
      logGroup: output.LoggingConfig?.LogGroup ?? `/aws/lambda/${name}`,
      timeoutSeconds: output.Timeout ?? 0,
      // Functions that have not been changed for years come without either.
      state: output.State ?? 'Active',
      lastUpdate: output.LastUpdateStatus ?? 'Successful',
    };
  } catch (thrown) {
    if (isMissing(thrown)) return undefined;
    throw thrown;
  }
}

/** The function that keeps a connection's token fresh. */
export interface ConnectionFunction {
  readonly arn: string;
  /** It is the fleet's, and not one of a stack. */
  readonly isFleet: boolean;
  /** Of the queue that a stack's schedule sends to. */
  readonly queueArn?: string;
}

const hourMs = 3_600_000;

/**
 * How far back a function's log is searched. A fleet's tells of so many connections that a day of it
 * cannot be read; each of them, if it fails, is in every period of 20 minutes.
 */
export const logWindowMs = (isFleet: boolean) => (isFleet ? hourMs : 24 * hourMs);

/**
 * The function that takes the messages of the queue to which the connection's schedule sends. Where
 * that is not to be found: the one that the stack has attached to the secret, or else the fleet's.
 * Undefined where there is none of them.
 *
 * A connection that has moved to the fleet keeps its secret. "CancelRotateSecret" turns rotation off,
 * and the function's ARN may be left.
 *
 * @param schedule the connection's own; undefined where there is none, or it may not be read
 * @param secret gives undefined where there is none
 */
export async function functionOf(
  context: Pick<Context, 'fleet' | 'eventSources'>,
  schedule: Pick<StoredSchedule, 'targetArn'> | undefined,
  secret: () => Promise<Pick<SecretDescription, 'functionArn' | 'isRotationOff'> | undefined>,
): Promise<ConnectionFunction | undefined> {
  const target = schedule?.targetArn ?? '';
  const isQueue = isQueueArn(target);
  const queue = isQueue ? { queueArn: target } : {};
  const sources = isQueue ? await context.eventSources(target) : undefined;
  const [source] = sources?.known ? sources.value : [];
  if (source) return { arn: source.functionArn, isFleet: false, ...queue };
  const described = await secret();
  const own = described?.functionArn;
  if (own !== undefined && !described?.isRotationOff) return { arn: own, isFleet: false, ...queue };
  if (!isQueue) {
    const fleet = await context.fleet();
    if (fleet.known && fleet.value) return { arn: fleet.value.rotatorArn, isFleet: true };
  }
  return own === undefined ? undefined : { arn: own, isFleet: false, ...queue };
}

/**
 * The function that an operator's command is about.
 *
 * @throws OpsError `refused` where there is no secret or no function, with the remedy.
 */
export async function connectionFunction(
  context: Context,
  connection: string,
): Promise<ConnectionFunction> {
  const [schedule, secret] = await Promise.all([
    attempt('scheduler:GetSchedule', () => readSchedule(context, connection)),
    describeSecret(context, connection),
  ]);
  const own = schedule.known ? schedule.value : undefined;
  const found = await functionOf(context, own, async () => secret);
  const secretId = secretName(context, connection);
  if (secret?.deletionAtMs !== undefined) {
    throw new OpsError(
      'refused',
      `The secret ${secretId} is marked for deletion, and can be neither read nor written. Take it ` +
        `back: ${restoreCommand(secretId)}`,
    );
  }
  if (secret && found) return found;
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
