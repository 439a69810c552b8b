import { memoize } from '../../connection/concurrency';
import { type LastError, readLastErrors } from '../../connection/lastErrors';
import { readParameters, type StoredParameters } from '../../connection/parameters';
import { attempt, known, type Reading, unread } from '../../connection/reading';
import {
  type ConnectionFunction,
  describeFunction,
  functionOf,
  logWindowMs,
} from '../../connection/rotatorFunction';
import { readSchedule, type StoredSchedule } from '../../connection/schedule';
import { describeSecret, readToken, type StoredToken } from '../../connection/secret';
import type { Context } from '../../context';

/** What could be found out about a connection. */
export interface ConnectionFacts {
  readonly name: string;
  /** Whether the fleet's rotator keeps it. */
  readonly isFleet: boolean;
  readonly token: Reading<StoredToken>;
  readonly parameters: Reading<StoredParameters>;
  /** Its own. */
  readonly schedule: Reading<StoredSchedule | undefined>;
  /** Of the last 24 hours, or of the last hour where the log is a fleet's. */
  readonly lastError: Reading<LastError | undefined>;
}

/** A connection to look at, with its parameters where they are known already. */
export interface Looked {
  readonly name: string;
  readonly parameters?: StoredParameters;
}

/**
 * Looks at one connection after the other. What they have in common is asked for once.
 *
 * @param only where one connection alone is looked at: its name
 */
export function connectionObserver(
  context: Context,
  only: string | undefined,
): (connection: Looked) => Promise<ConnectionFacts> {
  // As a rule all connections have one function, and so one log.
  const lastErrorsOf = {
    own: memoize((arn) => readErrorsOf(context, { arn, isFleet: false }, only)),
    fleet: memoize((arn) => readErrorsOf(context, { arn, isFleet: true }, only)),
  };
  return async ({ name, parameters }) => {
    const [token, stored, schedule] = await Promise.all([
      attempt('secretsmanager:GetSecretValue', () => readToken(context, name)),
      parameters
        ? known(parameters)
        : attempt('ssm:GetParameters', () => readParameters(context, name)),
      attempt('scheduler:GetSchedule', () => readSchedule(context, name)),
    ]);
    const own = schedule.known ? schedule.value : undefined;
    const rotator = await attempt('secretsmanager:DescribeSecret', () =>
      functionOf(context, own, () => describeSecret(context, name)),
    );
    const found = rotator.known ? rotator.value : undefined;
    const isFleet = found?.isFleet === true;
    return {
      name,
      isFleet,
      token,
      parameters: stored,
      schedule,
      lastError: await lastErrorOf(name, rotator, isFleet ? lastErrorsOf.fleet : lastErrorsOf.own),
    };
  };
}

type LastErrors = Reading<ReadonlyMap<string, LastError>>;

async function lastErrorOf(
  name: string,
  rotator: Reading<ConnectionFunction | undefined>,
  lastErrorsOf: (functionArn: string) => Promise<LastErrors>,
): Promise<ConnectionFacts['lastError']> {
  if (!rotator.known) return rotator;
  if (rotator.value === undefined) {
    return unread('No function is attached to the secret: deploy the stack.');
  }
  const errors = await lastErrorsOf(rotator.value.arn);
  return errors.known ? known(errors.value.get(name)) : errors;
}

async function readErrorsOf(
  context: Context,
  { arn, isFleet }: ConnectionFunction,
  connection: string | undefined,
): Promise<LastErrors> {
  const found = await attempt('lambda:GetFunctionConfiguration', () =>
    describeFunction(context, arn),
  );
  if (!found.known) return found;
  const rotator = found.value;
  if (rotator === undefined) {
    return unread(
      isFleet
        ? "The fleet's rotator does not exist: deploy the fleet."
        : 'The function attached to the secret does not exist.',
    );
  }
  return attempt('logs:FilterLogEvents', () =>
    readLastErrors(context, rotator.logGroup, logWindowMs(isFleet), connection),
  );
}
