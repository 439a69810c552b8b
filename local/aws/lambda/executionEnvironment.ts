import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { exited, FunctionError, timedOut } from './functionError';
import { endLine } from './logLines';
import type { InvokeOrder, Order, ProcessAnswer } from './messages';

/** What the initialisation may take ("Understanding the Lambda execution environment lifecycle"). */
const initTimeoutMs = 10_000;

export interface ExecutionEnvironmentOptions {
  readonly bundlePath: string;
  readonly env: Readonly<Record<string, string>>;
  readonly clockOffsetMs: number;
  /** Given each line that the process prints. */
  readonly onLine: (line: string) => void;
}

/**
 * One process that runs the function, started cold and kept for the invocations that follow. It
 * ends by an error at its start, a timeout, a crash or `end`, and is of no use afterwards.
 */
export class ExecutionEnvironment {
  /** Fulfilled once the process is gone and all its lines were seen; with how it ended. */
  readonly ended: Promise<string>;
  readonly #child: ChildProcess;
  readonly #initialised: Promise<ProcessAnswer>;
  #answered: (answer: ProcessAnswer) => void = () => {};
  #hasEnded = false;
  #endLine: { readonly text: string; readonly seen: () => void } | undefined;

  constructor({ bundlePath, env, clockOffsetMs, onLine }: ExecutionEnvironmentOptions) {
    this.#child = fork(join(__dirname, 'bootstrap.mjs'), [bundlePath, String(clockOffsetMs)], {
      env,
      // Without the flags of this process, which may well be those of tsx or a debugger.
      execArgv: [],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.#initialised = this.#nextAnswer();
    this.#child.on('message', (answer: ProcessAnswer) => this.#answered(answer));
    this.ended = new Promise((resolve) => {
      this.#child.once('error', (error) => resolve(error.message));
      this.#child.once('close', (code, signal) =>
        resolve(signal === 'SIGKILL' ? 'signal: killed' : (signal ?? `exit status ${code}`)),
      );
    });
    this.ended.then(() => {
      this.#hasEnded = true;
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      createInterface({ input: stream as Readable }).on('line', (line) => {
        if (line === this.#endLine?.text) this.#endLine.seen();
        else if (line !== '') onLine(line);
      });
    }
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** One at a time. The time that the process takes to start is not counted in. */
  async invoke(invocation: InvokeOrder): Promise<unknown> {
    const { requestId, timeoutMs } = invocation;
    const ready = await this.#within(initTimeoutMs, requestId, this.#initialised);
    if (ready.kind === 'error') {
      await this.end();
      throw new FunctionError(ready);
    }
    const next = this.#nextAnswer();
    const logged = new Promise<void>((seen) => {
      this.#endLine = { text: endLine(requestId), seen };
    });
    this.send({ kind: 'invoke', ...invocation });
    const answer = await this.#within(timeoutMs, requestId, next);
    await Promise.race([logged, this.ended]);
    if (answer.kind === 'error') throw new FunctionError(answer);
    return answer.kind === 'result' ? JSON.parse(answer.json) : undefined;
  }

  send(order: Order): void {
    // A process that is about to end can no longer be sent anything; `ended` says the rest.
    this.#child.send(order, () => {});
  }

  /** Kills the process with SIGKILL, whatever it is doing. */
  async end(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.ended;
  }

  #nextAnswer(): Promise<ProcessAnswer> {
    return new Promise((resolve) => {
      this.#answered = resolve;
    });
  }

  async #within(
    limitMs: number,
    requestId: string,
    next: Promise<ProcessAnswer>,
  ): Promise<ProcessAnswer> {
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<'timeout'>((resolve) => {
      timer = setTimeout(resolve, limitMs, 'timeout');
    });
    const outcome = await Promise.race([next, this.ended, timeout]);
    clearTimeout(timer);
    if (outcome === 'timeout') {
      await this.end();
      throw timedOut(requestId, limitMs);
    }
    if (typeof outcome === 'string') throw exited(requestId, outcome);
    return outcome;
  }
}
