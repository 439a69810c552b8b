import type { Key } from '../../connection/keys';
import type { Context } from '../../context';

/** What `rekey --json` prints. */
export interface RekeyResult {
  readonly isDryRun: boolean;
  readonly connections: readonly RekeyedConnection[];
}

export interface RekeyedConnection {
  readonly name: string;
  /** The present key, by its ARN. */
  readonly key: string;
  /** What was written under it; with --dry-run what would be. */
  readonly written: readonly UnderKey[];
  /** What stays under another one so far. */
  readonly left: readonly Left[];
  /** Why it was not carried out, or not to its end. */
  readonly problem?: string;
}

/** A parameter or a version of the secret. */
export interface UnderKey {
  readonly what: string;
  /** The keys that it was under, by their ARNs. */
  readonly keys: readonly string[];
}

export interface Left extends UnderKey {
  /** What ends it. */
  readonly until: string;
}

/** What has come of one store. */
export type Rekeyed = Pick<RekeyedConnection, 'written' | 'left'>;

/** Where something is to be written. */
export interface Rekeying {
  readonly context: Context;
  readonly connection: string;
  readonly target: Key;
  readonly isDryRun: boolean;
  /** Does work that Ctrl-C must not end half-way, never two at a time. */
  readonly seeThrough: <T>(work: () => Promise<T>) => Promise<T>;
}
