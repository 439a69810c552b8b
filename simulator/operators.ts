import { labels } from '../lambda/core/labels';
import { functionTimeoutMs } from '../lambda/core/limits';
import { isChildOf } from '../lambda/core/lineage';
import { escrowName } from './outside/outside';
import type { Step } from './simulated';
import type { Simulation } from './simulation';

/** Until what was under way has ended for certain. */
const waitMs = functionTimeoutMs + 5_000;
const stepAgainMs = 60_000;
const stepAttempts = 4;

/** A person stores the first token set of a new chain, if there is none that works. */
function seed(simulation: Simulation): string {
  const { outside, checker, time } = simulation;
  const refreshToken = outside.provider.startChain(time.nowMs);
  const versionId = outside.nextId();
  const text = JSON.stringify(outside.tokenSet(refreshToken, time.nowMs));
  outside.secrets.put(versionId, text, ['AWSCURRENT', labels.seeded]);
  checker.chain.begin(outside.provider.newestChain);
  checker.trouble();
  simulation.trace(() => 'a person seeds another chain');
  return versionId;
}

/**
 * `seed --replace`: a person puts another chain in the place of one that may work, waits for what may
 * be under way, clears the escrow, and makes sure that what is current came of it. If it did not, a
 * rotation may have begun with what had been stored over it: the person waits for that one as well.
 */
export async function replaceChain(simulation: Simulation): Promise<void> {
  const { outside, checker, time } = simulation;
  const versionId = seed(simulation);
  const chain = outside.provider.newestChain;
  simulation.isOperated = true;
  for (let isKept = false; !isKept; ) {
    await time.after(waitMs);
    // Another person may have come in between.
    if (outside.provider.newestChain !== chain) break;
    if (outside.escrowText !== undefined) outside.parameters.remove(escrowName);
    const current = outside.secrets.holderOf('AWSCURRENT');
    const own = newestDescendant(simulation, versionId);
    isKept = current === own;
    if (!isKept) outside.secrets.moveStage('AWSCURRENT', current, own);
  }
  simulation.isOperated = false;
  if (outside.provider.newestChain !== chain) return;
  checker.verdicts.replacedBy = chain;
  simulation.trace(() => 'the person sees that it is stored');
  checker.check();
}

function newestDescendant({ outside }: Simulation, versionId: string): string {
  let newest = versionId;
  for (const { id, text } of outside.secrets.versions()) {
    if (isChildOf(newest, { versionId: id, text })) newest = id;
  }
  return newest;
}

/** A person puts AWSCURRENT back to the version before, in the console or by the AWS CLI. */
export function restoreOldVersion(simulation: Simulation): void {
  const { outside, checker } = simulation;
  const previous = outside.secrets.holderOf('AWSPREVIOUS');
  if (previous === undefined) return;
  outside.secrets.moveStage('AWSCURRENT', outside.secrets.holderOf('AWSCURRENT'), previous);
  // What a person wrote wins, whichever chain it belongs to.
  const [text = ''] = outside.stored.current?.refreshTokens ?? [];
  checker.chain.putBack(text);
  checker.verdicts.replacedBy = undefined;
  simulation.trace(() => 'a person puts the version before back');
  checker.trouble();
  checker.readers.expectNothingYet();
}

/** Secrets Manager runs the four steps, each again when it fails, and gives up after a while. */
export async function secretsManagerRotation(simulation: Simulation): Promise<void> {
  simulation.isOperated = true;
  await runSteps(simulation);
  simulation.isOperated = false;
}

async function runSteps(simulation: Simulation): Promise<void> {
  const versionId = simulation.outside.nextId();
  const steps: readonly Step[] = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'];
  for (const step of steps) {
    let ended = await simulation.invoke({ by: 'step', step, versionId });
    for (let tries = 1; ended.kind !== 'succeeded' && tries < stepAttempts; tries++) {
      await simulation.time.after(stepAgainMs);
      ended = await simulation.invoke({ by: 'step', step, versionId });
    }
    if (ended.kind !== 'succeeded') return;
  }
}
