import type { Outages } from './outages';
import type { Outside, OutsideOptions } from './outside/outside';
import type { Message } from './platform/connectionQueue';
import type { Environment, Environments } from './platform/environment';
import type { Premise } from './premise';
import type { VirtualTime } from './virtualTime';
import type { Call, Fault } from './vocabulary';

/** When every history begins. */
export const startMs = Date.parse('2026-01-01T00:00:00.000Z');

export interface SimulationOptions extends OutsideOptions {
  /** Asked at every effect, numbered from 0 through the whole history. */
  readonly faultAt: (effect: number, call: Call, refreshToken?: string) => Fault | undefined;
  readonly random: () => number;
  readonly latencyMs?: (call: Call) => number;
  /** Whether the connection is one of a fleet. @default false */
  readonly isFleet?: boolean;
  /** How wrong the environments' clocks are. @default 0 */
  readonly skewMs?: number;
  /** How long access tokens live. @default an hour */
  readonly lifeMs?: number;
  /** Called as an invocation by the queue begins. */
  readonly onDelivery?: () => void;
  /** Whether what happens is written down, for a reader. @default false */
  readonly isTraced?: boolean;
}

/** How an invocation is asked for. */
export type Asked =
  | { readonly by: 'queue'; readonly message: Message }
  | { readonly by: 'hand'; readonly force: boolean }
  | { readonly by: 'step'; readonly step: Step; readonly versionId: string };
export type Step = 'createSecret' | 'setSecret' | 'testSecret' | 'finishSecret';

export type Ended =
  | { readonly kind: 'succeeded'; readonly outcome: string; readonly versionId?: string }
  | { readonly kind: 'failed'; readonly code: string }
  | { readonly kind: 'died' | 'timedOut' };

export interface Invocation {
  readonly asked: Asked;
  readonly environment: Environment;
  readonly startedAtMs: number;
  /** What it has done, in order. */
  readonly calls: Call[];
  readonly end: (ended: Ended) => void;
  ended: Ended | undefined;
  /** It has read what Secrets Manager holds, and so what a person has put there. */
  hasReadSecret: boolean;
  /** The message comes again though it succeeds. */
  isKept: boolean;
}

/** An effect as it is numbered. */
export interface Effect {
  readonly call: Call;
  readonly atMs: number;
}

/** A simulation as its checker and its effects see it. */
export interface Simulated {
  readonly options: SimulationOptions;
  readonly time: VirtualTime;
  readonly outside: Outside;
  readonly outages: Outages;
  readonly premise: Premise;
  readonly environments: Environments;
  readonly effects: readonly Effect[];
  readonly running: ReadonlySet<Invocation>;
  /** How often the history came to depend on `onBrokenChain` so far. */
  brokenChains: number;
  /** Writes down what happens, if anybody reads it. */
  trace(what: () => string): void;
}
