import type { Terminal } from './terminal';

/** By Ctrl-C, outside of a question. */
class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/**
 * Lets Ctrl-C end the command early, and reports to the person what it has begun; what is under way is
 * given up with the process. While the terminal is held, it is somebody else's to answer.
 */
export async function untilInterrupted<T>(terminal: Terminal, work: () => Promise<T>): Promise<T> {
  let interrupt = () => {};
  const interrupted = new Promise<never>((_, reject) => {
    interrupt = () => {
      if (terminal.isHeld) return;
      terminal.endActivities();
      reject(new Interrupted());
    };
  });
  process.on('SIGINT', interrupt);
  try {
    return await Promise.race([work(), interrupted]);
  } finally {
    process.off('SIGINT', interrupt);
  }
}
