import {
  dispatcherTimeoutMs,
  fleetPeriodMs,
  functionTimeoutMs,
  tickMs,
} from '../../lambda/core/limits';
import {
  type DispatcherMemory,
  type DispatchResult,
  dispatch,
} from '../../lambda/dispatcher/dispatch';
import type { Registry } from '../../lambda/effects/registry';
import type { Telemetry } from '../../lambda/effects/telemetry';
import { BatchPace, deliveryOf, processBatch } from '../../lambda/rotator/batch';
import { type BatchMessage, parseEvent, parseMessage } from '../../lambda/rotator/events';
import { EnvironmentMemory } from '../../lambda/rotator/memory';
import { type RotateOptions, rotate } from '../../lambda/rotator/rotation';
import type { RotationResult } from '../../lambda/rotator/run';
import { parseSettings } from '../../lambda/rotator/settings';
import { EventSource, type SqsEvent } from '../../local/aws/sqs/eventSource';
import {
  fleetFollowUps,
  fleetParameterStore,
  fleetProvider,
  fleetQueue,
  fleetRegistry,
  fleetSecretStore,
} from './effects';
import { type FleetOptions, FleetWorld, minuteMs, startMs } from './fleetWorld';

/** As the fleet's stack sets it: at its turn in each period, a token of 20 minutes' age is due. */
const settings = parseSettings({
  REFRESH_BELOW_SECONDS: '2700',
  TICK_PERIOD_SECONDS: String(fleetPeriodMs / 1_000),
});
/** Lambda repeats a failed asynchronous invocation, of the dispatcher, after 1 and after 2 minutes. */
const retryDelaysMs = [minuteMs, 2 * minuteMs];
/** Long enough for any visibility timeout to be noticed; what is sent is noticed at once. */
const pollMs = 1_000;

const silent: Telemetry = { info() {}, warn() {}, error() {}, count() {}, gauge() {} };

/** A run of the dispatcher that ended in the middle, or with its time. */
class DispatcherDied extends Error {
  override readonly name = 'DispatcherDied';
}

/**
 * A fleet in simulated time: the real dispatcher and the real rotator, fed by the model of Lambda's
 * event source, on models of the queue, of both stores and of the provider.
 */
export class Fleet {
  readonly world: FleetWorld;
  readonly source: EventSource;
  /** Milliseconds from when a message was sent to when its rotation had succeeded. */
  readonly latencies = new Map<string, number[]>();
  readonly dispatched: DispatchResult[] = [];
  /** Invocations of the rotator, and milliseconds in all. */
  readonly invoked = { times: 0, failures: 0, ms: 0 };
  /** Pages after which the next run of the dispatcher dies. */
  diesAfterPages: number | undefined;
  isConsuming = true;
  #dispatcherMemory: DispatcherMemory = {};
  readonly #idle: EnvironmentMemory[] = [];
  #stopped = false;

  constructor(options: FleetOptions) {
    this.world = new FleetWorld(options);
    this.source = new EventSource(this.world.sqs, {
      queueUrl: this.world.queueUrl,
      maximumConcurrency: options.concurrency,
      invoke: (event) => this.#invoke(event),
      afterCall: () => this.world.time.after(this.world.latencies.awsMs),
    });
    this.#keepPolling();
  }

