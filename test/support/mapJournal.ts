import type { Journal, UnfinishedExchange } from '../../lambda/effects/journal';

/** A journal that lives as long as one container. */
export class MapJournal implements Journal {
  readonly #entries = new Map<string, UnfinishedExchange>();
  readonly read = (connection: string) => this.#entries.get(connection);
  readonly write = (connection: string, exchange: UnfinishedExchange) =>
    void this.#entries.set(connection, exchange);
  readonly clear = (connection: string) => void this.#entries.delete(connection);
}
