import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { devNull } from 'node:os';
import { join, relative } from 'node:path';
import { functionTimeoutMs } from '../../../lambda/core/limits';
import { ExecutionEnvironment } from './executionEnvironment';
import { throttled } from './functionError';

export interface LambdaOptions {
  /** Holds the bundle `index.mjs`, which exports `handler`. @default dist/rotator */
  readonly bundleDir?: string | undefined;
  /** The function's variables; those of this process are not passed on. @default none */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** How far `Date` runs ahead in the function's process. @default 0 */
  readonly clockOffsetMs?: number | undefined;
  /** @default 'rotator' */
  readonly functionName?: string | undefined;
  /** Given each line as the function prints it. */
  readonly onLine?: ((line: string) => void) | undefined;
}

export interface InvokeOptions {
  /** @default as the stack has it */
  readonly timeoutMs?: number | undefined;
  /** The context's `awsRequestId`. @default a new one */
  readonly requestId?: string | undefined;
}

export interface LocalLambda {
  /**
   * Invokes the function and gives what it returned, passed through JSON. Starts its process
   * if there is none, kills it if its time is over.
   *
   * @throws FunctionError with `errorType` and `errorMessage` as Lambda reports them.
   */
  invoke<Result = unknown>(event: unknown, options?: InvokeOptions): Promise<Result>;
  /** Kills the process with SIGKILL. A running invocation fails; the next one starts cold. */
  kill(): Promise<void>;
  /**
   * Sets the function's `Date` ahead by so much more, and its timers with it, at once, also under a
   * running invocation.
   */
  moveClock(ms: number): void;
  /** The lines that the function printed so far, in all its processes; blank ones left out. */
  readonly logs: readonly string[];
  /** Kills the process; nothing is left running. No invocation is taken any more. */
  close(): Promise<void>;
}

/**
 * A small local Lambda: runs a built bundle in a process of its own, one invocation at a time, as
 * Lambda runs it in one execution environment. It differs in one thing: between invocations the
 * process is not frozen.
 *
 * @throws Error if the bundle is not built.
 */
export function startLambda(options: LambdaOptions = {}): LocalLambda {
  const { bundleDir = join(__dirname, '..', '..', '..', 'dist', 'rotator') } = options;
  const { functionName = 'rotator' } = options;
  const bundlePath = join(bundleDir, 'index.mjs');
  if (!existsSync(bundlePath)) {
    throw new Error(`${relative('', bundlePath)} does not exist: run "npm run build" first.`);
  }
  const env = {
    AWS_LAMBDA_FUNCTION_NAME: functionName,
    // The profiles of whoever runs this must not reach the function.
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    TZ: ':UTC',
    ...options.env,
  };
  const logs: string[] = [];
  let clockOffsetMs = options.clockOffsetMs ?? 0;
  let environment: ExecutionEnvironment | undefined;
  let isBusy = false;
  let isClosed = false;

  function warmEnvironment(): ExecutionEnvironment {
    if (environment === undefined || environment.hasEnded) {
      const onLine = (line: string) => {
        logs.push(line);
        options.onLine?.(line);
      };
      environment = new ExecutionEnvironment({ bundlePath, env, clockOffsetMs, onLine });
    }
    return environment;
  }

  async function kill(): Promise<void> {
    await environment?.end();
  }

  return {
    logs,
    kill,
    async invoke<Result>(
      event: unknown,
      { timeoutMs = functionTimeoutMs, requestId = randomUUID() }: InvokeOptions = {},
    ) {
      if (isClosed) throw new Error('This Lambda is closed.');
      if (isBusy) throw throttled();
      isBusy = true;
      try {
        const invocation = { requestId, event, timeoutMs, functionName };
        return (await warmEnvironment().invoke(invocation)) as Result;
      } finally {
        isBusy = false;
      }
    },
    moveClock(ms) {
      clockOffsetMs += ms;
      environment?.send({ kind: 'clock', offsetMs: clockOffsetMs });
    },
    async close() {
      isClosed = true;
      await kill();
    },
  };
}
