/** Waits for a read that others may share, and so goes on, no longer than this caller wants to. */
export async function unlessAborted<T>(
  signal: AbortSignal | null | undefined,
  read: () => Promise<T>,
): Promise<T> {
  if (!signal) return read();
  signal.throwIfAborted();
  let onAbort = () => {};
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort);
  });
  try {
    return await Promise.race([read(), aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
