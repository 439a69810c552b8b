import { RotationError } from '../lambda/core/errors';
import { functionTimeoutMs, messageLifeMs, tickMs } from '../lambda/core/limits';
import { deliveryOf, NotYet } from '../lambda/rotator/batch';
import { parseMessage } from '../lambda/rotator/events';
import { LeftToNextMessage } from '../lambda/rotator/leave';
import { type RotateOptions, rotate } from '../lambda/rotator/rotation';
import { runRotationStep } from '../lambda/rotator/rotationSteps';
import { parseSettings } from '../lambda/rotator/settings';
import { Checker } from './checker/checker';
import { LateRequests } from './effects/lateRequests';
import { worldOf } from './effects/world';
import { lateMs } from './faults';
import { Outages } from './outages';
import { connection, Outside } from './outside/outside';
import { ConnectionQueue, type Message } from './platform/connectionQueue';
import { type Environment, Environments } from './platform/environment';
import { Premise, type Struck } from './premise';
import {
  type Asked,
  type Effect,
  type Ended,
  type Invocation,
  type Simulated,
  type SimulationOptions,
  startMs,
} from './simulated';
import { VirtualTime } from './virtualTime';
import type { Fault, PlatformFault } from './vocabulary';

const settings = parseSettings({});
/** As the stack of a fleet sets it. */
const fleetSettings = parseSettings({ REFRESH_BELOW_SECONDS: '2700', TICK_PERIOD_SECONDS: '1200' });

/**
 * The real rotation, with everything around it simulated: provider, both stores, clocks, chance, the
 * queue and Lambda with its environments. One history is a pure function of its options.
 */
export class Simulation implements Simulated {
  readonly time = new VirtualTime(startMs);
  readonly outside: Outside;
  readonly outages = new Outages();
  readonly premise: Premise;
  readonly environments: Environments;
  readonly queue = new ConnectionQueue();
  readonly lateRequests: LateRequests;
  readonly checker: Checker;
  readonly effects: Effect[] = [];
  readonly running = new Set<Invocation>();
  readonly story: string[] = [];
  /** How each invocation ended. */
  readonly ends: string[] = [];
  /** Whether a person, or Secrets Manager's own rotation, is at work. */
  isOperated = false;
  /** How often the history came to depend on `onBrokenChain` so far. */
  brokenChains = 0;

  constructor(readonly options: SimulationOptions) {
    const now = () => this.time.nowMs;
    this.outside = new Outside(options, now);
    this.environments = new Environments(options.skewMs ?? 0);
    this.premise = new Premise(this.outside, this.outages, {
      counts: (refreshToken) => this.checker.chain.counts(refreshToken),
      now,
      nextDeliveryMs: () => this.#nextDeliveryMs(),
      isThreatened: (refreshToken) => this.lateRequests.threatens(refreshToken),
      isUser: (environment) => this.checker.chain.isUser(environment),
      held: () => this.environments.warm.flatMap(({ held }) => [...held]),
    });
    this.lateRequests = new LateRequests(this);
    this.checker = new Checker(this);
  }

  /** Writes down what happens, where anybody reads it. */
  trace(what: () => string): void {
    if (!this.options.isTraced) return;
    const seconds = ((this.time.nowMs - startMs) / 1_000).toFixed(3).padStart(10);
    const text = what();
    const [last = ''] = this.story.slice(-1);
    const repeated = /^(.*) s {2}(.*?)(?: \(and (\d+) more\))?$/.exec(last);
    if (repeated?.[2] === text) {
      this.story[this.story.length - 1] =
        `${repeated[1]} s  ${text} (and ${Number(repeated[3] ?? 0) + 1} more)`;
    } else this.story.push(`${seconds} s  ${text}`);
  }

  /** A schedule's message, or an operator's. */
  send(body: { readonly force?: boolean; readonly isFollowUp?: boolean } = {}): void {
    this.queue.send(JSON.stringify({ connection, ...body }), this.time.nowMs);
    this.poll();
  }

  /** Lets the queue deliver what it may. */
  poll(): void {
    const message = this.queue.take(this.time.nowMs);
    if (message) {
      this.options.onDelivery?.();
      if (this.time.isHalted) return;
      void this.#deliver(message);
      this.#pollAt(message);
      return;
    }
    const first = this.queue.messages[0];
    if (first) this.#pollAt(first);
  }

