import { runCases } from './cases';
import { Classes } from './classes';
import { dayCases } from './days';
import { historyCases } from './histories/play';
import { type PairsOptions, runPairs } from './pairs';
import { runRandom } from './randomHistory';
import { emptyReport, type Report } from './report';
import { runSingles, type SinglesOptions } from './singles';

/** One process's part of a run. */
export type Job =
  | ({ readonly kind: 'singles' } & SinglesOptions)
  | {
      readonly kind: 'histories' | 'days';
      readonly shard: number;
      readonly shards: number;
      readonly stopAtFirst?: boolean;
    }
  | ({ readonly kind: 'pairs' } & Omit<PairsOptions, 'classes'> & {
        readonly signatures: Signatures;
      })
  | {
      readonly kind: 'random';
      readonly first: number;
      readonly seeds: number;
      readonly step: number;
    };
export type Signatures = Classes['signatures'];

/** What a run found, and of single faults the classes. */
export interface TaskResult {
  readonly report: Report;
  readonly signatures: Signatures;
}

export type WorkerMessage =
  | { readonly kind: 'progress'; readonly report: Report }
  | ({ readonly kind: 'done' } & TaskResult);

// Errors are part of many histories; their stack traces, of none.
Error.stackTraceLimit = 0;

async function performJob(job: Job, onProgress: (report: Report) => void): Promise<TaskResult> {
  switch (job.kind) {
    case 'singles': {
      const { report, classes } = await runSingles(job, onProgress);
      return { report, signatures: classes.signatures };
    }
    case 'pairs': {
      const classes = new Classes(job.signatures);
      return { report: await runPairs({ ...job, classes }, onProgress), signatures: {} };
    }
    case 'histories':
      return { report: await runCases(historyCases, job), signatures: {} };
    case 'days':
      return { report: await runCases(dayCases, job), signatures: {} };
    case 'random':
      return { report: await runRandom(job, onProgress), signatures: {} };
  }
}

process.once('message', (job: Job) => {
  const send = (message: WorkerMessage, onSent?: () => void) =>
    process.send?.(message, undefined, undefined, onSent);
  const startedBy = process.ppid;
  let sentAtMs = Date.now();
  const onProgress = ({ histories, played, faults, violations }: Report) => {
    if (Date.now() - sentAtMs < 1_000) return;
    sentAtMs = Date.now();
    // The histories leave the event loop no turn in which it could notice that the channel is closed.
    if (process.ppid !== startedBy) process.exit(1);
    const report = { ...emptyReport(), histories, played, faults, violations };
    send({ kind: 'progress', report });
  };
  performJob(job, onProgress).then(
    (result) => {
      // A long result takes more than one write: a channel that is closed at once loses the rest.
      send({ kind: 'done', ...result }, () => process.disconnect());
    },
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
