import { type ExhaustiveOptions, runExhaustive } from './exhaustive';
import { runRandom } from './randomHistory';
import type { Report } from './report';

/** One process's part of a run. */
export type Job =
  | ({ readonly kind: 'exhaustive' } & ExhaustiveOptions)
  | {
      readonly kind: 'random';
      readonly first: number;
      readonly seeds: number;
      readonly step: number;
    };

export type WorkerMessage =
  | { readonly kind: 'progress'; readonly report: Report }
  | { readonly kind: 'done'; readonly report: Report };

// Errors are part of many histories; their stack traces, of none.
Error.stackTraceLimit = 0;

process.once('message', (job: Job) => {
  const tell = (message: WorkerMessage) => process.send?.(message);
  const onProgress = (report: Report) =>
    tell({ kind: 'progress', report: { ...report, violations: [] } });
  const running =
    job.kind === 'exhaustive' ? runExhaustive(job, onProgress) : runRandom(job, onProgress);
  running.then(
    (report) => {
      tell({ kind: 'done', report });
      process.disconnect();
    },
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