  #pollAt({ visibleAtMs, sentAtMs }: Message): void {
    const atMs = Math.min(visibleAtMs, sentAtMs + messageLifeMs);
    if (atMs > this.time.nowMs) this.time.at(atMs, () => this.poll());
  }

  async #deliver(message: Message): Promise<void> {
    const asked = { by: 'queue', message } as const;
    const { ended, isKept } = await this.#invoke(asked);
    if (ended?.kind === 'succeeded' && !isKept) this.queue.delete(message);
    this.poll();
  }

  /** A direct invocation by hand, or a step of Secrets Manager's own rotation. */
  async invoke(asked: Exclude<Asked, { by: 'queue' }>): Promise<Ended> {
    const { ended } = await this.#invoke(asked);
    return ended ?? { kind: 'died' };
  }

  /** When the message that is being worked on, or the next tick, is delivered. */
  #nextDeliveryMs(): number {
    const first = this.queue.messages[0];
    if (first) return Math.max(first.visibleAtMs, this.time.nowMs);
    const periodMs = this.options.isFleet ? 4 * tickMs : tickMs;
    return Math.ceil((this.time.nowMs - startMs) / periodMs) * periodMs + startMs;
  }

  #invoke(asked: Asked): Promise<Invocation> {
    const fault = this.#platformFault(asked);
    if (fault?.what === 'late' && asked.by === 'queue') {
      // As if it had been taken only then.
      const { message } = asked;
      message.receiveCount -= 1;
      message.visibleAtMs = this.time.nowMs + this.premise.capMs(lateMs);
    }
    const environment = this.#environmentFor(fault);
    return new Promise((resolve) => {
      const invocation: Invocation = {
        asked,
        environment,
        startedAtMs: this.time.nowMs,
        calls: [],
        hasReadSecret: false,
        ended: undefined,
        isKept: fault?.what === 'twice',
        end: (ended) => {
          if (invocation.ended) return;
          invocation.ended = ended;
          cancelTimeout();
          environment.isBusy = false;
          this.running.delete(invocation);
          if (ended.kind === 'died' || ended.kind === 'timedOut') {
            this.environments.lose(environment);
          }
          this.ends.push(nameOf(ended));
          this.trace(() => `ends: ${nameOf(ended)}`);
          this.checker.endInvocation(invocation, ended);
          resolve(invocation);
        },
      };
      const cancelTimeout = this.time.at(this.time.nowMs + functionTimeoutMs, () =>
        invocation.end({ kind: 'timedOut' }),
      );
      this.running.add(invocation);
      this.checker.beginInvocation(invocation);
      this.trace(() => `begins: ${describe(asked)}`);
      if (fault?.what === 'late') {
        invocation.end({ kind: 'failed', code: 'late' });
        return;
      }
      this.#run(invocation).then(
        (result) =>
          invocation.end({
            kind: 'succeeded',
            outcome: result.outcome,
            ...('versionId' in result && { versionId: result.versionId }),
          }),
        (thrown) => invocation.end(this.#endOf(thrown)),
      );
    });
  }

  #platformFault({ by }: Asked): PlatformFault | undefined {
    const fault = this.nextFault({ call: 'platform.start' });
    if (fault?.kind !== 'platform') return undefined;
    const isOfQueue = fault.what === 'twice' || fault.what === 'late';
    if (isOfQueue && by !== 'queue') return undefined;
    this.checker.trouble();
    return fault;
  }

  #environmentFor(fault: PlatformFault | undefined): Environment {
    const environment = this.environments.take(this.time.nowMs);
    if (fault?.what === 'replaced') return this.environments.replace(environment, fault.skewMs);
    if (fault?.what === 'second') return this.environments.takeSecond(environment, fault.skewMs);
    return environment;
  }

  /** Numbers an effect, and gives the fault that strikes it, if any does. */
  nextFault(struck: Struck): Fault | undefined {
    const { call, refreshToken } = struck;
    const index = this.effects.push({ call, atMs: this.time.nowMs }) - 1;
    const fault = this.options.faultAt(index, call, refreshToken);
    if (fault === undefined || !this.premise.admits(fault, struck)) return undefined;
    this.trace(() => `effect ${index}, ${call}: ${fault.name}`);
    return fault;
  }

  async #run(invocation: Invocation) {
    const { asked, environment } = invocation;
    const world = worldOf(this, invocation);
    const options: RotateOptions = {
      ...world,
      settings: this.options.isFleet ? fleetSettings : settings,
      memory: environment.memory,
      deadlineMs: world.clock.now() + functionTimeoutMs,
    };
    if (asked.by === 'step') {
      const { step, versionId } = asked;
      return runRotationStep(options, { step, connection, versionId });
    }
    if (asked.by === 'hand') {
      const { force } = asked;
      return rotate(options, { connection, force, delivery: { by: 'hand' } });
    }
    const { body, receiveCount, sentAtMs } = asked.message;
    const event = parseMessage({ body });
    const delivery = deliveryOf(event, { delivery: { by: 'queue', receiveCount, sentAtMs } });
    return rotate(options, { connection, force: event.force, delivery });
  }

  /** Anything but a documented code is a violation in itself. */
  #endOf(thrown: unknown): Ended {
    if (thrown instanceof NotYet) return { kind: 'failed', code: thrown.name };
    // The function's batch takes such a message for done.
    if (thrown instanceof LeftToNextMessage) return { kind: 'succeeded', outcome: 'left' };
    if (thrown instanceof RotationError) {
      this.trace(() => thrown.message);
      return { kind: 'failed', code: thrown.code };
    }
    this.checker.violate(`an undocumented error: ${String(thrown)}`);
    return { kind: 'failed', code: 'undocumented' };
  }
}

function nameOf(ended: Ended): string {
  if (ended.kind === 'succeeded') return ended.outcome;
  return ended.kind === 'failed' ? ended.code : ended.kind;
}

function describe(asked: Asked): string {
  if (asked.by === 'queue') {
    return `message ${asked.message.body}, delivery ${asked.message.receiveCount}`;
  }
  if (asked.by === 'step') return `step ${asked.step}`;
  return asked.force ? 'by hand, forced' : 'by hand';
}
