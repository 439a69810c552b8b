import { styleText } from 'node:util';
import { blocks, mostColumns, table, wrap } from './layout';
import { duration, timeOfDay } from './time';

/** How an outcome is meant: as it should be, or trouble that the story is about. */
export type OutcomeTone = 'good' | 'trouble';

export interface NarratorStyle {
  /** Titles, lists and failures alone. @default false */
  readonly isBrief?: boolean;
  /** How wide a line may be. @default 100 */
  readonly columns?: () => number;
}

const margin = 2;
/** Behind the margin, a time of day and two blanks. */
const indentation = margin + 8 + 2;

/**
 * Prints the story as it happens. Colour is left out if standard output is no terminal or
 * NO_COLOR is set (`util.styleText`).
 */
export class Narrator {
  #chapters = 0;
  /** Of the chapter so far, if only its last one is shown. */
  #lastOutcome: readonly [text: string, tone: OutcomeTone] | undefined;

  constructor(
    private readonly write: (text: string) => void,
    private readonly now: () => number,
    private readonly style: NarratorStyle = {},
  ) {}

  title(text: string, explanation: string): void {
    for (const line of this.#wrap(text, 0)) this.#line(styleText('bold', line));
    this.#paragraph(explanation, 0);
    if (this.style.isBrief) this.#line();
  }

  chapter(title: string, why: string): void {
    this.#endChapter();
    this.#chapters += 1;
    if (!this.style.isBrief) this.#line();
    for (const line of this.#wrap(`${this.#chapters}. ${title}`, 0)) {
      this.#line(styleText('bold', line));
    }
    this.#paragraph(why, margin);
  }

  /**
   * Prints what is done, does it, and prints what came of it and how long it took. `act` gives the
   * outcome as text. What it throws is passed on.
   */
  async step(what: string, act: () => Promise<string>, tone: OutcomeTone = 'good'): Promise<void> {
    if (!this.style.isBrief) this.#what(what);
    const beganAtMs = performance.now();
    try {
      const outcome = await act();
      if (this.style.isBrief) {
        this.#lastOutcome = [outcome, tone];
        return;
      }
      this.#outcome(`${outcome} (${duration(performance.now() - beganAtMs)})`, tone);
    } catch (error) {
      if (this.style.isBrief) this.#what(what);
      this.#outcome('failed', 'trouble');
      throw error;
    }
  }

  /** A heading over the lines of a table, whose first line may name the columns. */
  table(title: string, explanation: string, rows: readonly (readonly string[])[]): void {
    this.#endChapter();
    if (this.style.isBrief) return;
    this.#line();
    this.#line(styleText('bold', title));
    this.#paragraph(explanation, margin);
    const lines = table(rows);
    const isTooWide = Math.max(...lines.map(({ length }) => margin + length)) > this.#columns;
    for (const line of isTooWide ? blocks(rows, this.#columns - margin) : lines) {
      this.#line(' '.repeat(margin) + line);
    }
  }

  /** A heading over pairs of a name and a text. */
  list(title: string, entries: readonly (readonly [name: string, text: string])[]): void {
    this.#line();
    this.#line(styleText('bold', title));
    const width = Math.max(...entries.map(([name]) => name.length));
    const beside = margin + width + 2;
    for (const [name, text] of entries) {
      const [first = '', ...rest] = this.#wrap(text, beside);
      this.#line(`${' '.repeat(margin)}${name.padEnd(width)}  ${first}`);
      for (const line of rest) this.#line(' '.repeat(beside) + line);
    }
  }

  failure(message: string, details: readonly string[]): void {
    this.#line();
    for (const line of this.#wrap(message, 0)) this.#line(styleText('red', line));
    for (const detail of details) {
      const [first = '', ...rest] = this.#wrap(`- ${detail}`, margin);
      this.#line(' '.repeat(margin) + first);
      for (const line of rest) this.#line(' '.repeat(margin + 2) + line);
    }
  }

  #paragraph(text: string, indent: number): void {
    if (this.style.isBrief) return;
    for (const line of this.#wrap(text, indent))
      this.#line(' '.repeat(indent) + styleText('dim', line));
  }

  #outcome(text: string, tone: OutcomeTone): void {
    const colour = tone === 'good' ? 'green' : 'yellow';
    const indent = this.style.isBrief ? margin : indentation;
    const lines = this.#wrap(`→ ${text}`, indent);
    for (const line of lines) this.#line(' '.repeat(indent) + styleText(colour, line));
  }

  #endChapter(): void {
    if (this.#lastOutcome) this.#outcome(...this.#lastOutcome);
    this.#lastOutcome = undefined;
  }

  #what(what: string): void {
    const [first = '', ...rest] = this.#wrap(what, indentation);
    const time = styleText('cyan', timeOfDay(this.now()));
    this.#line(`${' '.repeat(margin)}${time}  ${first}`);
    for (const line of rest) this.#line(' '.repeat(indentation) + line);
  }

  /** A terminal may be resized meanwhile. */
  get #columns(): number {
    return this.style.columns?.() ?? mostColumns;
  }

  #wrap(text: string, indent: number): string[] {
    return wrap(text, indent, this.#columns);
  }

  #line(text = ''): void {
    this.write(`${text}\n`);
  }
}