  /** Lets the schedule run from now on. */
  startSchedule(): void {
    const { time } = this.world;
    const tick = (atMs: number) => {
      if (this.#stopped) return;
      void this.#dispatchRepeatedly(atMs);
      time.at(atMs + tickMs, () => tick(atMs + tickMs));
    };
    const firstMs = Math.ceil((time.nowMs - startMs) / tickMs) * tickMs + startMs;
    time.at(firstMs, () => tick(firstMs));
  }

  stopSchedule(): void {
    this.#stopped = true;
  }

  advance(ms: number): Promise<void> {
    const { time } = this.world;
    return time.advanceTo(time.nowMs + ms);
  }

  /** Sends a message of each connection, as the dispatcher does, and in no time. */
  send(connections: readonly string[]): void {
    const { sqs, queueUrl, time } = this.world;
    for (const connection of connections) {
      sqs.sendMessage({
        QueueUrl: queueUrl,
        MessageBody: JSON.stringify({ connection }),
        MessageGroupId: connection,
        MessageDeduplicationId: `${time.nowMs}/${connection}`,
      });
    }
    this.#poll();
  }

  /** One run of the dispatcher, as the schedule asks for it. */
  async dispatch(scheduledAtMs: number, timeoutMs = dispatcherTimeoutMs): Promise<DispatchResult> {
    const { time } = this.world;
    const deadlineMs = time.nowMs + timeoutMs;
    const result = await dispatch({
      registry: this.#mortal(fleetRegistry(this.world), deadlineMs),
      queue: fleetQueue(this.world, () => this.#poll()),
      clock: { now: () => time.nowMs, sleep: (ms) => time.after(ms) },
      telemetry: silent,
      memory: this.#dispatcherMemory,
      scheduledAtMs,
      deadlineMs,
    });
    this.dispatched.push(result);
    return result;
  }

  async #dispatchRepeatedly(scheduledAtMs: number): Promise<void> {
    for (const delayMs of [...retryDelaysMs, undefined]) {
      try {
        await this.dispatch(scheduledAtMs);
        return;
      } catch {
        // A new process remembers nothing of the run before.
        this.#dispatcherMemory = {};
        if (delayMs === undefined) return;
        await this.world.time.after(delayMs);
      }
    }
  }

  /** The run ends with its time, or when it is to die. */
  #mortal(registry: Registry, deadlineMs: number): Registry {
    const { time } = this.world;
    let left = this.diesAfterPages ?? Number.POSITIVE_INFINITY;
    this.diesAfterPages = undefined;
    return {
      async *pages() {
        for await (const page of registry.pages()) {
          if (left <= 0 || time.nowMs >= deadlineMs) throw new DispatcherDied();
          left -= 1;
          yield page;
        }
      },
    };
  }

  #keepPolling(): void {
    this.world.time.at(this.world.time.nowMs + pollMs, () => {
      this.#poll();
      this.#keepPolling();
    });
  }

  #poll(): void {
    if (this.isConsuming) this.source.poll();
  }

  async #invoke(event: SqsEvent): Promise<unknown> {
    const { time } = this.world;
    const memory = this.#idle.pop() ?? new EnvironmentMemory();
    const beganAtMs = time.nowMs;
    this.invoked.times += 1;
    try {
      const unpaced = this.#optionsFor(memory);
      const pace = new BatchPace(unpaced.clock);
      const options = { ...unpaced, provider: pace.of(unpaced.provider) };
      const answer = await processBatch(
        this.#messagesIn(event),
        async (message) => {
          await rotateFor(message, options);
          this.#noteLatency(event);
        },
        pace,
      );
      this.invoked.failures += answer.batchItemFailures.length;
      return answer;
    } finally {
      this.invoked.ms += time.nowMs - beganAtMs;
      this.#idle.push(memory);
    }
  }

  #messagesIn(event: SqsEvent): readonly BatchMessage[] {
    const { sqs, queueUrl } = this.world;
    const { secretPrefix } = settings;
    const request = parseEvent(event, { secretPrefix, queueArn: sqs.arnOf(queueUrl) });
    if (request.kind !== 'batch') throw new Error('The event source gives batches alone.');
    return request.messages;
  }

  #noteLatency({ Records: [record] }: SqsEvent): void {
    const group = record?.attributes.MessageGroupId;
    if (group === undefined) return;
    const latencies = this.latencies.get(group) ?? [];
    latencies.push(this.world.time.nowMs - Number(record?.attributes.SentTimestamp));
    this.latencies.set(group, latencies);
  }

  #optionsFor(memory: EnvironmentMemory): RotateOptions {
    const { world } = this;
    const { time } = world;
    const parameterStore = fleetParameterStore(world);
    return {
      secretStore: fleetSecretStore(world),
      parameterStore: () => parameterStore,
      provider: fleetProvider(world),
      clock: { now: () => time.nowMs, sleep: (ms) => time.after(ms) },
      entropy: { random: world.random },
      telemetry: silent,
      followUps: fleetFollowUps(world),
      settings,
      memory,
      deadlineMs: time.nowMs + functionTimeoutMs,
    };
  }
}

/** What the rotator's handler does with a message. */
function rotateFor(message: BatchMessage, options: RotateOptions): Promise<RotationResult> {
  const event = parseMessage(message);
  const { connection, force } = event;
  return rotate(options, { connection, force, delivery: deliveryOf(event, message) });
}
