import type { ConnectionParameters } from '../core/facts';
import type { HeldTokenSet } from '../core/held';
import type { StoredVersion } from '../core/tokenSet';
import type { Refusal } from '../core/verdicts';

/**
 * What one execution environment remembers of a connection between invocations. Losing it costs at
 * most a few requests; nothing that a rotation relies on is kept here alone.
 */
export interface ConnectionMemory {
  /** Host and client id that the refusals below belong to. */
  packageKey?: string;
  /** Refresh tokens that the provider refused with accepted credentials, by fingerprint. */
  refusals: ReadonlyMap<string, Refusal>;
  /** Fingerprints of client secrets that were refused, or met a refusal that was never explained. */
  doubtedSecrets: ReadonlySet<string>;
  /** Since when every stored client secret was found refused, milliseconds since the epoch. */
  credentialsRefusedSinceMs?: number;
  /** Token sets that neither store took. */
  held: readonly HeldTokenSet[];
  /** When AWSCURRENT's access token expires, which shows whether a refresh is likely. */
  expiresAtMs?: number;
  /** Versions that were seen replaced, which show a stale read of AWSCURRENT. */
  replaced: readonly string[];
  /** When this environment first found every stored refresh token refused. */
  brokenSinceMs?: number;
  /** That was put on the event bus. */
  isBrokenReported?: boolean;
  /** When a refresh token was first and last sent whose successor is not stored. */
  possiblyUsedAtMs?: number;
  lastUsedAtMs?: number;
  /** What a refresh token was used for last: a message, by when it was sent, or a direct invocation. */
  usedFor?: number | 'hand';
  /** The versions from that one on, newest first, for a delivery that cannot read the secret. */
  inUse: readonly StoredVersion[];
  /** The version that this environment has marked. */
  marked?: string;
  /** As last read, for a delivery that cannot read them while a successor is still available. */
  parameters?: ConnectionParameters;
  /** The last delivery of a message, and whether this environment has handled all up to it. */
  delivery?: {
    readonly sentAtMs: number;
    readonly receiveCount: number;
    readonly isFollowed: boolean;
  };
  endpointsAsked?: boolean;
  /** The addresses that were answered, stored with the next token set. */
  endpoints?: { readonly restBaseUrl?: string; readonly soapBaseUrl?: string };
  /** A life too short for the threshold is logged once. */
  isShortLifeLogged?: boolean;
}

/** Far more than one environment meets; it only keeps the memory of a large fleet flat. */
const mostConnections = 10_000;
/** Of the versions in use: AWSCURRENT and its forerunners within 5 minutes. */
export const mostInUse = 3;
/** Versions that a stale read can still show are the last few. */
export const mostReplaced = 5;

/** Of a connection that this environment has not met. */
export const emptyMemory = (): ConnectionMemory => ({
  refusals: new Map(),
  doubtedSecrets: new Set(),
  held: [],
  inUse: [],
  replaced: [],
});

/** What one execution environment remembers, by connection; the oldest go first. */
export class EnvironmentMemory {
  readonly #connections = new Map<string, ConnectionMemory>();

  of(connection: string): ConnectionMemory {
    const known = this.#connections.get(connection);
    if (known) return known;
    const [oldest] = this.#connections.keys();
    if (oldest !== undefined && this.#connections.size >= mostConnections) {
      this.#connections.delete(oldest);
    }
    const fresh = emptyMemory();
    this.#connections.set(connection, fresh);
    return fresh;
  }
}
