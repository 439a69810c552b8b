import type { LocalWorld } from '../../../support/localWorld';

export const versionId = '11111111-2222-3333-4444-555555555555';
export const steps = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'] as const;
export type Step = (typeof steps)[number];

/** Does all steps up to this one. */
export async function upTo(last: Step, world: LocalWorld): Promise<void> {
  for (const step of steps.slice(0, steps.indexOf(last) + 1)) await world.step(step, versionId);
}

/** How often a refresh token was sent. */
export const refreshes = (world: LocalWorld) =>
  world.tokenRequests().filter(({ hadRefreshToken }) => hadRefreshToken).length;
