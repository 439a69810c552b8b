import type { ConnectionConfig } from '../../lambda/core/connection';
import type { StoredVersion, TokenSet } from '../../lambda/core/tokenSet';
import type { LastError } from '../observing/lastErrors';
import type { Unread } from '../observing/reading';

/** A version of the secret, read as far as it can be. */
export interface FoundVersion extends Pick<StoredVersion, 'versionId' | 'stages' | 'createdAtMs'> {
  /** Undefined where the text cannot be understood. */
  readonly tokens: StoredVersion['tokens'] | undefined;
  /** Whether a recovery by the function looks into it. */
  readonly isTried: boolean;
}

export type ClientSecretVerdict = 'accepted' | 'refused' | 'not asked';

/** All that bears on why a connection is not kept fresh. */
export interface Findings {
  readonly connection: string;
  readonly nowMs: number;
  readonly secretId: string;
  readonly config: ConnectionConfig;
  readonly secretExists: boolean;
  /** AWSCURRENT first, then the newest. */
  readonly versions: readonly FoundVersion[];
  readonly escrow: TokenSet | 'unreadable' | undefined;
  readonly clientSecrets: readonly {
    readonly parameter: string;
    readonly verdict: ClientSecretVerdict;
  }[];
  /** Fingerprints of refresh tokens that the function saw refused, as far back as the log is read. */
  readonly refused: ReadonlySet<string>;
  readonly lastError: LastError | undefined;
  /** What could not be read. */
  readonly unknown: readonly { readonly what: string; readonly why: Unread['why'] }[];
}

export const isCurrent = ({ stages }: Pick<FoundVersion, 'stages'>) =>
  stages.includes('AWSCURRENT');
