import { createSpinner } from 'nanospinner';
import type { Terminal } from '../terminal';

const fewConnections = 5;

/** Counts connections on a terminal where there are many; elsewhere it stays silent. */
export function connectionCounter(terminal: Terminal, total: number) {
  const { stdout, stderr } = terminal.streams;
  const isSeen = stdout.isTTY === true && stderr.isTTY === true && !terminal.json;
  if (!isSeen || total <= fewConnections) return { count: () => {}, stop: () => {} };
  let done = 0;
  const text = () => `${done} of ${total} connections`;
  const spinner = createSpinner(text(), { stream: process.stderr }).start();
  return {
    count() {
      done += 1;
      spinner.update(text());
    },
    stop() {
      spinner.stop();
    },
  };
}
