import type { RegionReader } from '../../connection/connectionReader';
import type { Keeper, StoredSchedule } from '../../connection/keeper';
import type { LastError } from '../../connection/lastErrors';
import type { StoredParameters } from '../../connection/parameters';
import { known, memoize, type Reading, unread } from '../../connection/reading';
import type { StoredToken } from '../../connection/secret';
import type { Context } from '../../context';

/** What could be found out about a connection. */
export interface StatusFacts {
  readonly name: string;
  /** Whether the fleet's rotator keeps it. */
  readonly isFleet: boolean;
  readonly token: Reading<StoredToken>;
  readonly parameters: Reading<StoredParameters>;
  /** Its own. */
  readonly schedule: Reading<StoredSchedule | undefined>;
  /** Of the last 24 hours, or of the last hour if the log is a fleet's. */
  readonly lastError: Reading<LastError | undefined>;
}

/** A connection to look at, with its parameters if they are known already. */
export interface ListedConnection {
  readonly name: string;
  readonly parameters?: StoredParameters;
}

/**
 * Looks at one connection after the other. What they have in common is read once.
 *
 * @param only if one connection alone is looked at: its name
 */
export function factsReader(
  { region }: Pick<Context, 'region'>,
  only: string | undefined,
): (connection: ListedConnection) => Promise<StatusFacts> {
  // As a rule all connections have one function, and so one log.
  const lastErrorsOf = {
    own: memoize((arn) => readLastErrors(region, { arn, isFleet: false }, only)),
    fleet: memoize((arn) => readLastErrors(region, { arn, isFleet: true }, only)),
  };
  return async ({ name, parameters }) => {
    const reader = region.connection(name);
    const [token, stored, schedule] = await Promise.all([
      reader.token.reading(),
      parameters ? known(parameters) : reader.parameters.reading(),
      reader.schedule.reading(),
    ]);
    const keeper = await reader.keeper.reading();
    const isFleet = keeper.known && keeper.value?.isFleet === true;
    const lastErrors = isFleet ? lastErrorsOf.fleet : lastErrorsOf.own;
    return {
      name,
      isFleet,
      token,
      parameters: stored,
      schedule,
      lastError: await lastErrorOf(name, keeper, lastErrors),
    };
  };
}

type LastErrors = Reading<ReadonlyMap<string, LastError>>;

async function lastErrorOf(
  name: string,
  keeper: Reading<Keeper | undefined>,
  lastErrorsOf: (functionArn: string) => Promise<LastErrors>,
): Promise<StatusFacts['lastError']> {
  if (!keeper.known) return keeper;
  if (keeper.value === undefined) {
    return unread('No function is attached to the secret: deploy the stack.');
  }
  const errors = await lastErrorsOf(keeper.value.arn);
  return errors.known ? known(errors.value.get(name)) : errors;
}

async function readLastErrors(
  region: RegionReader,
  { arn, isFleet }: Keeper,
  connection: string | undefined,
): Promise<LastErrors> {
  const found = await region.rotator(arn).reading();
  if (!found.known) return found;
  const rotator = found.value;
  if (rotator === undefined) {
    return unread(
      isFleet
        ? "The fleet's rotator does not exist: deploy the fleet."
        : 'The function attached to the secret does not exist.',
    );
  }
  return region.lastErrors(rotator.logGroup, isFleet, connection).reading();
}
