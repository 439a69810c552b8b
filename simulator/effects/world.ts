import { storeAttemptMs } from '../../lambda/core/limits';
import type { World } from '../../lambda/rotator/run';
import { awsError } from '../outside/awsErrors';
import type { Invocation } from '../simulated';
import type { Call } from '../vocabulary';
import { type Affected, effect } from './effect';
import { simulatedProvider } from './provider';
import { simulatedParameterStore, simulatedSecretStore } from './stores';

/** The world as one invocation sees it. */
export function worldOf(simulation: Affected, invocation: Invocation): World {
  const parameterStore = simulatedParameterStore(simulation, invocation);
  const { time, options } = simulation;
  const { skewMs } = invocation.environment;
  return {
    secretStore: simulatedSecretStore(simulation, invocation),
    parameterStore: () => parameterStore,
    provider: simulatedProvider(simulation, invocation),
    clock: {
      now: () => Math.floor(time.nowMs) + skewMs,
      sleep: (ms) => time.after(ms),
    },
    entropy: { random: options.random },
    telemetry: { info() {}, warn() {}, error() {}, count() {}, gauge() {} },
    followUps: {
      send: ({ force }) =>
        send(simulation, invocation, 'queue.send', () =>
          simulation.send({ isFollowUp: true, force }),
        ),
    },
    events: { put: () => send(simulation, invocation, 'events.put', () => {}) },
  };
}

/** A call that sends something to a queue or a bus. */
function send(
  simulation: Affected,
  invocation: Invocation,
  call: Call,
  carryOut: () => void,
): Promise<void> {
  return effect(simulation, invocation, call, (trouble) => {
    const what = trouble?.kind === 'store' ? trouble.what : undefined;
    if (what === 'throttled' || what === 'denied') return { error: awsError('Refused') };
    if (what !== 'hangs') carryOut();
    if (what === 'hangs' || what === 'slow') {
      return { error: awsError('TimeoutError'), delayMs: 2 * storeAttemptMs };
    }
    return what === 'lostResponse' ? { error: awsError('NetworkingError') } : {};
  });
}
