import type { Action } from '../../../local/rehearsal/actions';
import { beginSilently, pass, settle } from '../../../local/rehearsal/byHand';
import { performAction } from '../../../local/rehearsal/perform';
import { Rehearsal } from '../../../local/rehearsal/rehearsal';
import { startWatchServer, type WatchServer } from '../../../local/rehearsal/server';
import type { WatchState } from '../../../local/rehearsal/state';
import type { Story } from '../../../local/tour/story';
import { startTourWorld, type TourWorld } from '../../../local/tour/world';
import { closeAfterTest } from '../../support/closing';

/** A world that was seeded and rotated two minutes ago, paused, and what a test does in it. */
export interface Stage {
  readonly world: TourWorld;
  readonly rehearsal: Rehearsal;
  act(action: Action): Promise<void>;
  /** Simulated minutes. */
  pass(minutes: number): Promise<void>;
  settle(): Promise<void>;
}

/** @param setUp what has happened before the rehearsal begins */
export async function startStage(
  setUp: (story: Story) => Promise<void> = async () => {},
): Promise<Stage> {
  const world = await startTourWorld();
  closeAfterTest(() => world.close());
  const story = await beginSilently(world);
  await setUp(story);
  // What is younger than a minute is not rotated by force.
  world.advance(2 * 60_000);
  const rehearsal = new Rehearsal(story);
  rehearsal.pace = 0;
  return {
    world,
    rehearsal,
    act: (action) => performAction(rehearsal, action),
    pass: (minutes) => pass(rehearsal, minutes),
    settle: () => settle(rehearsal),
  };
}

export async function serve({ rehearsal, act }: Stage, port?: number): Promise<WatchServer> {
  const server = await startWatchServer({ port, state: () => rehearsal.state(), perform: act });
  closeAfterTest(() => server.close());
  return server;
}

/** The server without a world: it sends `state`, and notes what it is asked to do. */
export async function serveAlone() {
  const performed: Action[] = [];
  const state: WatchState & { pace: number } = {
    nowMs: Date.UTC(2026, 0, 5, 8),
    connection: 'demo',
    pace: 0,
    health: { kind: 'good', text: 'All is well.' },
    accessToken: { expiresAtMs: null, lifeMs: 1, rotateBelowMs: 1, alarmBelowMs: 1 },
    lifeLine: { beganAtMs: 0, stretches: [], jumps: [] },
    reading: null,
    deliveries: { nextTickAtMs: 0, nextRepeatAtMs: null, isRunning: false, deadLetters: 0 },
    faults: { down: [], lostAnswer: false, kill: false },
    clientSecret: { isExpired: false, staged: 'none' },
    refreshTokens: [],
    incidents: [],
    repairs: [],
    invocations: [],
    log: [],
  };
  const server = await startWatchServer({
    state: () => state,
    perform: async (action) => void performed.push(action),
  });
  closeAfterTest(() => server.close());
  return { ...server, state, performed };
}

/** The invocations' outcomes with the count of their deliveries, the newest first. */
export const outcomes = ({ rehearsal }: Stage) =>
  rehearsal.state().invocations.map(({ outcome, delivery }) => `${outcome} ${delivery}`);

export const newestIncident = ({ rehearsal }: Stage) => rehearsal.state().incidents[0];
export const newestToken = ({ rehearsal }: Stage) => rehearsal.state().refreshTokens[0];

export const rotate = async (stage: Stage) => {
  await stage.act({ name: 'rotate', body: {} });
  await stage.settle();
};
