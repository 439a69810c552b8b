import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { root } from '../package/packedPackage';
import { closeAfterTest } from '../support/closing';
import { describeWith } from './needs';
import { freePort, killGroup, longestSilenceMs } from './program';

export interface RuntimeOptions {
  /** What is deployed: a folder of `dist/`. */
  readonly bundle: 'rotator' | 'dispatcher';
  readonly env: Readonly<Record<string, string>>;
  /** @default the rotator's own */
  readonly timeoutSeconds?: number;
}

/** An execution environment of Lambda, by AWS's own emulator and in AWS's own client. */
export interface Runtime {
  /** What who waits for an invocation gets: a result, or an error with its type. */
  invoke(event: unknown): Promise<unknown>;
  /** The header by which Lambda distinguishes an error from a result. */
  functionError(event: unknown): Promise<string | null>;
  /** What runtime and function have written. */
  log(): string;
}

export type StartRuntime = (options: RuntimeOptions) => Promise<Runtime>;

/**
 * Declares tests in Lambda's runtime, where AWS's emulator of its interface (Go:
 * aws-lambda-runtime-interface-emulator) and AWS's client of it (npm: aws-lambda-ric) are installed.
 * What a test has started ends with it.
 */
export function describeInRuntime(name: string, tests: (start: StartRuntime) => void): void {
  const programs = [
    {
      program: 'aws-lambda-rie',
      by: 'go install github.com/aws/aws-lambda-runtime-interface-emulator/cmd/aws-lambda-rie',
    },
    { program: 'aws-lambda-ric', by: 'npm install aws-lambda-ric' },
  ];
  describeWith(name, { what: 'runtime', programs }, (emulator = '', client = '') => {
    tests((options) => startRuntime(emulator, client, options));
  });
}

async function startRuntime(
  emulator: string,
  client: string,
  { bundle, env, timeoutSeconds = 60 }: RuntimeOptions,
): Promise<Runtime> {
  const port = await freePort();
  const runtimePort = await freePort();
  const child = spawn(
    emulator,
    [
      // By default it listens on all addresses.
      ...['--runtime-interface-emulator-address', `127.0.0.1:${port}`],
      ...['--runtime-api-address', `127.0.0.1:${runtimePort}`],
      ...[client, 'index.handler'],
    ],
    {
      cwd: path.join(root, 'dist', bundle),
      env: {
        PATH: process.env.PATH ?? '',
        AWS_LAMBDA_FUNCTION_TIMEOUT: String(timeoutSeconds),
        AWS_LAMBDA_FUNCTION_NAME: bundle,
        AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '512',
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
      // The runtime is ended with it.
      detached: true,
    },
  );
  const kill = () => killGroup(child, 'SIGKILL');
  process.once('exit', kill);
  const closed = once(child, 'close');
  closeAfterTest(async () => {
    kill();
    await closed;
    process.removeListener('exit', kill);
  });
  const said: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (part: Buffer) => said.push(part));
  }
  const log = () => Buffer.concat(said).toString();
  const untilMs = performance.now() + longestSilenceMs;
  while (!(await listens(port))) {
    if (child.exitCode !== null || performance.now() > untilMs) {
      throw new Error(`The emulator of Lambda's runtime interface did not come up:\n${log()}`);
    }
    await sleep(20);
  }
  const post = (event: unknown) =>
    fetch(`http://127.0.0.1:${port}/2015-03-31/functions/function/invocations`, {
      method: 'POST',
      body: JSON.stringify(event),
      signal: AbortSignal.timeout(longestSilenceMs),
    });
  return {
    log,
    async invoke(event) {
      const text = await (await post(event)).text();
      return text.startsWith('{') ? JSON.parse(text) : text;
    },
    async functionError(event) {
      const response = await post(event);
      await response.body?.cancel();
      return response.headers.get('x-amz-function-error');
    },
  };
}

async function listens(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
