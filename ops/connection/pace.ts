import type { Clock } from '../../lambda/effects/clock';
import { isThrottled } from '../failures/awsFailure';

/** After so many refusals in a row there is more wrong than that a call came too soon. */
const mostRefusals = 8;
const longestIntervalMs = 2_000;

/** How often AWS is asked the same thing by those who ask much: from the first refusal on, half as often. */
export class CallPace {
  readonly #clock: Clock;
  #intervalMs: number;
  #atOnce: number;
  #nextAtMs = Number.NEGATIVE_INFINITY;

  /** @param atOnce so many calls come without a wait */
  constructor(clock: Clock, callsPerSecond: number, atOnce: number) {
    this.#clock = clock;
    this.#intervalMs = 1_000 / callsPerSecond;
    this.#atOnce = atOnce;
  }

  /** Asks when it is time, and again if AWS answers that it was too soon. */
  async ask<T>(call: () => Promise<T>): Promise<T> {
    for (let refusals = 1; ; refusals += 1) {
      await this.#turn();
      try {
        return await call();
      } catch (thrown) {
        if (!isThrottled(thrown) || refusals === mostRefusals) throw thrown;
        this.#atOnce = 0;
        this.#intervalMs = Math.min(longestIntervalMs, 2 * this.#intervalMs);
      }
    }
  }

  /** The answers to one request after the other, each with the token of the one before. */
  async *pages<Page extends { readonly NextToken?: string | undefined }>(
    ask: (NextToken: string | undefined) => Promise<Page>,
  ): AsyncGenerator<Page> {
    let token: string | undefined;
    do {
      const page = await this.ask(() => ask(token));
      yield page;
      token = page.NextToken;
    } while (token !== undefined);
  }

  async #turn(): Promise<void> {
    const nowMs = this.#clock.now();
    const atMs = this.#atOnce > 0 ? nowMs : Math.max(nowMs, this.#nextAtMs);
    this.#atOnce -= 1;
    this.#nextAtMs = atMs + this.#intervalMs;
    if (atMs > nowMs) await this.#clock.sleep(atMs - nowMs);
  }
}
