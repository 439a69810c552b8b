import { randomBytes } from 'node:crypto';
import type { Readable, Writable } from 'node:stream';
import { printed, printedJson } from '../failures/printed';
import { fitted } from './text';

/** Standard input and outputs, or what stands for them in a test. */
export interface Streams {
  readonly stdin: Readable & {
    readonly isTTY?: boolean;
    setRawMode?(isRaw: boolean): unknown;
  };
  readonly stdout: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  readonly stderr: Writable & { readonly isTTY?: boolean; readonly columns?: number };
}

/** How a value is meant, which decides its colour. */
export type Tone = 'good' | 'warning' | 'bad' | 'plain';

export type OutputFormat = 'table' | 'json' | 'name';

/** Where a command looked; null if it could not be found out. */
export interface Where {
  readonly account: string | null;
  readonly region: string | null;
}

/** As "Select Graphic Rendition" has it (ECMA-48): on and off. */
const styles = { bold: [1, 22], bad: [31, 39], good: [32, 39], warning: [33, 39] } as const;

/** Wider lines are hard to read, and break in a ticket. */
const widest = 100;
const narrowest = 40;
/** In a narrower terminal, a table is a block for each of its rows. */
const narrowestTable = 90;

interface Result {
  readonly value: object;
  readonly text: () => string | readonly string[];
  readonly hasHeader: boolean;
}

/**
 * What a command prints. Results go to standard output: as text, as one JSON document, or as the
 * names of connections. What happens meanwhile goes to standard error. Colours on a terminal only,
 * and none if NO_COLOR is set (no-color.org). All of it is {@link printed}.
 */
export class Terminal {
  /** How many columns a line may have. */
  readonly width: number;
  /**
   * Whether a spinner moves on standard error. nanospinner moves none unless standard output is a
   * terminal as well, nor in a pipeline of a build.
   */
  readonly canSpin: boolean;
  readonly #isColoured: boolean;
  readonly #isTerminal: boolean;
  /** Begins a style in a text. Nobody else can know it, so that no value brings one along. */
  readonly #mark = `\u0001${randomBytes(8).toString('hex')}:`;
  #result: Result | undefined;
  #begun = 'Nothing more was done.';
  #holds = 0;
  readonly #activities = new Set<() => void>();

  constructor(
    readonly streams: Streams,
    readonly format: OutputFormat,
    env: Readonly<Record<string, string | undefined>>,
  ) {
    const { stdout, stderr } = streams;
    const isTerminal = stdout.isTTY === true && env.TERM !== 'dumb';
    this.#isTerminal = isTerminal;
    const columns = stdout.isTTY === true && stdout.columns ? stdout.columns : widest;
    this.width = Math.max(narrowest, Math.min(widest, columns));
    this.canSpin = isTerminal && stderr.isTTY === true && env.CI === undefined;
    this.#isColoured = isTerminal && !env.NO_COLOR && format === 'table';
  }

  get json(): boolean {
    return this.format === 'json';
  }

  /**
   * The command's result, once.
   *
   * @param hasHeader whether the text is a table, above which stands what account and Region it is of
   */
  result(value: object, text: Result['text'], { hasHeader = false } = {}): void {
    this.#result = { value, text, hasHeader };
  }

  /** Whether what was printed before can be drawn again in its place. */
  get canRedraw(): boolean {
    return this.#isTerminal && this.format === 'table';
  }

  /** Empties the terminal: the cursor goes home, and what is below it away (ECMA-48, CUP and ED). */
  clear(): void {
    this.streams.stdout.write('\u001b[H\u001b[J');
  }

