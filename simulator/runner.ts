import { fork, type StdioOptions } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { build, type Plugin } from 'esbuild';
import { Classes } from './classes';
import { remembered } from './remembered/plugin';
import { addReport, emptyReport, type Report } from './report';
import type { Job, Signatures, TaskResult, WorkerMessage } from './simulationProcess';

export interface Part {
  /** Of these scenarios. @default all */
  readonly only?: readonly string[];
  readonly stopAtFirst?: boolean;
}

export type Task =
  | ({ readonly kind: 'singles'; readonly mostOfCall?: number } & Part)
  | ({
      readonly kind: 'pairs';
      readonly classes: Classes;
      readonly isWhole?: boolean;
      /** Of the first faults one in so many. @default 1 */
      readonly oneIn?: number;
      /** Every pair is played to its end, whatever is known of the states that it meets. @default false */
      readonly isForgetful?: boolean;
    } & Part)
  | { readonly kind: 'histories' | 'days'; readonly stopAtFirst?: boolean }
  | { readonly kind: 'random'; readonly first: number; readonly seeds: number };

export interface RunOptions {
  /** Called now and then with what all processes have done so far. */
  readonly onProgress?: (report: Report) => void;
  /** Changes to the code that is simulated, for the simulator's own test. */
  readonly plugins?: Plugin[];
  /** Ends the processes, and rejects. @default never */
  readonly signal?: AbortSignal;
}

/** What a task found. Only for single faults it has classes. */
export interface Found {
  readonly report: Report;
  readonly classes: Classes;
}

/** Runs a task in as many processes as there are processors, from a bundle of the sources as they are now. */
export async function run(task: Task, options: RunOptions = {}): Promise<Found> {
  const folder = await mkdtemp(path.join(tmpdir(), 'sfmc-simulation-'));
  const ending = new AbortController();
  const signal = AbortSignal.any([ending.signal, ...(options.signal ? [options.signal] : [])]);
  try {
    const outfile = path.join(folder, 'process.cjs');
    await build({
      entryPoints: [path.join(__dirname, 'simulationProcess.ts')],
      outfile,
      bundle: true,
      platform: 'node',
      target: 'node20',
      logLevel: 'warning',
      plugins: [remembered, ...(options.plugins ?? [])],
    });
    const processes = availableParallelism();
    const reports = Array.from({ length: processes }, emptyReport);
    const total = () => {
      const sum = emptyReport();
      for (const report of reports) addReport(sum, report);
      return sum;
    };
    const results = await Promise.all(
      reports.map(async (_, shard) => {
        const job = jobOf(task, shard, processes);
        const result = await runInProcess(outfile, job, signal, (report) => {
          reports[shard] = report;
          options.onProgress?.(total());
        });
        reports[shard] = result.report;
        return result;
      }),
    );
    const classes = results.reduce(
      (sum, { signatures }) => sum.with(new Classes(signatures)),
      new Classes(),
    );
    return { report: total(), classes };
  } finally {
    // If one process has failed, the others need not go on.
    ending.abort();
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Young objects die young: a larger space for them saves the collector most of its work. Each process
 * has a processor of its own, on which V8's threads would only take turns with it.
 */
const execArgv = ['--max-semi-space-size=64', '--single-threaded'];

function jobOf(task: Task, shard: number, shards: number): Job {
  if (task.kind === 'random') {
    const { kind, first, seeds } = task;
    const own = Math.floor((seeds + shards - 1 - shard) / shards);
    return { kind, first: first + shard, seeds: own, step: shards };
  }
  if (task.kind !== 'pairs') return { ...task, shard, shards };
  const { classes, ...rest } = task;
  const signatures: Signatures = classes.signatures;
  return { ...rest, signatures, shard, shards };
}

function runInProcess(
  file: string,
  job: Job,
  signal: AbortSignal,
  onProgress: (report: Report) => void,
): Promise<TaskResult> {
  return new Promise((resolve, reject) => {
    const stdio: StdioOptions = ['ignore', 'inherit', 'inherit', 'ipc'];
    const child = fork(file, { execArgv, stdio, signal });
    let done: TaskResult | undefined;
    child.on('message', (message: WorkerMessage) => {
      if (message.kind === 'progress') onProgress(message.report);
      else done = message;
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
