import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describeWith } from './needs';
import { freePort, killGroup, longestSilenceMs } from './program';

/** Ends the whole group with the program, and with the process that holds its standard input. */
const guardScript = '{ "$0"; kill -KILL 0; } & read -r _; kill -KILL 0';
const root = path.join(__dirname, '..', '..');

/** ministack's server: an emulator of AWS by others (pip install ministack). */
export interface Ministack {
  readonly url: string;
  readonly account: string;
  readonly region: string;
  /** A folder that is deleted with it. */
  readonly folder: string;
  /** What a program needs that takes it for AWS, and nothing of this process's own settings. */
  readonly environment: Readonly<Record<string, string>>;
  /** What it has logged. */
  log(): string;
  close(): Promise<void>;
}

interface MinistackOptions {
  /** How many times faster than all the rest its scheduler lives. @default 1 */
  readonly schedulerPace?: number;
  readonly silenceMs?: number;
}

/** Declares tests on a ministack of their own, if it is installed. */
export function describeOnMinistack(
  name: string,
  options: MinistackOptions,
  tests: (server: () => Ministack) => void,
): void {
  const programs = [{ program: 'ministack', by: 'pip install ministack' }];
  describeWith(name, { what: 'ministack', programs }, (program = '') => {
    let server: Ministack;
    beforeAll(async () => {
      server = await startMinistack(program, options);
    }, 2 * longestSilenceMs);
    afterAll(() => server?.close());
    tests(() => server);
  });
}

async function isHealthy(url: string): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(longestSilenceMs);
    return (await fetch(`${url}/_ministack/health`, { signal })).ok;
  } catch {
    return false;
  }
}

/** Starts ministack on a free port and waits until it answers; ends it if it falls silent before. */
export async function startMinistack(
  program: string,
  { schedulerPace = 1, silenceMs = longestSilenceMs }: MinistackOptions = {},
): Promise<Ministack> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const region = 'us-east-1';
  const folder = mkdtempSync(path.join(tmpdir(), 'sfmc-token-rotator-ministack-'));
  const home = path.join(folder, 'home');
  mkdirSync(home);
  // Above its functions' code, so that they find what Lambda's runtime brings: AWS's SDK.
  symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'));
  const common = {
    PATH: process.env.PATH ?? '',
    HOME: home,
    TMPDIR: folder,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_EC2_METADATA_DISABLED: 'true',
  };
  const child = spawn('sh', ['-c', guardScript, program], {
    cwd: folder,
    env: {
      ...common,
      PYTHONUNBUFFERED: '1',
      GATEWAY_PORT: String(port),
      // By default it listens on all addresses, and for devices on a port of its own.
      BIND_HOST: '127.0.0.1',
      IOT_MTLS_ENABLED: '0',
      // In the addresses of queues: AWS's SDK warns if it is another than the endpoint's.
      MINISTACK_HOST: '127.0.0.1',
      STATE_DIR: path.join(folder, 'state'),
      ...(schedulerPace === 1
        ? {}
        : {
            PYTHONPATH: path.join(__dirname, 'timeLapse'),
            PYTHONDONTWRITEBYTECODE: '1',
            SCHEDULER_PACE: String(schedulerPace),
          }),
    },
    stdio: 'pipe',
    // The functions' processes are ended with it.
    detached: true,
  });
  const kill = () => killGroup(child, 'SIGKILL');
  const ended = new Promise<void>((resolve) => {
    child.once('error', () => resolve());
    child.once('close', () => resolve());
  });
  let hasEnded = false;
  void ended.then(() => {
    hasEnded = true;
  });
  const said: Buffer[] = [];
  let heardAtMs = performance.now();
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (part: Buffer) => {
      heardAtMs = performance.now();
      said.push(part);
    });
  }
  const log = () => Buffer.concat(said).toString();
  const close = async () => {
    kill();
    await ended;
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  while (!(await isHealthy(url))) {
    const isSilent = performance.now() - heardAtMs > silenceMs;
    if (!hasEnded && !isSilent) {
      await sleep(50);
      continue;
    }
    const how = hasEnded ? 'ended' : `was silent for ${silenceMs} ms and did not answer`;
    await close();
    throw new Error(`ministack ${how}:\n${log()}`);
  }
  return {
    url,
    account: '000000000000',
    region,
    folder,
    environment: { ...common, AWS_ENDPOINT_URL: url },
    log,
    close,
  };
}
