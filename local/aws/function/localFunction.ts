import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { FunctionError } from '../../lambda/functionError';
import { type LocalLambda, startLambda } from '../../lambda/lambda';
import { quietSdk } from '../../quietSdk';
import type { LogGroup } from '../logs/logGroup';
import { endLine, failureLine, reportLine, startLine } from './logLines';
import { FUNCTION_NAME, ROLE_NAME } from './names';

export interface LocalFunctionOptions {
  /** Holds the bundle `index.mjs`, which exports `handler`. @default dist/rotator */
  readonly bundleDir?: string;
  /** Added to the function's variables, or instead of them. @default none */
  readonly env?: Readonly<Record<string, string>>;
  /** @default 40,000, as the stack has it */
  readonly timeoutMs?: number;
  /**
   * How long a failed asynchronous invocation waits before each repetition.
   * @default 1 and 2 minutes, as in Lambda
   */
  readonly retryDelaysMs?: readonly number[];
}

export interface Invocation {
  readonly requestId: string;
  readonly event: unknown;
  readonly region: string;
}

/** How an invocation ended: with the function's answer or with the error reported, as JSON. */
export interface Outcome {
  readonly payload: string;
  readonly failed: boolean;
  /** What it logged. */
  readonly lines: readonly string[];
}

const MINUTE_MS = 60_000;

/**
 * The function behind the endpoint's Lambda: the built bundle in a process of its own, which the
 * first invocation starts. As the process takes one invocation at a time, those that come meanwhile
 * wait; Lambda would run them in as many processes.
 */
export class LocalFunction {
  readonly timeoutMs: number;
  /** The variables that the deployed function would be configured with. */
  readonly variables: Readonly<Record<string, string>>;
  readonly #options: LocalFunctionOptions;
  readonly #now: () => number;
  readonly #log: LogGroup;
  readonly #closing = new AbortController();
  #lambda: LocalLambda | undefined;
  #clockOffsetMs = 0;
  #temporaryDir: string | undefined;
  #lines: string[] = [];
  #last: Promise<unknown> = Promise.resolve();

  /** `now` gives milliseconds since the epoch, also to the function. */
  constructor(options: LocalFunctionOptions, endpoint: string, now: () => number, log: LogGroup) {
    this.#options = options;
    this.#now = now;
    this.#log = log;
    this.timeoutMs = options.timeoutMs ?? 40_000;
    this.variables = {
      ALLOW_LOOPBACK_PROVIDER: 'true',
      AWS_ENDPOINT_URL: endpoint,
      ...options.env,
    };
  }

  invoke(invocation: Invocation): Promise<Outcome> {
    const outcome = this.#last.then(() => this.#run(invocation));
    this.#last = outcome;
    return outcome;
  }

  /**
   * Repeats the invocation while it fails, under the same request id. Source: "How Lambda handles
   * errors and retries with asynchronous invocation" (AWS Lambda developer guide).
   */
  async invokeAsynchronously(invocation: Invocation): Promise<void> {
    const { retryDelaysMs = [MINUTE_MS, 2 * MINUTE_MS] } = this.#options;
    const { signal } = this.#closing;
    for (const delayMs of [0, ...retryDelaysMs]) {
      await delay(delayMs, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      const { failed } = await this.invoke(invocation);
      if (!failed) return;
    }
  }

  /** Kills the process, whatever it is doing, and takes no invocation any more. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#lambda?.close();
    await this.#last;
    if (this.#temporaryDir) rmSync(this.#temporaryDir, { recursive: true, force: true });
  }

  /** Never rejects. */
  async #run({ requestId, event, region }: Invocation): Promise<Outcome> {
    const startedAtMs = performance.now();
    this.#lines = [];
    this.#print(startLine(requestId));
    let failure: FunctionError | undefined;
    let result: unknown;
    try {
      const lambda = this.#started(region);
      this.#setClock(lambda);
      result = await lambda.invoke(event, { requestId, timeoutMs: this.timeoutMs });
    } catch (error) {
      failure = error instanceof FunctionError ? error : notLoaded(error);
      this.#print(failureLine(failure, requestId, this.#now()));
    }
    this.#print(endLine(requestId));
    this.#print(reportLine(requestId, performance.now() - startedAtMs));
    const payload = JSON.stringify(failure ? reported(failure) : result);
    return { payload, failed: failure !== undefined, lines: this.#lines };
  }

  #started(region: string): LocalLambda {
    if (this.#closing.signal.aborted) throw new Error('This Lambda is closed.');
    if (this.#lambda) return this.#lambda;
    this.#clockOffsetMs = this.#now() - Date.now();
    this.#lambda = startLambda({
      functionName: FUNCTION_NAME,
      bundleDir: this.#options.bundleDir,
      clockOffsetMs: this.#clockOffsetMs,
      onLine: (line) => this.#print(line),
      env: {
        AWS_REGION: region,
        AWS_ACCESS_KEY_ID: ROLE_NAME,
        AWS_SECRET_ACCESS_KEY: 'local',
        // What the rotator notes in /tmp belongs to this endpoint's connections alone.
        TMPDIR: this.#makeTemporaryDir(),
        ...quietSdk,
        ...this.variables,
      },
    });
    return this.#lambda;
  }

  #makeTemporaryDir(): string {
    this.#temporaryDir ??= mkdtempSync(join(tmpdir(), `${FUNCTION_NAME}-`));
    return this.#temporaryDir;
  }

  /** The endpoint's clock may have been moved since the last invocation. */
  #setClock(lambda: LocalLambda): void {
    const offsetMs = this.#now() - Date.now();
    lambda.moveClock(offsetMs - this.#clockOffsetMs);
    this.#clockOffsetMs = offsetMs;
  }

  #print(line: string): void {
    this.#lines.push(line);
    this.#log.append(line);
  }
}

/** What Lambda reports of a function whose code is not there. */
function notLoaded(error: unknown): FunctionError {
  const errorMessage = error instanceof Error ? error.message : String(error);
  return new FunctionError({ errorType: 'Runtime.ImportModuleError', errorMessage, trace: [] });
}

const reported = ({ errorType, errorMessage, trace }: FunctionError) => ({
  errorType,
  errorMessage,
  ...(trace.length > 0 && { trace }),
});
