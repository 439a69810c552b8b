import type { ConnectionConfig } from './connection';
import type { Redacted } from './redacted';
import type { StoredVersion, TokenSet } from './tokenSet';

/** What Parameter Store holds for a connection, read and validated. */
export interface ConnectionParameters {
  readonly config: ConnectionConfig;
  /** The client secret, then the staged one where there is one. */
  readonly clientSecrets: readonly [Redacted, ...Redacted[]];
  readonly escrow: TokenSet | undefined;
  /** Whether anything stands in the escrow, readable or not. */
  readonly escrowPresent: boolean;
}

/** All that one rotation knows so far. Secrets and tokens are named by fingerprint in the sets. */
export interface Facts {
  readonly nowMs: number;
  readonly refreshBelowMs: number;
  /** Rotate though the access token is fresh; met once AWSCURRENT has changed. */
  readonly force: boolean;

  readonly current: StoredVersion;
  /** A 401 came after AWSCURRENT was read: another invocation may have won meanwhile. */
  readonly currentMayBeStale: boolean;
  readonly parameters: ConnectionParameters | undefined;
  /** A token set that no store took, kept by this container. */
  readonly unpublished: TokenSet | undefined;
  /** The other versions of the secret, in the order to try them; undefined until looked into. */
  readonly otherVersions: readonly StoredVersion[] | undefined;

  /** An exchange that an earlier invocation of this container began and did not see through. */
  readonly unfinished: { readonly refreshToken: string; readonly lastUseMs: number } | undefined;

  /** Refresh tokens refused although the client credentials were accepted. */
  readonly refusedTokens: ReadonlySet<string>;
  /** A 401 whose cause, token or credentials, is still to be told. */
  readonly unexplained: { readonly token: Redacted; readonly clientSecret: Redacted } | undefined;
  /** What this invocation has seen the provider say of each client secret. */
  readonly secretVerdicts: ReadonlyMap<string, 'accepted' | 'refused'>;
  /** Client secrets that an earlier invocation saw refused: asked about before a token is sent. */
  readonly doubtedSecrets: ReadonlySet<string>;

  /** A token set found elsewhere has been made AWSCURRENT. */
  readonly repaired: boolean;
  /** What this invocation has published after a refresh. */
  readonly outcome: 'rotated' | 'recovered' | 'reissued' | undefined;
}
