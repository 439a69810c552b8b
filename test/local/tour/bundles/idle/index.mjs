/** A rotator that only says something. */
export async function handler() {
  console.error(JSON.stringify({ level: 'ERROR', message: 'I would rather not' }));
  return { outcome: 'idle' };
}
