import type { Outcome } from '../core/decide';
import type { Delivery } from '../core/delivery';
import { RotationError } from '../core/errors';
import { closingReserveMs } from '../core/limits';
import { parameterNames } from '../core/names';
import type { Clock } from '../effects/clock';
import type { Entropy } from '../effects/entropy';
import type { EventBus } from '../effects/eventBus';
import type { FollowUpQueue } from '../effects/followUpQueue';
import type { ParameterStore } from '../effects/parameterStore';
import type { Provider } from '../effects/provider';
import type { SecretStore } from '../effects/secretStore';
import type { Telemetry } from '../effects/telemetry';
import type { ConnectionMemory } from './memory';
import type { Settings } from './settings';

/** What a rotation may touch of the world. */
export interface World {
  readonly secretStore: SecretStore;
  /** Made late: most invocations find a fresh token and never need it. */
  readonly parameterStore: () => ParameterStore;
  readonly provider: Provider;
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly telemetry: Telemetry;
  /** @default - a direct invocation relies on the schedule alone should it die */
  readonly followUps?: FollowUpQueue | undefined;
  /** @default - no events are put */
  readonly events?: EventBus | undefined;
}

/** One invocation for one connection. */
export interface Run extends World {
  readonly settings: Settings;
  readonly memory: ConnectionMemory;
  readonly connection: string;
  readonly force: boolean;
  readonly delivery: Delivery;
  /** When the invocation has to have answered, milliseconds since the epoch. */
  readonly deadlineMs: number;
  /** What has come about so far. */
  readonly progress: RunProgress;
}

/** What an invocation answers. */
export type RotationResult =
  | {
      readonly connection: string;
      readonly outcome: Exclude<Outcome, 'waiting'>;
      /** ISO 8601. */
      readonly expiresAt: string;
      /** The version of the secret that is AWSCURRENT. */
      readonly versionId: string;
    }
  /** Nobody has seeded the connection yet. */
  | { readonly connection: string; readonly outcome: 'waiting' };

/** What has come about in a run so far. */
export interface RunProgress {
  /** Token requests so far. */
  attempts: number;
  /** The time that they took together. */
  providerMs: number;
  /** An answer took longer than an attempt: the next ones get all the time there is. */
  isProviderSlow: boolean;
  /**
   * A refresh token may have been used whose successor is not stored: what fails is tried again
   * until the invocation's time is over, whatever the failure.
   */
  staysToDeadline: boolean;
  /** Fingerprints of the refresh tokens that the escrow holds, as last read or written. */
  inEscrow: ReadonlySet<string>;
  /** What this environment remembered was parked: not all of it may have a place there. */
  hasParkedMemory: boolean;
}

export const noProgress = (): RunProgress => ({
  attempts: 0,
  providerMs: 0,
  isProviderSlow: false,
  staysToDeadline: false,
  inEscrow: new Set(),
  hasParkedMemory: false,
});

export const secretIdOf = (run: Run) => `${run.settings.secretPrefix}${run.connection}`;

export const parameterNamesOf = (run: Run) =>
  parameterNames(run.connection, run.settings.parameterPrefix);

/** Milliseconds left for effects, the last log lines not counted in. */
export function leftMs(run: Run): number {
  return run.deadlineMs - closingReserveMs - run.clock.now();
}

/** @param before what there was no time for, such as "to call the stores" */
export function deadlineExceeded(run: Run, before: string): RotationError {
  return new RotationError(
    'DeadlineExceeded',
    `Connection "${run.connection}": not enough of the invocation's time is left ${before}. ` +
      'Nothing was lost; the next invocation goes on from here.',
  );
}
