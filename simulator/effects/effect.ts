import type { Checker } from '../checker/checker';
import { overtakenMs } from '../faults';
import type { Struck } from '../premise';
import type { Invocation, Simulated } from '../simulated';
import { quiet } from '../virtualTime';
import type { Call, Fault, OutageFault, RequestFault, StoreFault } from '../vocabulary';
import type { LateRequests } from './lateRequests';

/** A simulation as the effects of an invocation see it. */
export interface Affected extends Simulated {
  readonly checker: Checker;
  readonly lateRequests: LateRequests;
  /** Numbers an effect, and gives the fault that strikes it, if any does. */
  nextFault(struck: Struck): Fault | undefined;
  /** A schedule's message, or an operator's. */
  send(body: { readonly force?: boolean; readonly isFollowUp?: boolean }): void;
}

export type Trouble = RequestFault | OutageFault | StoreFault;

/** How an effect ends for the one who asked for it. */
export interface Outcome<T> {
  readonly value?: T;
  readonly error?: Error;
  /** Beyond the usual time. */
  readonly delayMs?: number;
}

const usualLatencyMs = (call: Call) => (call.startsWith('provider') ? 150 : 20);

export interface EffectOptions<T> {
  /** That of a token request. */
  readonly refreshToken?: string | undefined;
  /** What is heard if so much time is over before anything has arrived. */
  readonly timeout?: { readonly afterMs: number; readonly value: T };
}

/**
 * One effect of an invocation, on its way there and back. What was sent arrives though its process
 * ends; a dead invocation hears of nothing any more.
 *
 * @param carryOut what happens on arrival; `latencyMs` is that of both ways
 */
export function effect<T>(
  simulation: Affected,
  invocation: Invocation,
  call: Call,
  carryOut: (trouble: Trouble | undefined, latencyMs: number) => Outcome<T>,
  { refreshToken, timeout }: EffectOptions<T> = {},
): Promise<T> {
  return new Promise((resolve, reject) => {
    if (invocation.ended) return;
    const { time, checker, outages, premise } = simulation;
    invocation.calls.push(call);
    const struck = { call, refreshToken, environment: invocation.environment };
    const fault = simulation.nextFault(struck);
    if (fault) checker.trouble();
    const process = fault?.kind === 'process' ? fault : undefined;
    if (process?.what === 'dies' && process.when === 'before') {
      invocation.end({ kind: 'died' });
      return;
    }
    if ((fault?.kind === 'outage' || fault?.kind === 'request') && fault.lastsMs > 0) {
      outages.begin(call, fault, time.nowMs);
    }
    const isOnce = fault?.kind === 'store' || (fault?.kind === 'request' && fault.lastsMs === 0);
    const latencyMs = (simulation.options.latencyMs ?? usualLatencyMs)(call);
    const isOvertaken = fault?.kind === 'request' && fault.takenUp === 'overtaken';
    const arrivesMs = latencyMs / 2 + (isOvertaken ? overtakenMs : 0);
    if (timeout && timeout.afterMs < arrivesMs) {
      time.at(time.nowMs + timeout.afterMs, () => resolve(timeout.value));
    }

    time.at(time.nowMs + arrivesMs, () => {
      // What had not left when the function answered stays with its process, which stands still.
      if (invocation.ended?.kind === 'succeeded' || invocation.ended?.kind === 'failed')
        return quiet;
      const lasting = isOnce ? undefined : outages.at(call, time.nowMs);
      const strikes = lasting && premise.admits(lasting, struck);
      if (strikes) checker.trouble();
      else if (lasting) outages.end(lasting);
      const {
        value,
        error,
        delayMs = 0,
      } = carryOut(isOnce ? fault : strikes ? lasting : undefined, latencyMs);
      checker.afterEffect(call);
      simulation.trace(() => `${call}${error ? `: ${error.message}` : ''}`);
      if (process?.what === 'dies') {
        invocation.end({ kind: 'died' });
        return undefined;
      }
      const freezesMs = process?.what === 'freezes' ? premise.capMs(process.freezesMs) : 0;
      time.at(time.nowMs + latencyMs / 2 + delayMs + freezesMs, () => {
        if (invocation.ended) return;
        if (error) reject(error);
        else resolve(value as T);
      });
      // A message that was sent may have begun another invocation.
      return call === 'queue.send' ? undefined : quiet;
    });
  });
}
