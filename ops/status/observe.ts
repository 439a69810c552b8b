import type { Context } from '../context';
import { inParallel } from '../observing/inParallel';
import { type LastError, readLastErrors } from '../observing/lastErrors';
import { readParameters, type StoredParameters } from '../observing/parameters';
import { attempt, known, type Reading, unread } from '../observing/reading';
import { remember } from '../observing/remember';
import { describeFunction } from '../observing/rotatorFunction';
import { readSchedule, type StoredSchedule } from '../observing/schedule';
import { describeSecret } from '../observing/secret';
import { readToken, type StoredToken } from '../observing/token';

/** What could be found out about a connection. */
export interface ConnectionFacts {
  readonly name: string;
  readonly token: Reading<StoredToken>;
  readonly parameters: Reading<StoredParameters>;
  readonly schedule: Reading<StoredSchedule | undefined>;
  /** Of the last 24 hours. */
  readonly lastError: Reading<LastError | undefined>;
}

/** At a time: a shell's user shares the account's rates with the rotator itself. */
const width = 5;

/**
 * Looks at connections, a few at a time.
 *
 * @param onConnection called after each one
 */
export async function observeAll(
  context: Context,
  names: readonly string[],
  onConnection: () => void,
): Promise<ConnectionFacts[]> {
  const only = names.length === 1 ? names[0] : undefined;
  // As a rule all connections have one function, and so one log.
  const lastErrorsOf = remember((functionArn) => readErrorsOf(context, functionArn, only));
  return inParallel(names, width, async (name) => {
    const [token, parameters, schedule, lastError] = await Promise.all([
      attempt('secretsmanager:GetSecretValue', () => readToken(context, name)),
      attempt('ssm:GetParameters', () => readParameters(context, name)),
      attempt('scheduler:GetSchedule', () => readSchedule(context, name)),
      readLastError(context, name, lastErrorsOf),
    ]);
    onConnection();
    return { name, token, parameters, schedule, lastError };
  });
}

type LastErrors = Reading<ReadonlyMap<string, LastError>>;

async function readLastError(
  context: Context,
  name: string,
  lastErrorsOf: (functionArn: string) => Promise<LastErrors>,
): Promise<ConnectionFacts['lastError']> {
  const secret = await attempt('secretsmanager:DescribeSecret', () =>
    describeSecret(context, name),
  );
  if (!secret.known) return secret;
  const functionArn = secret.value?.functionArn;
  if (functionArn === undefined) {
    return unread('No function is attached to the secret: deploy the stack.');
  }
  const errors = await lastErrorsOf(functionArn);
  return errors.known ? known(errors.value.get(name)) : errors;
}

async function readErrorsOf(
  context: Context,
  functionArn: string,
  connection: string | undefined,
): Promise<LastErrors> {
  const found = await attempt('lambda:GetFunctionConfiguration', () =>
    describeFunction(context, functionArn),
  );
  if (!found.known) return found;
  const rotator = found.value;
  if (rotator === undefined) {
    return unread('The function attached to the secret does not exist.');
  }
  return attempt('logs:FilterLogEvents', () =>
    readLastErrors(context, rotator.logGroup, connection),
  );
}
