import { performance } from 'node:perf_hooks';
import type { Repeatable } from './inTurn';
import type { Measurement } from './measurement';
import type { BenchWorld } from './world';

/** How an invocation ended, and when, by `performance`. */
export interface TimedEnding {
  readonly outcome: string;
  readonly endedMs: number;
}

/** Invocations of one function, warm, that all have to end in the same way. */
export class Invocations implements Measurement, Repeatable {
  readonly values: number[] = [];
  readonly #calls = new Set<string>();

  constructor(
    readonly name: string,
    private readonly invoke: () => Promise<TimedEnding>,
    private readonly outcome: string,
    /** Whose servers count the calls, if they are of interest. */
    private readonly world?: BenchWorld,
  ) {}

  /** Those of an invocation, as the servers counted them; all that there were, if they differ. */
  get calls(): string {
    return [...this.#calls].join('; or ');
  }

  async measure(): Promise<void> {
    const before = [this.world?.aws.calls.length, this.world?.provider.requests.length] as const;
    const startedMs = performance.now();
    const { outcome, endedMs } = await this.invoke();
    this.values.push(endedMs - startedMs);
    if (outcome !== this.outcome) {
      throw new Error(`${this.name}: the outcome was "${outcome}" instead of "${this.outcome}".`);
    }
    if (this.world === undefined) return;
    const { aws, provider } = this.world;
    const arrived = [
      ...aws.calls.slice(before[0]).map(({ operation, atMs }) => ({ name: operation, atMs })),
      ...provider.requests.slice(before[1]).map(({ path, atMs }) => ({ name: path, atMs })),
    ].sort((a, b) => a.atMs - b.atMs);
    const noun = arrived.length === 1 ? 'call' : 'calls';
    this.#calls.add(`${arrived.length} ${noun}: ${arrived.map(({ name }) => name).join(', ')}`);
  }

  forget(): void {
    this.values.length = 0;
    this.#calls.clear();
  }
}
