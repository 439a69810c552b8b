import type { ConnectionConfig } from './connection';
import type { Delivery } from './delivery';
import type { HeldTokenSet } from './held';
import type { Redacted } from './redacted';
import type { StoredVersion } from './tokenSet';
import type { Refusal } from './verdicts';

/** What Parameter Store holds for a connection, the escrow aside, read and validated. */
export interface ConnectionParameters {
  readonly config: ConnectionConfig;
  /** The client secret, then the staged one if there is one. */
  readonly clientSecrets: readonly [Redacted, ...Redacted[]];
}

/** A version of the secret as Secrets Manager lists it, its value not read. */
export interface ListedVersion {
  readonly versionId: string;
  readonly stages: readonly string[];
  /** Milliseconds since the epoch by Secrets Manager's clock. */
  readonly createdAtMs: number;
}

/** What this invocation did with a refresh token. */
export interface Use {
  /** It may have been sent before, by whomever: a success is not clean. */
  readonly isDirty: boolean;
  /** When it was first sent and not refused, milliseconds since the epoch. */
  readonly possiblyUsedAtMs?: number;
}

/**
 * All that one rotation knows so far. Secrets and tokens are named by fingerprint in sets and maps;
 * times are milliseconds since the epoch by the environment's clock unless stated otherwise.
 */
export interface Facts {
  readonly nowMs: number;
  readonly refreshBelowMs: number;
  /** How often the queue brings a message of the connection. */
  readonly tickPeriodMs: number;
  readonly delivery: Delivery;
  /** Rotate though the access token is fresh; met once AWSCURRENT has changed. */
  readonly force: boolean;

  readonly current: StoredVersion;
  /** AWSCURRENT is what this invocation has brought and published: nobody can have used it yet. */
  readonly isOwnCurrent: boolean;
  /** A person has put it back since this environment used its refresh token, whose successor is missing. */
  readonly isPutBackUsed: boolean;
  /** AWSCURRENT cannot be read: it is what an earlier delivery has read. */
  readonly isRecalled: boolean;
  /** A refusal came after AWSCURRENT was read: another invocation may have won meanwhile. */
  readonly currentMayBeStale: boolean;
  readonly parameters: ConnectionParameters | undefined;
  /** Config or client secret do not exist: all is well as long as nobody has seeded either. */
  readonly parametersMissing: boolean;
  /** Token sets outside Secrets Manager: the escrow's once it was read, and this environment's. */
  readonly held: readonly HeldTokenSet[];
  /** Whether anything is in the escrow, readable or not. */
  readonly escrowPresent: boolean;
  /** What the escrow holds could not be read: nothing is known to be broken. */
  readonly escrowUnknown: boolean;
  /** The secret's versions by name; undefined until listed, and once AWSCURRENT has moved. */
  readonly listed: readonly ListedVersion[] | undefined;
  /** The list was denied: it counts as empty, and says nothing of what a person has replaced. */
  readonly listFailed: boolean;
  /** The other versions of the secret, in the order to try them; undefined until looked into. */
  readonly otherVersions: readonly StoredVersion[] | undefined;
  /** Secrets Manager took no write when it was last asked in this invocation. */
  readonly refusesWrites: boolean;

  readonly followUpSent: boolean;
  /** This environment has put the mark on AWSCURRENT, and has had no use of it that may have counted. */
  readonly isOwnMark: boolean;
  /** The marking of AWSCURRENT was tried and failed. */
  readonly markFailed: boolean;
  readonly uses: ReadonlyMap<string, Use>;
  /** An earlier delivery of this message may have used a refresh token without a trace. */
  readonly mayBeUsedUnseen: boolean;
  /** So may one that came after what is held had been brought. */
  readonly mayBeUsedBetween: boolean;

  /** What was refused, with accepted client credentials. */
  readonly refusals: ReadonlyMap<string, Refusal>;
  /** Refresh tokens refused in this round of requests, and how often. */
  readonly refusedInRound: ReadonlyMap<string, number>;
  /** A refusal whose cause, token or credentials, is still to be found. */
  readonly unexplained:
    | { readonly token: Redacted; readonly clientSecret: Redacted; readonly reason: string }
    | undefined;
  /** There is time for one request more: it is not spent on finding that cause. */
  readonly isInHaste: boolean;
  /** HTTP status and errorcode of the last refusal of client credentials. */
  readonly lastRefusal: string | undefined;
  /** What this invocation has seen the provider say of each client secret. */
  readonly secretVerdicts: ReadonlyMap<string, 'accepted' | 'refused'>;
  /** Client secrets that an earlier invocation saw refused: asked about before a token is sent. */
  readonly doubtedSecrets: ReadonlySet<string>;
  /** Since when this environment has seen every stored client secret refused. */
  readonly credentialsRefusedSinceMs: number | undefined;
  /** The addresses of the REST and SOAP interfaces were asked for in this environment. */
  readonly endpointsAsked: boolean;
  /** The last exchange brought no refresh token: it is asked for by the next delivery. */
  readonly lacksSuccessor: boolean;

  /** Refresh tokens that were sent and answered with tokens. */
  readonly refreshes: number;
  /** A token set found elsewhere has been made AWSCURRENT. */
  readonly repaired: boolean;
  /** What this invocation has published after a refresh. */
  readonly outcome: 'rotated' | 'recovered' | 'reissued' | undefined;
}
