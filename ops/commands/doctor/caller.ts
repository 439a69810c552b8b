import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { attempt, type Reading } from '../../connection/reading';
import type { Context } from '../../context';
import { type Check, type Finding, fail, notRead, ok, skip, warn } from './check';

/** Who asks, from where, and how far the clocks are apart. */
export interface Caller {
  readonly identity: Reading<{ readonly account: string; readonly arn: string }>;
  readonly region: Reading<string>;
  /** Ahead of AWS above zero. Undefined where AWS did not answer. */
  readonly clockAheadMs: number | undefined;
}

const warnAheadMs = 60_000;
/** "your request must reach AWS within five minutes of the time stamp" (IAM user guide, SigV4). */
const failAheadMs = 5 * 60_000;

export async function observeCaller(context: Context): Promise<Caller> {
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

export function callerChecks({ identity, region, clockAheadMs }: Caller): Check[] {
  const credentials = identity.known
    ? ok(`${identity.value.arn}, account ${identity.value.account}`)
    : notRead(identity);
  return [
    { id: 'region', title: 'Region', ...(region.known ? ok(region.value) : notRead(region)) },
    { id: 'credentials', title: 'credentials', ...credentials },
    { id: 'clock', title: 'clock', ...clockFinding(clockAheadMs) },
  ];
}

function clockFinding(aheadMs: number | undefined): Finding {
  if (aheadMs === undefined) return skip('AWS did not answer.');
  // Less than the header tells.
  if (Math.abs(aheadMs) < 1_000) return ok('in step with AWS');
  const seconds = Math.round(Math.abs(aheadMs) / 1_000);
  const what = `This machine is ${seconds} s ${aheadMs < 0 ? 'behind' : 'ahead of'} AWS.`;
  const remedy = 'Set its clock, best by NTP: what it says of times is as wrong.';
  if (Math.abs(aheadMs) > failAheadMs) return fail(what, remedy);
  return Math.abs(aheadMs) > warnAheadMs ? warn(what, remedy) : ok(what);
}
