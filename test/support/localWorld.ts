import { inspect } from 'node:util';
import type { Delivery } from '../../lambda/core/delivery';
import { RotationError } from '../../lambda/core/errors';
import { messageLifeMs, mostReceives, visibilityTimeoutMs } from '../../lambda/core/limits';
import { parseEvent } from '../../lambda/rotator/events';
import { EnvironmentMemory } from '../../lambda/rotator/memory';
import { type RotateOptions, rotate, runOf } from '../../lambda/rotator/rotation';
import { runRotationStep } from '../../lambda/rotator/rotationSteps';
import type { RotationResult, Run, World } from '../../lambda/rotator/run';
import { parseSettings } from '../../lambda/rotator/settings';
import type { AwsLocal } from '../../local/aws/server';
import type { ProviderSimulator } from '../../local/provider/server';
import { RecordedTelemetry } from './recordedTelemetry';
import { logRequests } from './requestLog';
import { minuteMs, type SimulatedClock } from './simulatedClock';
import type { StoredConnection } from './storedConnection';

/** The parts of an invocation that a test may want otherwise; it has 40 s unless set otherwise. */
export type Overrides = Partial<RotateOptions> & { readonly timeMs?: number };

/** A message of the queue as it is delivered; for the first time unless set otherwise. */
export interface Message {
  readonly force?: boolean;
  readonly receiveCount?: number;
  /** @default now */
  readonly sentAtMs?: number;
  /** It goes on if a direct invocation may have died. */
  readonly isFollowUp?: boolean;
}

/** What became of a message. */
export interface Delivered {
  /** Of the delivery that succeeded; undefined if none did in time. */
  readonly result: RotationResult | undefined;
  /** The codes of those that failed. */
  readonly failures: readonly string[];
}

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
  #memory = new EnvironmentMemory();

  constructor(
    readonly clock: SimulatedClock,
    readonly aws: AwsLocal,
    readonly provider: ProviderSimulator,
    readonly stored: StoredConnection,
    readonly effects: Omit<World, 'telemetry'>,
  ) {}

  /** As the queue delivers a message: the first time, unless set otherwise. */
  rotate(
    { force = false, receiveCount = 1, sentAtMs = this.clock.now(), isFollowUp }: Message = {},
    overrides: Overrides = {},
  ): Promise<RotationResult> {
    const delivery: Delivery = {
      by: 'queue',
      receiveCount,
      sentAtMs,
      ...(isFollowUp && { isFollowUp }),
    };
    const request = { connection: 'acme', force, delivery };
    return this.#watch(rotate(this.invocation(overrides), request));
  }

  /**
   * As the queue delivers a message until it is done: again a minute after each delivery that has
   * failed, to an environment that knows nothing of the one before unless set otherwise.
   */
  async deliver(
    {
      sentAtMs = this.clock.now(),
      forMs = messageLifeMs,
      keepsEnvironment = false,
      ...message
    }: Message & { forMs?: number; keepsEnvironment?: boolean } = {},
    overrides: Overrides = {},
  ): Promise<Delivered> {
    const failures: string[] = [];
    const { receiveCount: first = 1 } = message;
    for (let receiveCount = first; receiveCount <= mostReceives; receiveCount++) {
      const againAtMs = this.clock.now() + visibilityTimeoutMs;
      try {
        const result = await this.rotate({ ...message, receiveCount, sentAtMs }, overrides);
        return { result, failures };
      } catch (thrown) {
        if (!(thrown instanceof RotationError)) throw thrown;
        failures.push(thrown.code);
      }
      this.clock.advance(Math.max(0, againAtMs - this.clock.now()));
      if (this.clock.now() - sentAtMs >= forMs) break;
      if (!keepsEnvironment) this.startNewEnvironment();
    }
    return { result: undefined, failures };
  }

  /** As a person invokes the function directly. */
  rotateByHand(
    { force = false }: { force?: boolean } = {},
    overrides: Overrides = {},
  ): Promise<RotationResult> {
    const request = { connection: 'acme', force, delivery: { by: 'hand' } as const };
    return this.#watch(rotate(this.invocation(overrides), request));
  }

  /** One step of Secrets Manager's own rotation. */
  async step(
    Step: string,
    ClientRequestToken: string,
    { SecretId = 'sfmc/acme', ...overrides }: Overrides & { readonly SecretId?: string } = {},
  ): Promise<RotationResult> {
    const event = parseEvent({ Step, SecretId, ClientRequestToken }, { secretPrefix: 'sfmc/' });
    if (event.kind !== 'step') throw new Error('not taken for a step');
    return this.#watch(runRotationStep(this.invocation(overrides), event));
  }

  /** A run for the parts of a rotation that are tested alone. */
  run(overrides: Overrides = {}): Run {
    const delivery: Delivery = { by: 'queue', receiveCount: 1, sentAtMs: this.clock.now() };
    return runOf(this.invocation(overrides), { connection: 'acme', force: false, delivery });
  }

  invocation({ timeMs = 40_000, ...overrides }: Overrides = {}): RotateOptions {
    return {
      ...this.effects,
      telemetry: this.telemetry,
      settings: parseSettings({ ALLOW_LOOPBACK_PROVIDER: 'true', AWS_REGION: 'us-east-1' }),
      memory: this.#memory,
      deadlineMs: this.clock.now() + timeMs,
      ...overrides,
    };
  }

  /** Lets the next invocation begin in an environment that knows nothing of the ones before. */
  startNewEnvironment(): void {
    this.#memory = new EnvironmentMemory();
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
