import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';

const root = path.join(__dirname, '..', '..', '..');

/** Runs the program in a process of its own, in which nothing is a terminal and nobody signed in. */
export async function runPiped(
  argv: readonly string[],
  { stdin = '', env = {} }: { stdin?: string; env?: Readonly<Record<string, string>> } = {},
): Promise<{ exitCode: number; stdout: string; stderr: string }> {
  const program = spawn(process.execPath, ['scripts/ops.cjs', ...argv], {
    cwd: root,
    stdio: 'pipe',
    env: {
      PATH: process.env.PATH ?? '',
      // No configuration of the machine's own, and no credentials from an instance's.
      HOME: path.join(tmpdir(), 'nobody'),
      AWS_EC2_METADATA_DISABLED: 'true',
      ...env,
    },
  });
  program.stdin.end(stdin);
  const [stdout, stderr, [exitCode]] = await Promise.all([
    text(program.stdout),
    text(program.stderr),
    once(program, 'close'),
  ]);
  return { exitCode, stdout, stderr };
}
