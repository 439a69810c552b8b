import { AwsError } from '../awsError';
import { emptyBatch, idsNotDistinct, invalidEntryId, tooManyEntries } from './sqsErrors';

interface Entry {
  readonly Id?: string | undefined;
}

/**
 * Performs a batch's entries one by one; what is refused of one entry is in the answer. Throws
 * if the batch as a whole is refused.
 */
export function eachOf<E extends Entry, R extends object>(
  entries: readonly E[] | undefined,
  perform: (entry: E) => R,
) {
  checkIds(entries);
  const Successful: (R & { Id: string })[] = [];
  const Failed: { Id: string; SenderFault: boolean; Code: string; Message: string }[] = [];
  for (const entry of entries) {
    const { Id = '' } = entry;
    try {
      Successful.push({ Id, ...perform(entry) });
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      Failed.push({ Id, SenderFault: true, Code: error.name, Message: error.message });
    }
  }
  return { Successful, Failed };
}

function checkIds(entries: readonly Entry[] = []): asserts entries is readonly Entry[] {
  if (entries.length === 0) throw emptyBatch();
  if (entries.length > 10) throw tooManyEntries(entries.length);
  const ids = new Set<string>();
  for (const { Id = '' } of entries) {
    if (!/^[\w-]{1,80}$/.test(Id)) throw invalidEntryId();
    if (ids.has(Id)) throw idsNotDistinct(Id);
    ids.add(Id);
  }
}
