import { chosenConnections } from '../../connection/chosenConnections';
import { mapConcurrent } from '../../connection/concurrency';
import { attempt } from '../../connection/reading';
import type { Context } from '../../context';
import { callerChecks, observeCaller } from './caller';
import { type Check, notRead } from './check';
import { connectionObserver, type Observed } from './observe';
import { keyChecks, parameterChecks } from './parameters';
import { fleetChecks, observeFleet, observeStackQueues, stackQueueChecks } from './queues';
import { permissionChecks, rotatorChecks } from './rotator';
import { hostChecks, tokenChecks } from './token';
import { otherHolders, twinFindings } from './twins';
import { versionChecks } from './versions';

const width = 5;

/**
 * Looks at everything that a connection needs, or all do. Goes on where a check fails, unless AWS
 * cannot be asked at all.
 *
 * @throws OpsError `usage` for a connection without a config
 */
export async function examine(context: Context, name: string | undefined): Promise<Check[]> {
  const general = callerChecks(await observeCaller(context));
  const names = await attempt('ssm:GetParametersByPath', () => chosenConnections(context, name));
  if (!names.known) {
    return [...general, { id: 'connections', title: 'connections', ...notRead(names) }];
  }
  const fleet = fleetChecks(await observeFleet(context));
  const observe = connectionObserver(context);
  const looked = await mapConcurrent(names.value, width, async (each) => {
    const observed = await observe(each);
    const { fingerprints, queueArn, config } = observed;
    const others = name === undefined ? [] : await otherHolders(context, each, config?.config);
    return { name: each, fingerprints, queueArn, others, checks: checksOf(observed) };
  });
  const queues = await observeStackQueues(
    context,
    looked.flatMap(({ queueArn }) => queueArn ?? []),
  );
  const holders = looked.flatMap(({ others, ...own }) => [own, ...others]);
  const twins = twinFindings(holders);
  const checks = looked.flatMap((each) => [
    ...each.checks,
    { id: 'twins', connection: each.name, title: 'twins', ...twins(each) },
  ]);
  return [...general, ...fleet, ...stackQueueChecks(queues), ...checks];
}

/** In the order in which things depend on each other. */
function checksOf(observed: Observed): Check[] {
  const checks = [
    ...parameterChecks(observed),
    ...tokenChecks(observed),
    ...keyChecks(observed),
    ...versionChecks(observed),
    ...rotatorChecks(observed),
    ...permissionChecks(observed),
    ...hostChecks(observed),
  ];
  return checks.map(({ id, ...rest }) => ({ id, connection: observed.name, ...rest }));
}
