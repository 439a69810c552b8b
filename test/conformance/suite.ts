import { Account } from './account';
import { EndlessListing } from './pages';
import { isAnswer, NotRefused } from './refusal';
import type { Row } from './row';
import { deletionRows } from './rows/deletion';
import { hierarchyRows } from './rows/hierarchies';
import { idempotencyRows } from './rows/idempotency';
import { labelRows } from './rows/labels';
import { limitRows } from './rows/limits';
import { listingRows } from './rows/listing';
import { parameterHistoryRows } from './rows/parameterHistory';
import { parameterLimitRows } from './rows/parameterLimits';
import { parameterRows } from './rows/parameters';
import { readingRows } from './rows/reading';
import type { Target } from './target';

export const rows: readonly Row[] = [
  ...labelRows,
  ...idempotencyRows,
  ...readingRows,
  ...limitRows,
  ...listingRows,
  ...deletionRows,
  ...parameterRows,
  ...parameterHistoryRows,
  ...parameterLimitRows,
  ...hierarchyRows,
];

/** What a row observes of a target. Deletes in any case what the row has left there. */
export async function observe({ steps }: Pick<Row, 'steps'>, target: Target): Promise<unknown> {
  const account = new Account(target);
  const [observed] = await Promise.allSettled([steps(account)]);
  await account.cleanUp();
  if (observed.status === 'rejected') throw observed.reason;
  return observed.value;
}

/** As `observe`; an error that the service's answers led to is an observation too. */
export async function observeDeparture(row: Row, target: Target): Promise<unknown> {
  try {
    return await observe(row, target);
  } catch (thrown) {
    const byAnswer = thrown instanceof NotRefused || thrown instanceof EndlessListing;
    if (byAnswer || isAnswer(thrown)) return thrown;
    throw thrown;
  }
}

/** Declares one test a row: that the target behaves as AWS documents it. */
export function expectConformance(conforming: readonly Row[], target: () => Target): void {
  it.each(conforming.map((row) => [row.name, row.source, row] as const))(
    '%s (%s)',
    async (_name, _source, row) => {
      expect(await observe(row, target())).toEqual(row.expected);
    },
  );
}
