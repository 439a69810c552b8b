import { startMs } from './simulated';
import type { Simulation } from './simulation';
import { calls } from './vocabulary';

const numbers = new Map<string, number>(calls.map((call, at) => [call, at]));

/** A number for what happened: the effects with their times, how invocations ended, and the state. */
export function traceHash(simulation: Simulation, state: string): number {
  let hash = 0x811c9dc5;
  const mix = (value: number) => {
    hash = Math.imul(hash ^ value, 0x01000193);
  };
  for (const { call, atMs } of simulation.effects) {
    mix(numbers.get(call) ?? 0);
    mix(Math.round(atMs - startMs));
  }
  const rest = `${simulation.ends.join()} ${state}`;
  for (let at = 0; at < rest.length; at++) mix(rest.charCodeAt(at));
  return hash;
}

/**
 * A number of 53 bits for a state: of a million states two are taken for one once in 18,000 runs. The
 * states themselves, each some KB long, would not have room in a process.
 */
export function stateHash(state: string): number {
  let [low, high] = [0x811c9dc5, 0x9e3779b9];
  for (let at = 0; at < state.length; at++) {
    const code = state.charCodeAt(at);
    low = Math.imul(low ^ code, 0x01000193);
    high = Math.imul(high ^ code, 0x85ebca6b);
    high ^= high >>> 15;
  }
  return (high >>> 11) * 2 ** 32 + (low >>> 0);
}
