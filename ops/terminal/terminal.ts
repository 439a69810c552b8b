import type { Readable, Writable } from 'node:stream';
import Table from 'cli-table3';
import { createColors } from 'picocolors';

/** Standard input and outputs, or what stands for them in a test. */
export interface Streams {
  readonly stdin: Readable & {
    readonly isTTY?: boolean;
    setRawMode?(isRaw: boolean): unknown;
  };
  readonly stdout: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  readonly stderr: Writable & { readonly isTTY?: boolean };
}

/** How a value is meant, which decides its colour. */
export type Tone = 'good' | 'warning' | 'bad' | 'plain';

/**
 * What a command prints. Results go to standard output: as text, or as one JSON document with
 * `--json`. What happens meanwhile goes to standard error. Colours on a terminal only, and none
 * if NO_COLOR is set (no-color.org).
 */
export class Terminal {
  readonly colors: ReturnType<typeof createColors>;
  /**
   * Whether a spinner moves on standard error. nanospinner moves none unless standard output is a
   * terminal as well, nor in a pipeline of a build.
   */
  readonly canSpin: boolean;

  constructor(
    readonly streams: Streams,
    readonly json: boolean,
    env: Readonly<Record<string, string | undefined>>,
  ) {
    const isTerminal = streams.stdout.isTTY === true && env.TERM !== 'dumb';
    const coloured = isTerminal && !env.NO_COLOR;
    this.canSpin = isTerminal && streams.stderr.isTTY === true && env.CI === undefined;
    this.colors = createColors(coloured && !json);
  }

  /** The command's result, once: `value` with `--json`, the lines of `text` otherwise. */
  result(value: unknown, text: () => string | readonly string[]): void {
    const lines = this.json ? [JSON.stringify(value, null, 2)] : [text()].flat();
    for (const line of lines) this.streams.stdout.write(`${line}\n`);
  }

  /** What happens while the command runs. */
  progress(line: string): void {
    this.streams.stderr.write(`${line}\n`);
  }

  paint(text: string, tone: Tone): string {
    const { green, yellow, red } = this.colors;
    const paints = { good: green, warning: yellow, bad: red, plain: (plain: string) => plain };
    return paints[tone](text);
  }

  table(head: readonly string[], rows: readonly (readonly string[])[]): string {
    const table = new Table({
      head: head.map((name) => this.colors.bold(name)),
      chars: borderless,
      style: { 'padding-left': 0, 'padding-right': 2, head: [], border: [] },
    });
    table.push(...rows.map((row) => [...row]));
    return table
      .toString()
      .split('\n')
      .map((line) => line.trimEnd())
      .join('\n');
  }
}

/** Lines would be noise to a screen reader and in a log. */
const borderless = Object.fromEntries(
  [
    ...['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left'],
    ...['bottom-right', 'left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid', 'middle'],
  ].map((name) => [name, '']),
);
