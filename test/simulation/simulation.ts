import { RotationError } from '../../lambda/core/errors';
import type { UnfinishedExchange } from '../../lambda/effects/journal';
import { ContainerMemory } from '../../lambda/rotator/memory';
import { type RotateOptions, rotate } from '../../lambda/rotator/rotation';
import { performStep } from '../../lambda/rotator/rotationSteps';
import type { World } from '../../lambda/rotator/run';
import { parseSettings } from '../../lambda/rotator/settings';
import { connection, type Durable } from './chainState';
import { simulatedParameterStore, simulatedProvider, simulatedSecretStore } from './effects';
import { type Call, clockSkewMs, type Fault } from './faults';
import { Outages } from './outages';
import { Outside, type OutsideOptions } from './outside';
import { Properties } from './properties';
import { VirtualTime } from './virtualTime';

export const startMs = Date.parse('2026-01-01T00:00:00.000Z');
/** Lambda ends an invocation then, whatever it does. */
const timeoutMs = 40_000;
/** Lambda repeats a failed asynchronous invocation after 1 and after 2 minutes. */
const retryAfterMs = [60_000, 120_000];
/** A fleet's queue delivers a message again then, counted from when it was taken. */
const visibilityTimeoutMs = 60_000;
const mostReceives = 18;

export interface SimulationOptions extends OutsideOptions {
  /** Asked at every effect, numbered from 0 through the whole history. */
  readonly faultAt: (effect: number, call: Call) => Fault | undefined;
  readonly random: () => number;
  readonly latencyMs?: (call: Call) => number;
  /** Whether the connection is one of a fleet. @default false */
  readonly fleet?: boolean;
}

/**
 * One Lambda execution environment: what its process remembers, what is in its `/tmp`, and how wrong
 * its clock is. A crash or timeout ends the process alone.
 */
export interface Container {
  memory: ContainerMemory;
  readonly journal: Map<string, UnfinishedExchange>;
  skewMs: number;
  busy: boolean;
}

export interface Invocation {
  readonly container: Container;
  /** The process that it runs in, by what that remembers. */
  readonly memory: ContainerMemory;
  readonly end: (result: Ended) => void;
  running: boolean;
  calls: number;
}

export type SimulatedEvent =
  | { readonly force?: boolean }
  | {
      readonly step: 'createSecret' | 'setSecret' | 'testSecret' | 'finishSecret';
      versionId: string;
    };

export type Ended =
  | { readonly kind: 'succeeded'; readonly outcome: string }
  | { readonly kind: 'failed'; readonly code: string }
  | { readonly kind: 'crashed' | 'timedOut' };

const settings = parseSettings({});
/** As the stack of a fleet sets it. */
const fleetSettings = parseSettings({ REFRESH_BELOW_SECONDS: '2700' });
const usualLatencyMs = (call: Call) => (call.startsWith('provider') ? 150 : 20);

/**
 * The real rotation, with everything around it simulated: provider, both stores, clock, chance, and
 * Lambda with its containers, retries and timeout. One history is a pure function of its options.
 */
export class Simulation {
  readonly time = new VirtualTime(startMs);
  readonly outside: Outside;
  readonly durable: Durable;
  readonly outages = new Outages(this.time);
  readonly properties: Properties;
  readonly containers: Container[] = [];
  /** Which effects took place, in their order. */
  readonly trace: Call[] = [];
  readonly options: SimulationOptions;
  /** Whether the history has depended on `onBrokenChain` so far. */
  consultedOnBrokenChain = false;
  #ids = 0;

  constructor(options: SimulationOptions) {
    this.options = options;
    this.outside = new Outside(options, this.time, (kind) => this.nextId(kind));
    this.durable = this.outside.durable;
    this.properties = new Properties(this);
    this.outside.onIssued = (token) => this.properties.noteIssued(token);
  }

  nextId(kind: string): string {
    this.#ids += 1;
    return `${kind}-${String(this.#ids).padStart(32, '0')}`;
  }

  /** An asynchronous invocation: repeated twice while it fails. */
  async invokeAsync(event: SimulatedEvent = {}): Promise<Ended> {
    let ended = await this.invoke(event);
    for (const delayMs of retryAfterMs) {
      if (ended.kind === 'succeeded') break;
      await this.time.after(delayMs);
      ended = await this.invoke(event);
    }
    return ended;
  }

  /** A message of a fleet's queue: delivered again while it fails, until its period is over. */
  async deliver(): Promise<void> {
    for (let receives = 1; receives <= mostReceives; receives++) {
      const takenAtMs = this.time.nowMs;
      const ended = await this.invoke();
      if (ended.kind === 'succeeded') return;
      await this.time.after(takenAtMs + visibilityTimeoutMs - this.time.nowMs);
    }
  }

