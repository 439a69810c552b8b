import { randomBytes } from 'node:crypto';
import { accountId } from '../account';

const maxEvents = 10_000;

/** One line of a log. `id` grows from one to the next. */
export interface LogEvent {
  readonly id: number;
  readonly atMs: number;
  readonly message: string;
}

export function logGroupArn(name: string, region: string): string {
  return `arn:aws:logs:${region}:${accountId}:log-group:${name}`;
}

/** A log group of one stream. It keeps the last 10,000 lines. */
export class LogGroup {
  readonly streamName: string;
  #events: LogEvent[] = [];
  #appended = 0;

  /** `now` gives milliseconds since the epoch. */
  constructor(
    readonly name: string,
    private readonly now: () => number,
  ) {
    const day = new Date(now()).toISOString().slice(0, 10).replaceAll('-', '/');
    this.streamName = `${day}/[$LATEST]${randomBytes(16).toString('hex')}`;
  }

  append(message: string): void {
    this.#appended += 1;
    this.#events.push({ id: this.#appended, atMs: this.now(), message });
    if (this.#events.length > maxEvents) this.#events.shift();
  }

  /** Oldest first. */
  get events(): readonly LogEvent[] {
    return this.#events;
  }
}
