import { performance } from 'node:perf_hooks';
import { shortestBatchMs } from '../lambda/core/limits';
import { type LocalLambda, startLambda } from '../local/aws/lambda/lambda';
import type { TimedEnding } from './invocations';
import type { BenchWorld } from './world';

/** The built function in a process of its own, given messages of its queue. */
export class BenchRotator {
  readonly #lambda: LocalLambda;
  readonly #endings: TimedEnding[] = [];
  #expected = 0;

  constructor(private readonly world: BenchWorld) {
    this.#lambda = startLambda({ env: world.env, onLine: (line) => this.#read(line) });
  }

  /** Lets time pass in the function as well as around it. */
  letTimePass(ms: number): void {
    this.world.advance(ms);
    this.#lambda.moveClock(ms);
  }

  /**
   * Invokes it with a batch of messages, each delivered for the first time, and gives the end of the
   * last rotation. The pause after that, by which a batch takes a second, is passed over.
   *
   * @throws Error if not every rotation succeeds
   */
  async deliver(...connections: readonly string[]): Promise<TimedEnding> {
    this.#endings.length = 0;
    this.#expected = connections.length;
    const answer = await this.#lambda.invoke(this.world.firstDelivery(...connections));
    const last = this.#endings.at(-1);
    if (last && this.#endings.length === connections.length) return last;
    throw new Error(`Not every rotation has finished: ${JSON.stringify(answer)}`);
  }

  close(): Promise<void> {
    return this.#lambda.close();
  }

  #read(line: string): void {
    if (!line.includes('"Rotation finished"')) return;
    this.#endings.push({ outcome: JSON.parse(line).outcome, endedMs: performance.now() });
    if (this.#endings.length === this.#expected) this.letTimePass(shortestBatchMs);
  }
}
