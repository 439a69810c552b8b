import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';

const motoProgram = 'moto_server';
/** Python takes its time on a busy machine. */
const longestStartMs = 120_000;

/** moto's server: an emulator of AWS by others (pip install 'moto[server]'). */
export interface MotoServer {
  readonly url: string;
  close(): Promise<void>;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The program's file; undefined if it is not on the path. */
function findMoto(): string | undefined {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, motoProgram))
    .find(isExecutable);
}

/**
 * Declares tests that need moto. If it is not installed they are skipped, which one skipped test
 * says; with `REQUIRE_MOTO=true` that is a failure.
 */
export function describeOnMoto(name: string, tests: (server: () => MotoServer) => void): void {
  const program = findMoto();
  describe(name, () => {
    if (program === undefined) {
      const missing = `${motoProgram} is not on the path (pip install 'moto[server]')`;
      if (process.env.REQUIRE_MOTO === 'true') {
        it('needs moto', () => {
          throw new Error(`REQUIRE_MOTO is true, and ${missing}.`);
        });
      } else {
        // Jest names skipped tests only if it runs a single file.
        process.stderr.write(`Skipped: ${name}. ${missing}.\n`);
        it.skip(`is not tested: ${missing}`, () => {});
      }
      return;
    }
    let server: MotoServer;
    beforeAll(async () => {
      server = await startMoto(program);
    }, 2 * longestStartMs);
    afterAll(() => server?.close());
    tests(() => server);
  });
}

/** Starts moto on a free port and waits until it listens; ends it if that takes too long. */
export async function startMoto(program: string, startMs = longestStartMs): Promise<MotoServer> {
  const child = spawn(program, ['-H', '127.0.0.1', '-p', '0'], {
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      PYTHONUNBUFFERED: '1',
      // Of the process that runs the tests nothing else is passed on: its AWS settings least of all.
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = new Promise((resolve) => child.once('close', resolve));
  const said: string[] = [];
  const patience = setTimeout(() => child.kill('SIGKILL'), startMs);
  const port = await new Promise<string>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (_, signal) => {
      const how = signal === 'SIGKILL' ? `did not listen after ${startMs} ms` : 'ended';
      reject(new Error(`moto ${how}:\n${said.join('\n')}`));
    });
    createInterface(child.stderr).on('line', (line) => {
      const [, found] = /Running on http:\/\/127\.0\.0\.1:(\d+)/.exec(line) ?? [];
      if (found !== undefined) resolve(found);
      else if (said.length < 50) said.push(line);
    });
  }).finally(() => clearTimeout(patience));
  return {
    // By this name it knows the service from the signature, and not from the host.
    url: `http://localhost:${port}`,
    async close() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
