import type { ServerResponse } from 'node:http';
import type { WatchState } from './state';

/** How soon a page that has lost the connection tries again. */
const reconnectMs = 1_000;

/** Those who are sent the state whenever it changes (server-sent events, WHATWG HTML). */
export class Subscribers {
  readonly #responses = new Set<ServerResponse>();
  #latest = '';

  constructor(private readonly state: () => WatchState | undefined) {}

  add(response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(`retry: ${reconnectMs}\n\n`);
    const state = this.state();
    if (state) response.write(eventOf(JSON.stringify(state)));
    this.#responses.add(response);
    response.once('close', () => this.#responses.delete(response));
  }

  publish(): void {
    if (this.#responses.size === 0) return;
    const current = this.state();
    const state = current && JSON.stringify(current);
    if (state === undefined || state === this.#latest) return;
    this.#latest = state;
    for (const response of this.#responses) {
      // Who cannot keep up gets the next one: each state is complete.
      if (!response.writableNeedDrain) response.write(eventOf(state));
    }
  }

  close(): void {
    for (const response of this.#responses) response.end();
  }
}

const eventOf = (data: string) => `data: ${data}\n\n`;
