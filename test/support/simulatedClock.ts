import type { Clock } from '../../lambda/effects/clock';

export const secondMs = 1_000;
export const minuteMs = 60 * secondMs;
export const startMs = Date.UTC(2026, 10, 24, 8);

/** Time that stands still until something sleeps or the test advances it. */
export class SimulatedClock implements Clock {
  #nowMs = startMs;
  /** What was slept, in order. */
  readonly sleptMs: number[] = [];

  readonly now = (): number => this.#nowMs;

  readonly sleep = async (ms: number): Promise<void> => {
    this.sleptMs.push(ms);
    this.advance(ms);
  };

  advance(ms: number): void {
    this.#nowMs += ms;
  }
}
