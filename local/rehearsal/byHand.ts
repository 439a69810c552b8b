import { setTimeout as sleep } from 'node:timers/promises';
import { Narrator } from '../tour/narrator';
import { Story } from '../tour/story';
import { minuteMs } from '../tour/time';
import type { TourWorld } from '../tour/world';
import type { Rehearsal } from './rehearsal';

/** The beginning of the tour, without its story: a connection that has been seeded and has rotated once. */
export async function beginSilently(world: TourWorld): Promise<Story> {
  const story = new Story(world, new Narrator(() => {}, world.now));
  await story.operator.deployConnection();
  await story.operator.putClientSecret('client-secret', world.provider.clientSecret);
  await story.operator.seed(world.provider.refreshToken);
  await story.tick('rotated');
  return story;
}

/** Begins what is due now, and drives it to its end: what is in trouble gets there faster. */
export async function settle(rehearsal: Rehearsal): Promise<void> {
  let isFailed = false;
  let failure: unknown;
  let beganAtMs = performance.now();
  do {
    const nowMs = performance.now();
    rehearsal.beat(nowMs - beganAtMs).catch((error: unknown) => {
      isFailed = true;
      failure = error;
    });
    beganAtMs = nowMs;
    await sleep(5);
  } while (rehearsal.isBusy);
  if (isFailed) throw failure;
}

/** Lets so many simulated minutes pass, one after the other, with all that falls due in them. */
export async function pass(rehearsal: Rehearsal, minutes: number): Promise<void> {
  for (let passed = 0; passed < minutes; passed++) {
    rehearsal.story.world.advance(minuteMs);
    await settle(rehearsal);
  }
}
