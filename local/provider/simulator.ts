import type { ProviderFault } from './faults';
import type { ProviderModel } from './model';
import type { Times } from './pendingFaults';
import type { SecondUse } from './refreshTokens';

/** One line of the request log; holds no token or secret. */
export interface LoggedRequest {
  readonly path: string;
  readonly atMs: number;
  /** `null` if, or as long as, the client was not answered. */
  readonly status: number | null;
  /** When the provider itself saw the request; `null` if, or as long as, it did not. */
  readonly takenUpAtMs: number | null;
  readonly hadRefreshToken: boolean;
  /** Of the refresh token presented: 8 hex digits of its SHA-256. */
  readonly fingerprint: string | null;
}

export interface ProviderSimulator {
  /** Without a trailing slash. */
  readonly url: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** The seeded refresh token, unused. */
  readonly refreshToken: string;
  readonly model: ProviderModel;
  /** The provider's time: every lifetime counts on it. */
  readonly clock: { now(): number; advance(ms: number): void };
  /** All requests but the controls', in the order of their arrival. */
  readonly requests: readonly LoggedRequest[];
  readonly pendingFaults: readonly ProviderFault[];
  /**
   * Appends a fault for the next request of its kind that has none, for the next so many, or for
   * all of them for so long; returns the function that cancels what is left of it.
   *
   * @throws Error if it contradicts itself
   */
  orderFault(fault: ProviderFault, times?: Times): () => void;
  /** Takes up the late requests that are due by now, which else the next request does. */
  settle(): void;
  /** Begins another chain, as somebody who logs in; its refresh token. */
  logIn(): string;
  /** Makes a client secret that is accepted beside the active one at once; the secret. */
  stageClientSecret(): string;
  setSecondUse(secondUse: SecondUse): void;
  /** Ends every connection, also those still waiting for a slow answer. */
  close(): Promise<void>;
}
