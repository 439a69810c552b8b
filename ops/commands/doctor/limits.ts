import { GetAccountSettingsCommand } from '@aws-sdk/client-lambda';
import { attempt, type Reading } from '../../connection/reading';
import type { Context } from '../../context';
import { type Check, type CheckResult, notRead, ok, skip, warn } from './check';

/** How many invocations of all functions together may run at a time in this account and Region. */
interface ConcurrencyLimit {
  readonly total: number;
  /** What no function has reserved for itself. */
  readonly unreserved: number;
}

/** New accounts have so few, and any other function may take all of them for minutes. */
const fewInvocations = 10;

/** What the account allows, which counts before anything is deployed as well. */
export async function limitChecks(context: Context): Promise<Check[]> {
  const limit = await attempt('lambda:GetAccountSettings', () => readConcurrencyLimit(context));
  return [{ id: 'lambda-limit', title: 'Lambda limit', ...limitFinding(limit) }];
}

function limitFinding(limit: Reading<ConcurrencyLimit>): CheckResult {
  if (!limit.known) return limit.denied ? skip(limit.why) : notRead(limit);
  const { total, unreserved } = limit.value;
  const what = `${unreserved} of ${total} concurrent invocations are not reserved`;
  if (unreserved > fewInvocations) return ok(what);
  return warn(
    `${what}: other functions may take them all, and no token is renewed meanwhile.`,
    'Have the quota "Concurrent executions" of AWS Lambda raised in Service Quotas, or reserve less elsewhere.',
  );
}

/** @throws what AWS answers */
async function readConcurrencyLimit({ aws }: Pick<Context, 'aws'>): Promise<ConcurrencyLimit> {
  const { AccountLimit = {} } = await aws.lambda.send(new GetAccountSettingsCommand({}));
  const { ConcurrentExecutions = 0, UnreservedConcurrentExecutions = 0 } = AccountLimit;
  return { total: ConcurrentExecutions, unreserved: UnreservedConcurrentExecutions };
}
