/** Prints each record of a batch, and fails those that are forced. */
export async function handler({ Records }) {
  for (const record of Records) console.log(JSON.stringify(record));
  const isForced = ({ body }) => JSON.parse(body).force === true;
  return {
    batchItemFailures: Records.filter(isForced).map(({ messageId }) => ({
      itemIdentifier: messageId,
    })),
  };
}