  invoke(event: SimulatedEvent = {}): Promise<Ended> {
    return new Promise((resolve) => {
      const container = this.#idleContainer();
      const end = (result: Ended) => {
        if (!invocation.running) return;
        invocation.running = false;
        cancelTimeout();
        container.busy = false;
        if (result.kind === 'crashed' || result.kind === 'timedOut') {
          container.memory = new ContainerMemory();
        }
        this.properties.afterInvocation(invocation, result);
        resolve(result);
      };
      const { memory } = container;
      const invocation: Invocation = { container, memory, end, running: true, calls: 0 };
      this.properties.beforeInvocation(invocation);
      const cancelTimeout = this.time.at(this.time.nowMs + timeoutMs, () =>
        end({ kind: 'timedOut' }),
      );
      this.#run(invocation, event).then(
        (result) => end({ kind: 'succeeded', outcome: result.outcome }),
        (thrown) => end({ kind: 'failed', code: this.#codeOf(thrown) }),
      );
    });
  }

  /** Lambda's own choice, at any time between two invocations. */
  recycle(container: Container): void {
    const index = this.containers.indexOf(container);
    if (index >= 0) this.containers.splice(index, 1);
  }

  #idleContainer(): Container {
    let container = this.containers.find(({ busy }) => !busy);
    if (container === undefined) {
      container = {
        memory: new ContainerMemory(),
        journal: new Map(),
        skewMs: 0,
        busy: false,
      };
      this.containers.push(container);
    }
    container.busy = true;
    return container;
  }

  #run(invocation: Invocation, event: SimulatedEvent) {
    const { container } = invocation;
    const options: RotateOptions = {
      ...this.#worldOf(invocation),
      settings: this.options.fleet ? fleetSettings : settings,
      memory: invocation.memory,
      deadlineMs: this.time.nowMs + container.skewMs + timeoutMs,
    };
    if ('step' in event) return performStep(options, { ...event, connection });
    return rotate(options, { connection, force: event.force ?? false });
  }

  #worldOf(invocation: Invocation): World {
    const parameterStore = simulatedParameterStore(this, invocation);
    return {
      secretStore: simulatedSecretStore(this, invocation),
      parameterStore: () => parameterStore,
      provider: simulatedProvider(this, invocation),
      clock: {
        now: () => Math.floor(this.time.nowMs) + invocation.container.skewMs,
        sleep: (ms) => this.time.after(ms),
      },
      entropy: {
        random: this.options.random,
        uuid: () => this.nextId('version'),
      },
      journal: {
        read: (name) => invocation.container.journal.get(name),
        write: (name, exchange) => invocation.container.journal.set(name, exchange),
        clear: (name) => invocation.container.journal.delete(name),
      },
      telemetry: { info() {}, warn() {}, error() {}, count() {}, gauge() {} },
    };
  }

  /** Anything but a documented code is a violation in itself. */
  #codeOf(thrown: unknown): string {
    if (thrown instanceof RotationError) return thrown.code;
    this.properties.violate(`an undocumented error: ${String(thrown)}`);
    return 'undocumented';
  }

  /**
   * One effect of an invocation, on its way there and back. A dead invocation's effects never
   * return.
   */
  async effect<T>(
    invocation: Invocation,
    call: Call,
    carryOut: (fault: Fault | undefined) => T | Promise<T>,
  ): Promise<T> {
    if (!invocation.running) return never();
    const index = this.trace.push(call) - 1;
    invocation.calls += 1;
    const fault = this.options.faultAt(index, call);
    const latencyMs = (this.options.latencyMs ?? usualLatencyMs)(call);
    if (fault !== undefined) this.properties.trouble();
    if (fault === 'clockAhead') invocation.container.skewMs = clockSkewMs;
    if (fault === 'clockBehind') invocation.container.skewMs = -clockSkewMs;

    await this.time.after(latencyMs / 2);
    if (!invocation.running) return never();
    if (fault === 'crashBefore') return this.#crash(invocation);
    try {
      const result = await carryOut(fault);
      this.properties.afterEffect(invocation, call);
      if (fault === 'crashAfter') return this.#crash(invocation);
      await this.time.after(latencyMs / 2);
      return invocation.running ? result : never();
    } catch (thrown) {
      this.properties.afterEffect(invocation, call);
      if (fault === 'crashAfter') return this.#crash(invocation);
      await this.time.after(latencyMs / 2);
      if (!invocation.running) return never();
      throw thrown;
    }
  }

  #crash<T>(invocation: Invocation): Promise<T> {
    invocation.end({ kind: 'crashed' });
    return never();
  }
}

const never = <T>() => new Promise<T>(() => {});
