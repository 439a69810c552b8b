import type { RotatorEvent } from '../tour/rotator';
import { MINUTE_MS } from '../tour/time';
import { connection } from '../tour/world';
import type { DeliveryState } from './state';

const scheduleMs = 5 * MINUTE_MS;

/**
 * How long Lambda waits before it repeats a failed asynchronous invocation: one minute, then two
 * ("How Lambda handles errors and retries with asynchronous invocation").
 */
const repeatDelaysMs = [MINUTE_MS, 2 * MINUTE_MS] as const;

/** An event on its way to the function. */
export interface Delivery {
  readonly event: RotatorEvent & { readonly force?: boolean };
  readonly by: 'schedule' | 'person';
  /** From 1 to 3. */
  readonly attempt: number;
  readonly dueAtMs: number;
}

/** What invokes the function: the schedule, people, and Lambda's own repetitions of both. */
export class Deliveries {
  #pending: Delivery[] = [];
  #nextTickAtMs: number;
  #deadLetters = 0;

  constructor(nowMs: number) {
    this.#nextTickAtMs = tickAfter(nowMs);
  }

  /** An asynchronous invocation that a person asks for. */
  send(event: Delivery['event'], nowMs: number): void {
    this.#pending.push({ event, by: 'person', attempt: 1, dueAtMs: nowMs });
  }

  /**
   * Takes out what is due, the longest overdue first. Ticks that a jump of the clock has passed
   * over are not made up for.
   */
  take(nowMs: number): Delivery | undefined {
    if (nowMs >= this.#nextTickAtMs) {
      const tick = { event: { connection }, by: 'schedule', attempt: 1 } as const;
      this.#pending.push({ ...tick, dueAtMs: this.#nextTickAtMs });
      this.#nextTickAtMs = tickAfter(nowMs);
    }
    const [first] = this.#pending.sort((a, b) => a.dueAtMs - b.dueAtMs);
    if (first === undefined || first.dueAtMs > nowMs) return undefined;
    this.#pending.shift();
    return first;
  }

  /** Repeats a delivery later, or puts it into the dead-letter queue after the third attempt. */
  failed(delivery: Delivery, nowMs: number): void {
    const delayMs = repeatDelaysMs[delivery.attempt - 1];
    if (delayMs === undefined) {
      this.#deadLetters += 1;
    } else {
      const attempt = delivery.attempt + 1;
      this.#pending.push({ ...delivery, attempt, dueAtMs: nowMs + delayMs });
    }
  }

  state(): Omit<DeliveryState, 'isRunning'> {
    const repeats = this.#pending.filter(({ attempt }) => attempt > 1);
    return {
      nextTickAtMs: this.#nextTickAtMs,
      nextRepeatAtMs: repeats.length > 0 ? Math.min(...repeats.map((r) => r.dueAtMs)) : null,
      deadLetters: this.#deadLetters,
    };
  }
}

const tickAfter = (nowMs: number) => (Math.floor(nowMs / scheduleMs) + 1) * scheduleMs;
