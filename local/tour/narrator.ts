import { styleText } from 'node:util';
import { table, wrap } from './layout';
import { duration, timeOfDay } from './time';

/** How an outcome is meant: as it should be, or trouble that the story is about. */
export type Tone = 'good' | 'trouble';

const margin = 2;
/** Behind the margin, a time of day and two blanks. */
const indentation = margin + 8 + 2;

/**
 * Tells the story as it happens. Colour is left out where standard output is no terminal or
 * NO_COLOR is set (`util.styleText`).
 */
export class Narrator {
  #chapters = 0;

  constructor(
    private readonly write: (text: string) => void,
    private readonly now: () => number,
  ) {}

  title(text: string, explanation: string): void {
    this.#line(styleText('bold', text));
    this.#paragraph(explanation, 0);
  }

  chapter(title: string, why: string): void {
    this.#chapters += 1;
    this.#line();
    this.#line(styleText('bold', `${this.#chapters}. ${title}`));
    this.#paragraph(why, margin);
  }

  /**
   * Tells what is done, does it, and tells what came of it and how long it took. `act` gives the
   * outcome as text. What it throws is passed on.
   */
  async step(what: string, act: () => Promise<string>, tone: Tone = 'good'): Promise<void> {
    const [first = '', ...rest] = wrap(what, indentation);
    const time = styleText('cyan', timeOfDay(this.now()));
    this.#line(`${' '.repeat(margin)}${time}  ${first}`);
    for (const line of rest) this.#line(' '.repeat(indentation) + line);
    const beganAtMs = performance.now();
    try {
      const outcome = await act();
      this.#outcome(`${outcome} (${duration(performance.now() - beganAtMs)})`, tone);
    } catch (error) {
      this.#outcome('failed', 'trouble');
      throw error;
    }
  }

  /** A heading over the lines of a table, the first of which names the columns where it does. */
  table(title: string, explanation: string, rows: readonly (readonly string[])[]): void {
    this.#line();
    this.#line(styleText('bold', title));
    this.#paragraph(explanation, margin);
    for (const line of table(rows)) this.#line(' '.repeat(margin) + line);
  }

  /** A heading over pairs of a name and a text. */
  list(title: string, entries: readonly (readonly [name: string, text: string])[]): void {
    this.#line();
    this.#line(styleText('bold', title));
    const width = Math.max(...entries.map(([name]) => name.length));
    const beside = margin + width + 2;
    for (const [name, text] of entries) {
      const [first = '', ...rest] = wrap(text, beside);
      this.#line(`${' '.repeat(margin)}${name.padEnd(width)}  ${first}`);
      for (const line of rest) this.#line(' '.repeat(beside) + line);
    }
  }

  failure(message: string, details: readonly string[]): void {
    this.#line();
    for (const line of wrap(message, 0)) this.#line(styleText('red', line));
    for (const detail of details) {
      const [first = '', ...rest] = wrap(`- ${detail}`, margin);
      this.#line(' '.repeat(margin) + first);
      for (const line of rest) this.#line(' '.repeat(margin + 2) + line);
    }
  }

  #paragraph(text: string, indent: number): void {
    for (const line of wrap(text, indent)) this.#line(' '.repeat(indent) + styleText('dim', line));
  }

  #outcome(text: string, tone: Tone): void {
    const colour = tone === 'good' ? 'green' : 'yellow';
    const lines = wrap(`→ ${text}`, indentation);
    for (const line of lines) this.#line(' '.repeat(indentation) + styleText(colour, line));
  }

  #line(text = ''): void {
    this.write(`${text}\n`);
  }
}
