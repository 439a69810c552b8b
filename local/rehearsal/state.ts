import { refreshTokenLifeDays } from '../../lambda/core/limits';
import type { LifeLine } from './lifeLine';

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
  readonly lifeLine: LifeLine;
  /** What a Lambda that reads the secret got the last time; null before the first time. */
  readonly reading: TokenReading | null;
  readonly deliveries: DeliveryState;
  readonly faults: FaultState;
  readonly clientSecret: ClientSecretState;
  /**
   * These five come newest first, and no more than the last few; incidents also while unhealed,
   * and what an incident leads to as long as the incident is here.
   */
  readonly refreshTokens: readonly RefreshTokenRow[];
  readonly incidents: readonly IncidentRow[];
  readonly repairs: readonly RepairRow[];
  readonly invocations: readonly InvocationRow[];
  readonly log: readonly LogRow[];
}

export interface Health {
  /** `person`: the function cannot fix it. */
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

export interface TokenReading {
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
  /** The control that it was ordered with. */
  readonly control: string;
  readonly what: string;
  /** When it struck; while it waits, when it was ordered. */
  readonly atMs: number;
  readonly phase: 'waiting' | 'open' | 'healed';
  /** When what disturbed was over, if that took a while. */
  readonly overAtMs: number | null;
  readonly healedAtMs: number | null;
  /** The people's repairs without which it would not have healed as it did; newest first. */
  readonly repairs: readonly number[];
  readonly how: string;
  /** The invocations that it disturbed, and the one that healed it. */
  readonly invocations: readonly number[];
  readonly runbook: RunbookSection;
}

/** A section of docs/runbook.md. */
export interface RunbookSection {
  readonly title: string;
  readonly path: string;
}

/** What a person did by hand, other than breaking something. */
export interface RepairRow {
  readonly id: number;
  readonly control: string;
  readonly what: string;
  /** What one types to do the same. */
  readonly command: string;
  readonly atMs: number;
  /** Of the invocation that it asked for, once that has ended; null also if it asked for none. */
  readonly invocation: { readonly id: number; readonly outcome: string } | null;
  readonly asksForInvocation: boolean;
}

export interface InvocationRow {
  readonly id: number;
  /** The first and the latest of them, if several in a row that went the same way are shown as one. */
  readonly firstAtMs: number;
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
  /** In which it was printed; null if between two. */
  readonly invocation: number | null;
  /** How many lines say the same, of fresh ticks or of one row of invocations; this is the last. */
  readonly times: number;
  readonly level: string;
  readonly message: string;
  readonly fields: readonly (readonly [name: string, value: string])[];
}
