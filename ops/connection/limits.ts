import { GetAccountSettingsCommand } from '@aws-sdk/client-lambda';
import type { AwsAccess } from '../awsAccess';

/** How many invocations of all functions together may run at a time in this account and Region. */
export interface ConcurrencyLimit {
  readonly total: number;
  /** What no function has reserved for itself. */
  readonly unreserved: number;
}

/** @throws what AWS answers */
export async function readConcurrencyLimit({
  aws,
}: Pick<AwsAccess, 'aws'>): Promise<ConcurrencyLimit> {
  const { AccountLimit = {} } = await aws.lambda.send(new GetAccountSettingsCommand({}));
  const { ConcurrentExecutions = 0, UnreservedConcurrentExecutions = 0 } = AccountLimit;
  return { total: ConcurrentExecutions, unreserved: UnreservedConcurrentExecutions };
}
