import { refreshTokenLifeDays } from '../../lambda/core/limits';

/**
 * All that the page shows, as it is sent. Times are milliseconds since the epoch on the simulated
 * clock. Holds no token and no secret: refresh tokens go by fingerprint.
 */
export interface WatchState {
  readonly nowMs: number;
  readonly connection: string;
  /** Simulated minutes in a real second; 0 is a pause. */
  readonly pace: number;
  readonly health: Health;
  readonly accessToken: AccessTokenLife;
  /** What a Lambda that reads the secret got the last time; null before the first time. */
  readonly reading: Reading | null;
  readonly deliveries: DeliveryState;
  readonly faults: FaultState;
  readonly clientSecret: ClientSecretState;
  /** These four come newest first, and no more than the last few; incidents also while unhealed. */
  readonly refreshTokens: readonly RefreshTokenRow[];
  readonly incidents: readonly IncidentRow[];
  readonly invocations: readonly InvocationRow[];
  readonly log: readonly LogRow[];
}

export interface Health {
  /** `person`: the function cannot mend it. */
  readonly kind: 'good' | 'trouble' | 'person';
  readonly text: string;
}

export interface AccessTokenLife {
  /** Null if the secret holds no access token. */
  readonly expiresAtMs: number | null;
  readonly lifeMs: number;
  /** With less than this left, the function rotates. */
  readonly rotateBelowMs: number;
  /** With less than this left, an alarm notifies people. */
  readonly alarmBelowMs: number;
}

export interface Reading {
  readonly atMs: number;
  readonly verdict: 'accepted' | 'refused' | 'expired' | 'missing' | 'unreachable';
}

export interface DeliveryState {
  readonly nextTickAtMs: number;
  /** When the queue delivers a message again that failed, the earliest of them. */
  readonly nextRepeatAtMs: number | null;
  readonly isRunning: boolean;
  /** Messages that failed for as long as the queue delivers one. */
  readonly deadLetters: number;
}

/** Simulated minutes in a real second. */
export const paces = [0, 1, 10] as const;

/** In minutes: five, half an hour, a day, and the days after which a refresh token ends. */
export const clockMoves = [5, 30, 24 * 60, refreshTokenLifeDays * 24 * 60] as const;

export const outages = [
  'provider',
  'secrets-manager',
  'secrets-manager-writes',
  'parameter-store',
] as const;
export type Outage = (typeof outages)[number];

export interface FaultState {
  readonly down: readonly Outage[];
  /** Ordered, and not struck yet. */
  readonly lostAnswer: boolean;
  readonly kill: boolean;
}

export interface ClientSecretState {
  readonly isExpired: boolean;
  /** A staged one may be used five minutes after it was made. */
  readonly staged: 'none' | 'waiting' | 'usable';
}

/**
 * - `current`: AWSCURRENT holds it, unused.
 * - `repeatable`: AWSCURRENT holds it, spent, and the provider takes it again for five minutes.
 * - `unstored`: the newest, stored nowhere yet.
 * - `pending`, `parked`: only in AWSPENDING or in the escrow.
 * - `unused`: was stored and still works, but another has taken its place, as after a re-seeding.
 * - `lost`: never stored anywhere, and another was issued since, or it was revoked.
 */
export type RefreshTokenStatus =
  | 'current'
  | 'repeatable'
  | 'unstored'
  | 'pending'
  | 'parked'
  | 'unused'
  | 'spent'
  | 'lost'
  | 'revoked'
  | 'expired';

export interface RefreshTokenRow {
  readonly fingerprint: string;
  readonly chain: number;
  /** By an outcome of the function, or by a login. */
  readonly origin: string;
  readonly issuedAtMs: number;
  readonly firstSentAtMs: number | null;
  readonly timesSent: number;
  readonly status: RefreshTokenStatus;
  /** Staging labels, and `escrow`. */
  readonly keptAs: readonly string[];
}

export interface IncidentRow {
  readonly id: number;
  readonly what: string;
  /** When it struck; while it waits, when it was ordered. */
  readonly atMs: number;
  readonly phase: 'waiting' | 'open' | 'healed';
  readonly healedAtMs: number | null;
  readonly how: string;
}

export interface InvocationRow {
  readonly id: number;
  /** The latest of them, if several fresh ticks in a row are shown as one. */
  readonly atMs: number;
  readonly times: number;
  readonly by: 'schedule' | 'person';
  /** How often the message has been delivered, this time included. */
  readonly delivery: number;
  readonly outcome: string;
  readonly succeeded: boolean;
  readonly calls: string;
}

export interface LogRow {
  readonly id: number;
  readonly atMs: number | null;
  /** How many lines in a row say the same of a fresh tick; this is the last of them. */
  readonly times: number;
  readonly level: string;
  readonly message: string;
  readonly fields: readonly (readonly [name: string, value: string])[];
}
