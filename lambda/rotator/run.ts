import { RotationError } from '../core/errors';
import { closingReserveMs } from '../core/limits';
import { parameterNames } from '../core/names';
import type { Clock } from '../effects/clock';
import type { Entropy } from '../effects/entropy';
import type { Journal } from '../effects/journal';
import type { ParameterStore } from '../effects/parameterStore';
import type { Provider } from '../effects/provider';
import type { SecretStore } from '../effects/secretStore';
import type { Telemetry } from '../effects/telemetry';
import type { ConnectionMemory } from './memory';
import type { Destination } from './publish';
import type { Settings } from './settings';

/** What a rotation may touch of the world. */
export interface World {
  readonly secretStore: SecretStore;
  /** Made late: most invocations find a fresh token and never need it. */
  readonly parameterStore: () => ParameterStore;
  readonly provider: Provider;
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly journal: Journal;
  readonly telemetry: Telemetry;
}

/** One invocation for one connection. */
export interface Run extends World {
  readonly settings: Settings;
  readonly memory: ConnectionMemory;
  readonly connection: string;
  readonly force: boolean;
  /** Where a refreshed token set goes, if not to AWSCURRENT. */
  readonly destination: Destination | undefined;
  /** When the invocation has to have answered. */
  readonly deadlineMs: number;
  /** Token requests so far, and the time they took. */
  readonly providerUse: { attempts: number; ms: number };
}

export const secretIdOf = (run: Run) => `${run.settings.secretPrefix}${run.connection}`;

export const parameterNamesOf = (run: Run) =>
  parameterNames(run.connection, run.settings.parameterPrefix);

/** Milliseconds left for effects, the last log lines not counted in. */
export function leftMs(run: Run): number {
  return run.deadlineMs - closingReserveMs - run.clock.now();
}

export function deadlineExceeded(run: Run, before: string): RotationError {
  return new RotationError(
    'DeadlineExceeded',
    `Connection "${run.connection}": not enough of the invocation's time is left ${before}. ` +
      'Nothing was lost; the next invocation goes on from here.',
  );
}