  /** Prints the result, if there is one. */
  async printResult(findWhere: () => Promise<Where>): Promise<void> {
    if (this.#result === undefined) return;
    const { value, text, hasHeader } = this.#result;
    if (this.format === 'json') {
      this.#write(printedJson({ ...(await findWhere()), ...value }));
    } else if (this.format === 'name') {
      for (const name of namesIn(value)) this.#write(printed(name));
    } else {
      const header = hasHeader ? [headerOf(await findWhere()), ''] : [];
      for (const line of [...header, ...[text()].flat()]) {
        for (const part of this.#fit(line, columnsOf(this.streams.stdout))) {
          this.#write(this.#styled(part));
        }
      }
    }
  }

  /** What is reported to a person who ends the command by Ctrl-C from now on. */
  begins(sentence: string): void {
    this.#begun = sentence;
  }

  get begun(): string {
    return this.#begun;
  }

  /** Whether Ctrl-C is not obeyed. */
  get isHeld(): boolean {
    return this.#holds > 0;
  }

  /** @returns what lets go */
  hold(): () => void {
    this.#holds += 1;
    return () => {
      this.#holds -= 1;
    };
  }

  /**
   * Keeps what ends something that moves on the terminal, should the command be ended meanwhile.
   *
   * @returns what ends it at its time
   */
  during(end: () => void): () => void {
    const ends = () => {
      this.#activities.delete(ends);
      end();
    };
    this.#activities.add(ends);
    return ends;
  }

  endActivities(): void {
    for (const end of this.#activities) end();
  }

  /** What happens while the command runs. */
  progress(line: string): void {
    const { stderr } = this.streams;
    for (const part of this.#fit(line, columnsOf(stderr))) {
      stderr.write(`${this.#styled(part)}\n`);
    }
  }

  paint(text: string, tone: Tone): string {
    return tone === 'plain' ? text : this.#style(text, tone);
  }

  bold(text: string): string {
    return this.#style(text, 'bold');
  }

  /** A line for the heads and for each row; in a narrow terminal a block for each row. */
  table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
    const lines = [head.map((name) => this.bold(name)), ...rows];
    const widths = head.map((_, at) =>
      Math.max(...lines.map((cells) => this.#widthOf(cells[at] ?? ''))),
    );
    const total = widths.reduce((sum, each) => sum + each + 2, -2);
    if (this.width < Math.max(narrowestTable, Math.min(total, widest))) {
      return this.#blocks(head, rows);
    }
    return lines.map((cells) =>
      cells
        .map((cell, at) => cell + ' '.repeat((widths[at] ?? 0) - this.#widthOf(cell) + 2))
        .join('')
        .trimEnd(),
    );
  }

  #blocks(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
    const keyWidth = Math.max(...head.map((name) => name.length)) + 2;
    return rows.flatMap(([name = '', ...cells], at) => [
      ...(at > 0 ? [''] : []),
      this.bold(name),
      ...cells.flatMap((cell, cellAt) =>
        cell === '' ? [] : [`  ${`${head[cellAt + 1]}:`.padEnd(keyWidth)}${cell}`],
      ),
    ]);
  }

  #style(text: string, style: keyof typeof styles): string {
    const [on, off] = styles[style];
    return this.#isColoured ? `${this.#mark}${on}m${text}${this.#mark}${off}m` : text;
  }

  #parts(line: string): string[] {
    return line.split(this.#mark);
  }

  #styled(line: string): string {
    const [first = '', ...more] = this.#parts(line);
    const styled = more.map((part) => {
      const [code = ''] = /^\d+m/.exec(part) ?? [];
      return `\u001b[${code}${printed(part.slice(code.length))}`;
    });
    return [printed(first), ...styled].join('');
  }

  #fit(line: string, columns: number | undefined): readonly string[] {
    return fitted(line, columns, (text) => this.#widthOf(text));
  }

  #widthOf(cell: string): number {
    const [first = '', ...more] = this.#parts(cell);
    const rest = more.map((part) => printed(part.replace(/^\d+m/, '')));
    return [printed(first), ...rest].join('').length;
  }

  #write(line: string): void {
    this.streams.stdout.write(`${line}\n`);
  }
}

/** Undefined if it is no terminal. */
export const columnsOf = ({
  isTTY,
  columns,
}: Pick<Streams['stdout'], 'isTTY' | 'columns'>): number | undefined =>
  isTTY && columns ? Math.max(narrowest, columns) : undefined;

function headerOf({ account, region }: Where): string {
  return `Account ${account ?? 'unknown'}, Region ${region ?? 'unknown'}`;
}

/** Of the connections that a result is about. */
function namesIn(value: object): readonly string[] {
  const { connections, connection } = value as {
    readonly connections?: readonly { readonly name: string }[];
    readonly connection?: string;
  };
  return connections?.map(({ name }) => name) ?? (connection === undefined ? [] : [connection]);
}
