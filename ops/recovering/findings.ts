import type { ConnectionConfig } from '../../lambda/core/connection';
import type { StoredVersion } from '../../lambda/core/tokenSet';
import type { Escrow } from '../observing/escrow';
import type { LastError } from '../observing/lastErrors';
import type { Unread } from '../observing/reading';

/** A version of the secret, read as far as it can be. */
export interface FoundVersion extends Omit<StoredVersion, 'tokens'> {
  /** Undefined where the text cannot be understood. */
  readonly tokens: StoredVersion['tokens'] | undefined;
  /** Whether a recovery by the function looks into it: nothing older than what a person has begun. */
  readonly isTried: boolean;
}

export type ClientSecretVerdict = 'accepted' | 'refused' | 'not asked';

/** All that bears on why a connection is not kept fresh. */
export interface Findings {
  readonly connection: string;
  readonly nowMs: number;
  readonly secretId: string;
  readonly config: ConnectionConfig;
  readonly secret: 'there' | 'missing' | 'deleted';
  /** AWSCURRENT first, then the newest. */
  readonly versions: readonly FoundVersion[];
  readonly escrow: Escrow;
  readonly clientSecrets: readonly {
    readonly parameter: string;
    readonly verdict: ClientSecretVerdict;
  }[];
  /** Fingerprints of refresh tokens that the function saw refused, as far back as the log is read. */
  readonly refused: ReadonlySet<string>;
  /** What has come of a forced rotation just now, which asks about refused tokens anew. */
  readonly askedAnew: 'not yet' | 'refused' | 'unanswered';
  readonly lastError: LastError | undefined;
  /** What could not be read. */
  readonly unknown: readonly { readonly what: string; readonly why: Unread['why'] }[];
}

export const isCurrent = ({ stages }: Pick<FoundVersion, 'stages'>) =>
  stages.includes('AWSCURRENT');

/** As the function reads it, what cannot be understood as nothing. */
export const storedVersion = ({ tokens, ...version }: FoundVersion): StoredVersion => ({
  ...version,
  tokens: tokens ?? { kind: 'notSeeded' },
});
