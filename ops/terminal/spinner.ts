import { createSpinner, type Spinner } from 'nanospinner';
import type { Terminal } from './terminal';

/** It would answer Ctrl-C itself, by ending the process without a word. */
function startSpinner(text: string, { streams }: Terminal): Spinner {
  const others = process.listeners('SIGINT');
  const stream = streams.stderr as NodeJS.WriteStream;
  const spinner = createSpinner(text, { stream }).start();
  for (const listener of process.listeners('SIGINT')) {
    if (!others.includes(listener)) process.off('SIGINT', listener);
  }
  return spinner;
}

/** Something that takes its time: a spinner on a terminal, else nothing. */
export class Activity {
  readonly #terminal: Terminal;
  readonly #spinner: Spinner | undefined;
  readonly #end: (() => void) | undefined;

  constructor(terminal: Terminal, text: string) {
    this.#terminal = terminal;
    if (terminal.format !== 'table' || !terminal.canSpin) return;
    const spinner = startSpinner(text, terminal);
    this.#spinner = spinner;
    this.#end = terminal.during(() => spinner.stop());
  }

  /** A line of progress above the spinner. */
  report(line: string): void {
    this.#spinner?.clear();
    this.#terminal.progress(line);
  }

  end(): void {
    this.#end?.();
  }
}

const fewConnections = 5;
/** If nothing can move, one line for each so many. */
const linesEvery = 1_000;

/**
 * Shows on standard error how many connections have been looked at: by a spinner on a terminal, else
 * by a line now and then. For a few, it shows nothing.
 */
export class ConnectionProgress {
  readonly #terminal: Terminal;
  #spinner: Spinner | undefined;
  #end: (() => void) | undefined;
  #total = 0;
  #done = 0;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  /** How many have been found so far. */
  found(total: number): void {
    const before = this.#total;
    this.#total = total;
    this.#show(`${total} connections found`, before, total);
  }

  /** One more has been looked at. */
  count(): void {
    this.#done += 1;
    this.#show(`${this.#done} of ${this.#total} connections`, this.#done - 1, this.#done);
  }

  stop(): void {
    this.#end?.();
  }

  #show(text: string, before: number, now: number): void {
    if (this.#total <= fewConnections) return;
    if (this.#terminal.canSpin) {
      const spinner = this.#spinner ?? startSpinner(text, this.#terminal);
      this.#end ??= this.#terminal.during(() => spinner.stop());
      this.#spinner = spinner;
      spinner.update(text);
    } else if (Math.floor(now / linesEvery) > Math.floor(before / linesEvery)) {
      this.#terminal.progress(text);
    }
  }
}
