import type { Case } from '../cases';
import { type SecondUse, secondUses } from '../outside/provider';
import { issued } from '../scenarios';
import { startMs } from '../simulated';
import { Simulation } from '../simulation';
import type { Call } from '../vocabulary';
import { faultOf, type NamedHistory } from './history';
import { operators } from './operators';
import { platform } from './platform';
import { provider } from './provider';

const minuteMs = 60_000;
const tickMs = 5 * minuteMs;
const fleetPeriodMs = 20 * minuteMs;

/** What was reported, found by attack or by a seed: each was seen to fail before it was fixed. */
export const histories: readonly NamedHistory[] = [...provider, ...operators, ...platform];

/** Plays a history that was reported, then the schedule, and gives all that is wrong with it. */
export async function playHistory(
  history: NamedHistory,
  secondUse: SecondUse,
  { isTraced = false }: { readonly isTraced?: boolean } = {},
): Promise<{ readonly simulation: Simulation; readonly wrong: readonly string[] }> {
  const met = new Map<Call, number>();
  const simulation: Simulation = new Simulation({
    ...{ secondUse, onBrokenChain: 'alarm', random: () => 0.5, isTraced },
    ...history.options,
    faultAt(_, call, refreshToken) {
      const nth = met.get(call) ?? 0;
      met.set(call, nth + 1);
      const atMs = simulation.time.nowMs - startMs;
      return faultOf(history, { call, atMs, nth, refreshToken });
    },
  });
  const { time, checker, options } = simulation;
  if (history.prepare) history.prepare(simulation);
  else issued(simulation);
  checker.readers.isStrict = true;
  if (history.play) history.play(simulation);
  else simulation.send();
  const periodMs = options.isFleet ? fleetPeriodMs : tickMs;
  const endMs = startMs + (history.minutes ?? 60) * minuteMs;
  for (let atMs = startMs + tickMs; atMs <= endMs; atMs += tickMs) {
    await time.advanceTo(atMs);
    checker.check();
    if (atMs < endMs && (atMs - startMs) % periodMs === 0) simulation.send();
  }
  checker.checkEnd();
  const shown = Object.entries(history.shows?.(simulation) ?? {})
    .filter(([, [found, right]]) => found !== right)
    .map(([what, [found, right]]) => `${what}: ${found}, not ${right}`);
  const losses = checker.losses.map(({ why }) => `the chain was lost: ${why}`);
  return { simulation, wrong: [...checker.violations, ...losses, ...shown] };
}

/** Every history under every answer to a second use. */
export const historyCases: readonly Case[] = histories.flatMap((history) =>
  secondUses.map((secondUse) => ({
    name: `${history.name} | ${secondUse}`,
    play: async () => (await playHistory(history, secondUse)).wrong,
  })),
);
