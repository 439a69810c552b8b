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
