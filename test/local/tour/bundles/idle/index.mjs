/** A rotator that only says something. */
export async function handler() {
  console.log(JSON.stringify({ level: 'INFO', message: 'Rotation finished', outcome: 'idle' }));
  console.error(JSON.stringify({ level: 'ERROR', message: 'I would rather not' }));
  return { batchItemFailures: [] };
}
