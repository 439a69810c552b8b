import type { Terminal } from './terminal';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const ctrlC = '\u0003';

/**
 * Lets an effect be seen through: until it is settled, Ctrl-C, a closed terminal and a request to
 * end are only answered by `refusal`. In a terminal Ctrl-C is taken as a key, since the programs
 * around this one (npm, tsx) would end it on the signal. What else is typed or was pasted too much
 * meanwhile is dropped, so that no secret lands in the shell's next line.
 */
export async function uninterruptible<T>(
  { terminal }: { readonly terminal: Terminal },
  refusal: string,
  effect: () => Promise<T>,
): Promise<T> {
  const { stdin } = terminal.streams;
  const refuse = () => terminal.progress(refusal);
  const look = (chunk: Buffer | string) => {
    if (chunk.toString().includes(ctrlC)) refuse();
  };
  for (const signal of signals) process.on(signal, refuse);
  if (stdin.isTTY) {
    stdin.setRawMode?.(true);
    stdin.on('data', look).resume();
  }
  try {
    return await effect();
  } finally {
    if (stdin.isTTY) {
      stdin.off('data', look).pause();
      stdin.setRawMode?.(false);
    }
    for (const signal of signals) process.off(signal, refuse);
  }
}
