import { inspect } from 'node:util';
import { parseEvent } from '../../lambda/rotator/events';
import { ContainerMemory } from '../../lambda/rotator/memory';
import {
  type RotateOptions,
  type RotationResult,
  rotate,
  runOf,
} from '../../lambda/rotator/rotation';
import { performStep } from '../../lambda/rotator/rotationSteps';
import type { Run, World } from '../../lambda/rotator/run';
import { parseSettings } from '../../lambda/rotator/settings';
import type { AwsLocal } from '../../local/aws/server';
import type { ProviderSimulator } from '../../local/provider/server';
import { MapJournal } from './mapJournal';
import { RecordedTelemetry } from './recordedTelemetry';
import { logRequests } from './requestLog';
import { minuteMs, type SimulatedClock } from './simulatedClock';
import type { StoredConnection } from './storedConnection';

/** The parts of an invocation that a test may want otherwise; it has 40 s unless told. */
export type Overrides = Partial<RotateOptions> & { readonly timeMs?: number };

/** What a reader of the secret depends on. */
export interface ChainState {
  /** `ending`: the stored refresh token is accepted now and no longer in 10 minutes. */
  readonly chain: 'alive' | 'ending' | 'dead';
  readonly accessToken: 'valid' | 'invalid' | 'none';
}

/** The state that every rotation should leave. */
export const whole: ChainState = { chain: 'alive', accessToken: 'valid' };

/**
 * The connection "acme" on local servers, driven by the real rotation over real SDK clients, all
 * on one simulated clock. When the test ends, everything is closed, and all that was logged or
 * thrown is searched for tokens and client secrets.
 */
export class LocalWorld {
  readonly telemetry = new RecordedTelemetry();
  /** Every HTTP request that was sent, in order. */
  readonly requests = logRequests();
  readonly #thrown: unknown[] = [];
  #memory = new ContainerMemory();
  #journal = new MapJournal();

  constructor(
    readonly clock: SimulatedClock,
    readonly aws: AwsLocal,
    readonly provider: ProviderSimulator,
    readonly stored: StoredConnection,
    readonly effects: Omit<World, 'telemetry' | 'journal'>,
  ) {}

  rotate(event: { force?: boolean } = {}, overrides: Overrides = {}): Promise<RotationResult> {
    const connection = { connection: 'acme', force: false, ...event };
    return this.#watch(rotate(this.invocation(overrides), connection));
  }

  /** One step of Secrets Manager's own rotation. */
  async step(
    Step: string,
    ClientRequestToken: string,
    { SecretId = 'sfmc/acme', ...overrides }: Overrides & { readonly SecretId?: string } = {},
  ): Promise<RotationResult> {
    const event = parseEvent({ Step, SecretId, ClientRequestToken }, 'sfmc/');
    if (event.kind !== 'step') throw new Error('not taken for a step');
    return this.#watch(performStep(this.invocation(overrides), event));
  }

  /** A run for the parts of a rotation that are tested alone. */
  run(overrides: Overrides = {}): Run {
    return runOf(this.invocation(overrides), { connection: 'acme', force: false });
  }

  invocation({ timeMs = 40_000, ...overrides }: Overrides = {}): RotateOptions {
    return {
      ...this.effects,
      telemetry: this.telemetry,
      journal: this.#journal,
      settings: parseSettings({ ALLOW_LOOPBACK_PROVIDER: 'true', AWS_REGION: 'us-east-1' }),
      memory: this.#memory,
      deadlineMs: this.clock.now() + timeMs,
      ...overrides,
    };
  }

  /** Lets the next invocation begin in a new process of the same container, as after a crash. */
  restartProcess(): void {
    this.#memory = new ContainerMemory();
  }

  /** Lets the next invocation begin in a container that knows nothing of the ones before. */
  startNewContainer(): void {
    this.restartProcess();
    this.#journal = new MapJournal();
  }

  /** Forgets the requests so far. */
  clearRequests(): void {
    this.requests.length = 0;
  }

  /** Forgets the faults of the provider that have not struck. */
  endProviderFaults(): void {
    (this.provider.pendingFaults as unknown[]).length = 0;
  }

  /** Token requests that reached the provider, refused connections not among them. */
  tokenRequests() {
    return this.provider.requests.filter(({ path }) => path === '/v1/requestToken');
  }

  chainState(): ChainState {
    const { model } = this.provider;
    const { accessToken, refreshToken = '' } = this.stored.current();
    const nowMs = this.clock.now();
    const lasting = model.accepts(refreshToken, nowMs + 10 * minuteMs);
    const accepted = model.accepts(refreshToken, nowMs);
    const valid = model.isAccessTokenValid(accessToken ?? '', nowMs);
    return {
      chain: lasting ? 'alive' : accepted ? 'ending' : 'dead',
      accessToken: accessToken === undefined ? 'none' : valid ? 'valid' : 'invalid',
    };
  }

  /** All that logs and errors said. */
  said(): string {
    const { lines, gauges } = this.telemetry;
    return inspect([lines, gauges, this.#thrown], { depth: 20, maxStringLength: null });
  }

  async #watch<T>(invocation: Promise<T>): Promise<T> {
    try {
      return await invocation;
    } catch (thrown) {
      this.#thrown.push(thrown);
      throw thrown;
    }
  }
}
