import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { attempt, mapConcurrent, type Reading } from '../../connection/reading';
import type { Context } from '../../context';
import { chosenConnections } from '../chosenConnections';
import { findingsOf, type Judgement, judge, worstOf } from '../judgement';
import { cloudWatchChecks } from './alarms';
import {
  type Check,
  type CheckResult,
  fail,
  isHealthy,
  notRead,
  ok,
  skip,
  warn,
  withFindings,
} from './check';
import { connectionFacts, type DoctorFacts, doctorFactsReader } from './facts';
import { limitChecks } from './limits';
import { keyChecks, parameterChecks } from './parameters';
import {
  fleetChecks,
  readFleetFacts,
  readStackQueues,
  sharedNames,
  stackQueueChecks,
} from './queues';
import { permissionChecks, rotatorChecks } from './rotator';
import { hostChecks, tokenChecks } from './token';
import { otherHolders, twinFindings, versionChecks } from './versions';

const width = 5;

/** What the doctor found. */
export interface Examination {
  readonly checks: readonly Check[];
  readonly connections: readonly (Judgement & { readonly name: string })[];
}

/** What has to be right before anything is deployed. */
export async function examineAccount(context: Context): Promise<Examination> {
  const general = callerChecks(await readCaller(context));
  return { checks: [...general, ...(await limitChecks(context))], connections: [] };
}

/**
 * Looks at everything that a connection needs, or all do. Goes on if a check fails, unless AWS
 * cannot be asked at all.
 *
 * @throws OpsError `usage` for a connection without a config
 */
export async function examine(context: Context, name: string | undefined): Promise<Examination> {
  const general = callerChecks(await readCaller(context));
  const names = await attempt('ssm:GetParametersByPath', () => chosenConnections(context, name));
  if (!names.known) {
    const connections = { id: 'connections', title: 'connections', ...notRead(names) };
    return { checks: [...general, connections], connections: [] };
  }
  const fleet = await readFleetFacts(context);
  const observe = doctorFactsReader(context);
  const looked = await mapConcurrent(names.value, width, async (each) => {
    const facts = await observe(each);
    const { fingerprints, queueArn, config, rotator, schedule } = facts;
    const others = name === undefined ? [] : await otherHolders(context, each, config?.config);
    const judgement = judge(connectionFacts(facts), facts.nowMs);
    const watched = {
      functions: (rotator?.known && rotator.value?.name) || [],
      undelivered: (schedule.known && schedule.value?.deadLetterArn?.split(':').at(-1)) || [],
    };
    const checks = checksOf(facts);
    return { name: each, judgement, fingerprints, queueArn, others, watched, checks };
  });
  const queues = await readStackQueues(
    context,
    looked.flatMap(({ queueArn }) => queueArn ?? []),
  );
  const holders = looked.flatMap(({ others, ...own }) => [own, ...others]);
  const twins = twinFindings(holders);
  const examined = looked.map(({ name: connection, judgement, checks, ...each }) => {
    const own = [
      ...checks,
      { id: 'twins', connection, title: 'twins', ...twins({ name: connection, ...each }) },
    ];
    const verdict = worstOf([judgement.verdict, own.every(isHealthy) ? 'ok' : 'attention']);
    return { name: connection, verdict, reasons: judgement.reasons, checks: own };
  });
  const shared = [
    ...general,
    ...fleetChecks(fleet),
    ...stackQueueChecks(queues),
    ...(await limitChecks(context)),
    ...(await cloudWatchChecks(context, {
      connections: looked.map(({ name: connection }) => connection),
      functions: looked.flatMap(({ watched }) => watched.functions),
      others: [
        ...sharedNames(queues, fleet),
        ...looked.flatMap(({ watched }) => watched.undelivered),
      ],
    })),
    ...emptyCheck(looked.length),
  ];
  return {
    checks: [...shared, ...examined.flatMap(({ checks }) => checks)],
    connections: examined.map(({ checks: _, ...connection }) => connection),
  };
}

function emptyCheck(count: number): Check[] {
  if (count > 0) return [];
  const finding = warn(
    'There is no connection in this Region.',
    'See whether account and Region are the right ones; a first connection comes with the stack.',
  );
  return [{ id: 'connections', title: 'connections', ...finding }];
}

/** In the order in which things depend on each other. */
function checksOf(facts: DoctorFacts): Check[] {
  const checks = [
    ...parameterChecks(facts),
    ...tokenChecks(facts),
    ...keyChecks(facts),
    ...versionChecks(facts),
    ...rotatorChecks(facts),
    ...permissionChecks(facts),
    ...hostChecks(facts),
  ];
  const named = checks.map(({ id, ...rest }) => ({ id, connection: facts.name, ...rest }));
  return withFindings(named, findingsOf(connectionFacts(facts), facts.nowMs));
}

/** Who asks, from where, and how far the clocks are apart. */
export interface Caller {
  readonly identity: Reading<{ readonly account: string; readonly arn: string }>;
  readonly region: Reading<string>;
  /** Ahead of AWS above zero. Undefined if AWS did not answer. */
  readonly clockAheadMs: number | undefined;
}

const warnAheadMs = 60_000;
/** "your request must reach AWS within five minutes of the time stamp" (IAM user guide, SigV4). */
const failAheadMs = 5 * 60_000;

async function readCaller(context: Context): Promise<Caller> {
  const { aws, clock } = context;
  let clockAheadMs: number | undefined;
  // Nearest to the network, so that an answer which the SDK takes for an error is seen as well.
  aws.sts.middlewareStack.add(
    (next) => async (args) => {
      const sentAtMs = clock.now();
      const result = await next(args);
      const { headers } = result.response as { headers?: Record<string, string> };
      const dateMs = Date.parse(headers?.date ?? '');
      const answeredAtMs = clock.now();
      // The header is cut to the second.
      if (!Number.isNaN(dateMs)) clockAheadMs = (sentAtMs + answeredAtMs) / 2 - (dateMs + 500);
      return result;
    },
    { step: 'deserialize', priority: 'low', name: 'readDate' },
  );
  const region = await attempt('the Region', () => aws.sts.config.region());
  const identity = await attempt('sts:GetCallerIdentity', async () => {
    const { Account = '', Arn = '' } = await aws.sts.send(new GetCallerIdentityCommand({}));
    return { account: Account, arn: Arn };
  });
  return { identity, region, clockAheadMs };
}

function callerChecks({ identity, region, clockAheadMs }: Caller): Check[] {
  const credentials = identity.known
    ? ok(`${identity.value.arn}, account ${identity.value.account}`)
    : notRead(identity);
  return [
    { id: 'region', title: 'Region', ...(region.known ? ok(region.value) : notRead(region)) },
    { id: 'credentials', title: 'credentials', ...credentials },
    { id: 'clock', title: 'clock', ...clockFinding(clockAheadMs) },
  ];
}

function clockFinding(aheadMs: number | undefined): CheckResult {
  if (aheadMs === undefined) return skip('AWS did not answer.');
  // Less than the header can show.
  if (Math.abs(aheadMs) < 1_000) return ok('in step with AWS');
  const seconds = Math.round(Math.abs(aheadMs) / 1_000);
  const what = `This machine is ${seconds} s ${aheadMs < 0 ? 'behind' : 'ahead of'} AWS.`;
  const remedy = 'Set its clock, best by NTP: what it says of times is as wrong.';
  if (Math.abs(aheadMs) > failAheadMs) return fail(what, remedy);
  return Math.abs(aheadMs) > warnAheadMs ? warn(what, remedy) : ok(what);
}
