import { deduplicationIdOf, dispatchAt, isInShare, pageDelayMs } from '../core/dispatchPlan';
import type { Clock } from '../effects/clock';
import type { DispatchMessage, DispatchQueue } from '../effects/dispatchQueue';
import type { Registry } from '../effects/registry';
import type { Telemetry } from '../effects/telemetry';

/** One run of the dispatcher. Times are milliseconds since the epoch. */
export interface DispatchRun {
  readonly registry: Registry;
  readonly queue: DispatchQueue;
  readonly clock: Clock;
  readonly telemetry: Pick<Telemetry, 'info' | 'warn'>;
  readonly memory: DispatcherMemory;
  /** When the schedule meant this run to begin. A repetition has the same. */
  readonly scheduledAtMs: number;
  /** When the invocation has to have answered. */
  readonly deadlineMs: number;
}

/** What an execution environment remembers between runs; losing it makes one run less even. */
export interface DispatcherMemory {
  /** Pages of the registry in the last run. */
  pages?: number;
}

/** What a run answers: counts. */
export interface DispatchResult {
  /** In the registry. */
  readonly connections: number;
  /** Of these, sent by this run. */
  readonly sent: number;
  readonly pages: number;
}

/** Kept free at the end of an invocation: from then on, pages are read without a wait. */
const hurryMs = 30_000;
/** How often messages that the queue did not take are sent in all. */
const sendAttempts = 3;
const sendRetryDelayMs = 500;

/**
 * Sends one share of the connections to the rotator's queue, a page of the registry at a time and
 * spread over the run's time. May be repeated: what was sent is not sent twice.
 *
 * @throws MessagesNotTaken, after all others were sent; what registry and queue throw
 */
export async function dispatch(run: DispatchRun): Promise<DispatchResult> {
  const { registry, clock, telemetry, memory } = run;
  const startedAtMs = clock.now();
  const plan = dispatchAt(run.scheduledAtMs);
  let [connections, sent, pages, notTaken] = [0, 0, 0, 0];
  for await (const names of registry.pages()) {
    // Before a page and not after it: the last one is not known to be the last.
    const nowMs = clock.now();
    const delayMs = pageDelayMs({ startedAtMs, nowMs, pages, expectedPages: memory.pages });
    if (delayMs > 0 && run.deadlineMs - nowMs - delayMs > hurryMs) await clock.sleep(delayMs);
    pages += 1;
    connections += names.length;
    const messages = names
      .filter((connection) => isInShare(connection, plan))
      .map((connection) => ({ connection, deduplicationId: deduplicationIdOf(connection, plan) }));
    const left = await sendAll(run, messages);
    sent += messages.length - left.length;
    notTaken += left.length;
  }
  memory.pages = pages;
  const result = { connections, sent, pages };
  telemetry.info('Dispatched', { ...result, ...plan, durationMs: clock.now() - startedAtMs });
  if (notTaken > 0) throw new MessagesNotTaken(notTaken);
  return result;
}

async function sendAll(
  { queue, clock, telemetry }: DispatchRun,
  messages: readonly DispatchMessage[],
): Promise<readonly DispatchMessage[]> {
  let left = messages;
  for (let attempts = 1; left.length > 0; attempts++) {
    left = await queue.send(left);
    if (left.length === 0 || attempts >= sendAttempts) break;
    await clock.sleep(sendRetryDelayMs);
  }
  if (left.length > 0) {
    const names = left.map(({ connection }) => connection);
    telemetry.warn('The queue did not take these connections', { connections: names });
  }
  return left;
}

/** Lambda repeats the run; the connections are in the log. */
export class MessagesNotTaken extends Error {
  override readonly name = 'MessagesNotTaken';

  constructor(count: number) {
    super(`The queue did not take ${count} message(s). Lambda repeats the run.`);
  }
}
