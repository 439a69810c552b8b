import { type ConcurrencyLimit, readConcurrencyLimit } from '../../connection/limits';
import { attempt, type Reading } from '../../connection/reading';
import type { Context } from '../../context';
import { type Check, type CheckResult, notRead, ok, skip, warn } from './check';

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
