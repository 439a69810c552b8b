import { createSpinner, type Spinner } from 'nanospinner';
import type { Terminal } from './terminal';

/** Something that takes its time: a spinner on a terminal, else nothing. */
export class Activity {
  readonly #terminal: Terminal;
  readonly #spinner: Spinner | undefined;

  constructor(terminal: Terminal, text: string) {
    this.#terminal = terminal;
    const { stderr } = terminal.streams;
    if (terminal.json || !terminal.canSpin) return;
    this.#spinner = createSpinner(text, { stream: stderr as NodeJS.WriteStream }).start();
  }

  /** A line of progress above the spinner. */
  tell(line: string): void {
    this.#spinner?.clear();
    this.#terminal.progress(line);
  }

  end(): void {
    this.#spinner?.stop();
  }
}
