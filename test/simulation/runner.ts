import { fork, type StdioOptions } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { build, type Plugin } from 'esbuild';
import type { ExhaustiveOptions } from './exhaustive';
import { addReport, emptyReport, type Report } from './report';
import type { Job, WorkerMessage } from './simulationProcess';

export type Task =
  | ({ readonly kind: 'exhaustive' } & Omit<ExhaustiveOptions, 'shard' | 'shards'>)
  | { readonly kind: 'random'; readonly first: number; readonly seeds: number };

export interface RunOptions {
  /** Called now and then with what all processes have done so far. */
  readonly onProgress?: (report: Report) => void;
  /** @default as many as there are processors */
  readonly processes?: number;
  /** Changes to the code that is simulated, for the simulator's own test. */
  readonly plugins?: Plugin[];
  /** Ends the processes, and rejects. @default never */
  readonly signal?: AbortSignal;
}

/** Runs a task in several processes, from a bundle of the sources as they are now. */
export async function run(task: Task, options: RunOptions = {}): Promise<Report> {
  const folder = await mkdtemp(path.join(tmpdir(), 'sfmc-simulation-'));
  const ending = new AbortController();
  options.signal?.addEventListener('abort', () => ending.abort());
  try {
    const outfile = path.join(folder, 'process.cjs');
    await build({
      entryPoints: [path.join(__dirname, 'simulationProcess.ts')],
      outfile,
      bundle: true,
      platform: 'node',
      target: 'node20',
      logLevel: 'warning',
      plugins: options.plugins ?? [],
    });
    const processes = options.processes ?? availableParallelism();
    const reports = Array.from({ length: processes }, emptyReport);
    const total = () => {
      const sum = emptyReport();
      for (const report of reports) addReport(sum, report);
      return sum;
    };
    await Promise.all(
      reports.map(async (_, shard) => {
        const job = jobOf(task, shard, processes);
        reports[shard] = await runInProcess(outfile, job, ending.signal, (report) => {
          reports[shard] = report;
          options.onProgress?.(total());
        });
      }),
    );
    return total();
  } finally {
    // Where one process has failed, the others need not go on.
    ending.abort();
    await rm(folder, { recursive: true, force: true });
  }
}

function jobOf(task: Task, shard: number, shards: number): Job {
  if (task.kind === 'exhaustive') return { ...task, shard, shards };
  const { kind, first, seeds } = task;
  return {
    kind,
    first: first + shard,
    seeds: Math.floor((seeds + shards - 1 - shard) / shards),
    step: shards,
  };
}

function runInProcess(
  file: string,
  job: Job,
  signal: AbortSignal,
  onProgress: (report: Report) => void,
): Promise<Report> {
  return new Promise((resolve, reject) => {
    const stdio: StdioOptions = ['ignore', 'inherit', 'inherit', 'ipc'];
    const child = fork(file, { execArgv: [], stdio, signal });
    let done: Report | undefined;
    child.on('message', (message: WorkerMessage) => {
      if (message.kind === 'progress') onProgress(message.report);
      else done = message.report;
    });
    child.once('error', reject);
    // Only then is nothing of it left.
    child.once('close', (code) => {
      if (done) resolve(done);
      else reject(new Error(`a simulation process ended with exit code ${code}`));
    });
    child.send(job);
  });
}
