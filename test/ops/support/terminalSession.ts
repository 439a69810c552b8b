import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { type IPty, spawn } from '@lydell/node-pty';

const root = path.join(__dirname, '..', '..', '..');
/** Without a word. */
const patienceMs = 60_000;

/** What a shell does: it outlives Ctrl-C, and goes on by AFTERWARDS or at once to its end. */
const shellLine = 'trap : INT; "$@"; ended=$?; eval "$AFTERWARDS"; exit $ended';

/** The program in a real terminal, as a person has it. */
export class TerminalSession {
  /** Fulfilled with the exit code once the program has ended. */
  readonly ended: Promise<number>;
  readonly #pty: IPty;
  readonly #waiting = new Set<() => void>();
  #raw = '';
  #seen = 0;

  constructor(argv: readonly string[], env: Readonly<Record<string, string>>) {
    const program = [process.execPath, 'scripts/ops.cjs', ...argv];
    this.#pty = spawn('/bin/sh', ['-c', shellLine, 'sh', ...program], {
      cols: 100,
      rows: 40,
      cwd: root,
      env: { PATH: process.env.PATH ?? '', TERM: 'xterm-256color', ...env },
    });
    this.#pty.onData((text) => {
      this.#raw += text;
      for (const look of this.#waiting) look();
    });
    this.ended = new Promise((resolve) => this.#pty.onExit(({ exitCode }) => resolve(exitCode)));
  }

  /** All that the terminal was sent, with its control sequences. */
  get raw(): string {
    return this.#raw;
  }

  /** All that the terminal was sent, as text. */
  get text(): string {
    return stripVTControlCharacters(this.#raw).replaceAll('\r', '');
  }

  /**
   * Waits until the program shows `text` after what was waited for before.
   *
   * @throws Error with what is shown, if it ends without, or shows nothing new for a minute.
   */
  async sees(text: string): Promise<void> {
    let look = () => {};
    let timer: NodeJS.Timeout | undefined;
    const found = new Promise<'found'>((resolve) => {
      look = () => {
        timer?.refresh();
        const at = this.text.indexOf(text, this.#seen);
        if (at < 0) return;
        this.#seen = at + text.length;
        resolve('found');
      };
    });
    this.#waiting.add(look);
    look();
    const silent = new Promise<'silent'>((resolve) => {
      timer = setTimeout(() => resolve('silent'), patienceMs);
    });
    const outcome = await Promise.race([found, silent, this.ended.then(() => 'ended' as const)]);
    clearTimeout(timer);
    look();
    this.#waiting.delete(look);
    if (outcome !== 'found' && this.text.indexOf(text) < 0) {
      throw new Error(`"${text}" was not shown (${outcome}). Shown:\n${this.text}`);
    }
  }

  /** Types a line and Enter. */
  types(line: string): void {
    this.#pty.write(`${line}\r`);
  }

  /** Ctrl-C. */
  interrupts(): void {
    this.#pty.write('\u0003');
  }

  kill(): void {
    this.#pty.kill('SIGKILL');
  }
}
