import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import { createServer } from 'node:net';
import { delimiter, join } from 'node:path';

/** A busy machine makes a program slow, but never silent for so long. */
export const longestSilenceMs = 240_000;

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** A program's file; undefined if it is not on the path. */
export function findProgram(name: string): string | undefined {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find(isExecutable);
}

/** A port of this machine's own address on which nobody listens. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port was given');
  return address.port;
}

/** Ends a process that was started as the leader of its group, and all that it has started. */
export function killGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

export interface Finished {
  readonly exitCode: number | null;
  readonly stdout: string;
  /** What it has written, on both of its streams. */
  readonly output: string;
}

/** Runs a program to its end; one that says nothing for too long is ended. */
export async function run(
  [program = '', ...argv]: readonly string[],
  options: {
    readonly cwd: string;
    readonly env: NodeJS.ProcessEnv;
    readonly stdin?: string;
    readonly silenceMs?: number;
  },
): Promise<Finished> {
  const { cwd, env, stdin = '', silenceMs = longestSilenceMs } = options;
  const child = spawn(program, argv, { cwd, env, stdio: 'pipe', detached: true });
  const kill = () => killGroup(child, 'SIGKILL');
  process.once('exit', kill);
  const parts: Buffer[] = [];
  const stdout: Buffer[] = [];
  child.stdout.on('data', (part: Buffer) => stdout.push(part));
  const patience = setTimeout(kill, silenceMs);
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (part: Buffer) => {
      patience.refresh();
      parts.push(part);
    });
  }
  child.stdin.on('error', () => {});
  child.stdin.end(stdin);
  try {
    const exitCode = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    return {
      exitCode,
      stdout: Buffer.concat(stdout).toString(),
      output: Buffer.concat(parts).toString(),
    };
  } finally {
    clearTimeout(patience);
    process.removeListener('exit', kill);
  }
}
