import { performance } from 'node:perf_hooks';
import { functionTimeoutMs } from '../../../lambda/core/limits';
import { quietSdk } from '../../quietSdk';
import type { LogGroup } from '../logs/logGroup';
import { FunctionError } from './functionError';
import { type LocalLambda, startLambda } from './lambda';
import { endLine, failureLine, reportLine, startLine } from './logLines';
import { localFunctionName, localRoleName } from './names';

export interface LocalFunctionOptions {
  /** Holds the bundle `index.mjs`, which exports `handler`. @default dist/rotator */
  readonly bundleDir?: string;
  /** Added to the function's variables, or instead of them. @default none */
  readonly env?: Readonly<Record<string, string>>;
  /** @default as the stack has it */
  readonly timeoutMs?: number;
  /** Given each line of its log. */
  readonly onLine?: (line: string) => void;
  /** How soon its queue delivers again what failed, in whole seconds. @default as the stack has it */
  readonly visibilityTimeoutMs?: number;
}

export interface InvocationRequest {
  readonly requestId: string;
  readonly event: unknown;
  readonly region: string;
}

/** How an invocation ended: with the function's answer or with the error reported, as JSON. */
export interface InvocationOutcome {
  readonly payload: string;
  readonly failed: boolean;
  /** What it logged. */
  readonly lines: readonly string[];
}

/** What the function has around it. `now` gives milliseconds since the epoch, also to the function. */
export interface FunctionSurroundings {
  readonly endpoint: string;
  readonly now: () => number;
  readonly log: LogGroup;
  /** The variables that name the function's queue, once there is one. */
  readonly queueVariables: () => Readonly<Record<string, string>>;
}

/**
 * The function behind the endpoint's Lambda: the built bundle in a process of its own, which the
 * first invocation starts. As the process takes one invocation at a time, those that come meanwhile
 * wait; Lambda would run them in as many processes.
 */
export class LocalFunction {
  readonly timeoutMs: number;
  readonly visibilityTimeoutMs: number | undefined;
  #lambda: LocalLambda | undefined;
  #isClosed = false;
  #clockOffsetMs = 0;
  #lines: string[] = [];
  #last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly options: LocalFunctionOptions,
    private readonly surroundings: FunctionSurroundings,
  ) {
    this.timeoutMs = options.timeoutMs ?? functionTimeoutMs;
    this.visibilityTimeoutMs = options.visibilityTimeoutMs;
  }

  /** The variables that the deployed function would be configured with. */
  get variables(): Readonly<Record<string, string>> {
    const { endpoint, queueVariables } = this.surroundings;
    return {
      ALLOW_LOOPBACK_PROVIDER: 'true',
      AWS_ENDPOINT_URL: endpoint,
      EVENT_BUS_NAME: 'default',
      ...queueVariables(),
      ...this.options.env,
    };
  }

  invoke(invocation: InvocationRequest): Promise<InvocationOutcome> {
    const outcome = this.#last.then(() => this.#run(invocation));
    this.#last = outcome;
    return outcome;
  }

  /** Kills the process, whatever it is doing, and takes no invocation any more. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#lambda?.close();
    await this.#last;
  }

  /** Never rejects. */
  async #run({ requestId, event, region }: InvocationRequest): Promise<InvocationOutcome> {
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
      this.#print(failureLine(failure, requestId, this.surroundings.now()));
    }
    this.#print(endLine(requestId));
    this.#print(reportLine(requestId, performance.now() - startedAtMs));
    const payload = JSON.stringify(failure ? reported(failure) : result);
    return { payload, failed: failure !== undefined, lines: this.#lines };
  }

  #started(region: string): LocalLambda {
    if (this.#isClosed) throw new Error('This Lambda is closed.');
    if (this.#lambda) return this.#lambda;
    this.#clockOffsetMs = this.surroundings.now() - Date.now();
    this.#lambda = startLambda({
      functionName: localFunctionName,
      bundleDir: this.options.bundleDir,
      clockOffsetMs: this.#clockOffsetMs,
      onLine: (line) => this.#print(line),
      env: {
        AWS_REGION: region,
        AWS_ACCESS_KEY_ID: localRoleName,
        AWS_SECRET_ACCESS_KEY: 'local',
        ...quietSdk,
        ...this.variables,
      },
    });
    return this.#lambda;
  }

  /** The endpoint's clock may have been moved since the last invocation. */
  #setClock(lambda: LocalLambda): void {
    const offsetMs = this.surroundings.now() - Date.now();
    lambda.moveClock(offsetMs - this.#clockOffsetMs);
    this.#clockOffsetMs = offsetMs;
  }

  #print(line: string): void {
    this.#lines.push(line);
    this.surroundings.log.append(line);
    this.options.onLine?.(line);
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
