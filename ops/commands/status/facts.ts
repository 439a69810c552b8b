import type { RegionReader } from '../../connection/connectionReader';
import type { Keeper } from '../../connection/keeper';
import type { LastError } from '../../connection/lastErrors';
import type { ListedConnection } from '../../connection/listings';
import { known, memoize, type Reading, unread } from '../../connection/reading';
import { readConfig } from '../../connection/registry';
import type { Context } from '../../context';
import type { ConnectionFacts } from '../judgement';

/**
 * Looks at one connection after the other. What they have in common is read once.
 *
 * @param only if one connection alone is looked at: its name
 */
export function statusFactsReader(
  { region, settings }: Pick<Context, 'region' | 'settings'>,
  only: string | undefined,
): (connection: ListedConnection) => Promise<ConnectionFacts> {
  // As a rule all connections have one function, and so one log.
  const lastErrorsOf = {
    own: memoize((arn) => readLastErrors(region, { arn, isFleet: false }, only)),
    fleet: memoize((arn) => readLastErrors(region, { arn, isFleet: true }, only)),
  };
  return async ({ name, parameters, listed }) => {
    const reader = region.connection(name, listed);
    const [token, stored, schedule] = await Promise.all([
      reader.token.reading(),
      parameters ? known(parameters) : reader.parameters.reading(),
      reader.scheduleSummary.reading(),
    ]);
    const keeper = await reader.keeper.reading();
    const isFleet = keeper.known && keeper.value?.isFleet === true;
    const text = stored.known ? stored.value.config : undefined;
    const lastErrors = isFleet ? lastErrorsOf.fleet : lastErrorsOf.own;
    return {
      name,
      isFleet,
      token,
      parameters: stored,
      configProblem: text === undefined ? undefined : readConfig(settings, name, text).problem,
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
): Promise<ConnectionFacts['lastError']> {
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
