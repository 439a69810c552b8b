import { createSpinner, type Spinner } from 'nanospinner';
import type { Terminal } from '../terminal';

const fewConnections = 5;
/** Where nobody watches, one line for each so many. */
const linesEvery = 1_000;

/**
 * Tells on standard error how far a look at many connections has come: by a spinner where it is a
 * terminal, else by a line now and then. Of a few, nothing is told.
 */
export class ConnectionProgress {
  readonly #terminal: Terminal;
  #spinner: Spinner | undefined;
  #total = 0;
  #done = 0;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  /** How many have been found so far. */
  found(total: number): void {
    this.#total = total;
    this.#show(`${total} connections found`);
  }

  /** One more has been looked at. */
  count(): void {
    this.#done += 1;
    const text = `${this.#done} of ${this.#total} connections`;
    this.#show(text);
    const isMany = this.#total >= linesEvery && this.#done % linesEvery === 0;
    if (isMany && this.#spinner === undefined) this.#terminal.progress(text);
  }

  stop(): void {
    this.#spinner?.stop();
  }

  #show(text: string): void {
    const { stderr } = this.#terminal.streams;
    if (stderr.isTTY !== true || this.#total <= fewConnections) return;
    this.#spinner ??= createSpinner(text, { stream: stderr as NodeJS.WriteStream }).start();
    this.#spinner.update(text);
  }
}
