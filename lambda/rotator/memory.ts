import type { TokenSet } from '../core/tokenSet';

/**
 * What one Lambda container remembers of a connection between invocations. Losing it costs at
 * most a request; nothing that a rotation relies on is kept here alone.
 */
export interface ConnectionMemory {
  /** Host and client id that the refusals below belong to. */
  packageKey?: string;
  /** Fingerprints of refresh tokens that the provider refused for good. */
  refusedTokens: ReadonlySet<string>;
  /** Fingerprints of client secrets that were refused, or met a 401 that was never explained. */
  doubtedSecrets: ReadonlySet<string>;
  /** A token set that neither store took. */
  unpublished?: TokenSet;
  /** When AWSCURRENT's access token expires, to tell whether a refresh is likely. */
  expiresAtMs?: number;
  /** When the newest refresh token seen was issued, to tell a stale read of AWSCURRENT. */
  newestIssuedAtMs?: number;
  /** When this container first found every stored refresh token refused. */
  brokenSinceMs?: number;
}

/** Far more than one container meets; it only keeps the memory of a large fleet flat. */
const mostConnections = 10_000;

export class ContainerMemory {
  readonly #connections = new Map<string, ConnectionMemory>();

  of(connection: string): ConnectionMemory {
    const known = this.#connections.get(connection);
    if (known) return known;
    const [oldest] = this.#connections.keys();
    if (oldest !== undefined && this.#connections.size >= mostConnections) {
      this.#connections.delete(oldest);
    }
    const fresh: ConnectionMemory = { refusedTokens: new Set(), doubtedSecrets: new Set() };
    this.#connections.set(connection, fresh);
    return fresh;
  }
}
