import {
  fingerprintOf,
  fitEscrow,
  type HeldTokenSet,
  heldAfterPublishing,
  mergeHeld,
  parseEscrow,
  serializeEscrow,
} from '../core/held';
import { labels } from '../core/labels';
import { storeAttemptMs } from '../core/limits';
import { versionIdOf } from '../core/lineage';
import { serializeTokenSet } from '../core/tokenSet';
import { isDead } from '../core/verdicts';
import { StoreFailure } from '../effects/storeFailure';
import { leftMs, parameterNamesOf, type Run, secretIdOf } from './run';

/** How often a write is made again because another invocation wrote in between. */
const mergeAttempts = 3;
/** Versions that others may have written in the time of one read and one write. */
const mostHidden = 5;

/**
 * Adds token sets to the escrow beside what stands there, whoever has written that: read, merge,
 * write, and once more if the version that comes back is not the next one.
 *
 * @returns the escrow's content
 * @throws StoreFailure
 */
export async function parkInEscrow(
  run: Run,
  added: readonly HeldTokenSet[],
): Promise<readonly HeldTokenSet[]> {
  const { escrow } = parameterNamesOf(run);
  const store = run.parameterStore();
  let found = await readEscrow(run);
  for (let attempts = 1; ; attempts++) {
    const merged = mergeHeld(found.held, added);
    const nowMs = run.clock.now();
    const { kept, displaced } = fitEscrow(merged, {
      nowMs,
      isDead: (token) => isDeadIn(run, token),
    });
    for (const held of displaced) await giveVersion(run, held);
    const isThere = attempts === 1 && serializeEscrow(kept) === serializeEscrow(found.held);
    if (isThere) {
      run.progress.inEscrow = new Set(kept.map(fingerprintOf));
      return kept;
    }
    try {
      const overwrite = found.version > 0;
      const version = await store.writeSecure(escrow, serializeEscrow(kept), { overwrite });
      run.progress.inEscrow = new Set(kept.map(fingerprintOf));
      if (version <= found.version + 1 || attempts >= mergeAttempts) return kept;
      const hidden = await readHidden(run, found.version, version);
      found = { held: mergeHeld(hidden, kept), version };
    } catch (thrown) {
      const isRace = thrown instanceof StoreFailure && thrown.kind === 'exists';
      if (!isRace || attempts >= mergeAttempts) throw thrown;
      found = await readEscrow(run);
    }
  }
}

/** Parks what this environment remembers and the escrow is not known to hold, once that can be written. */
export async function parkRemembered(run: Run): Promise<void> {
  const { progress, memory } = run;
  const isInEscrow = (held: HeldTokenSet) => progress.inEscrow.has(fingerprintOf(held));
  if (progress.hasParkedMemory || memory.held.every(isInEscrow)) return;
  // An invocation that Lambda ends takes with it what it remembers.
  if (leftMs(run) < 2 * storeAttemptMs) return;
  try {
    await parkInEscrow(run, memory.held);
    progress.hasParkedMemory = true;
  } catch (thrown) {
    if (!(thrown instanceof StoreFailure)) throw thrown;
  }
}

/** What others wrote between the version that was read and the one that was written over it. */
async function readHidden(
  run: Run,
  readVersion: number,
  writtenVersion: number,
): Promise<readonly HeldTokenSet[]> {
  const { escrow } = parameterNamesOf(run);
  let hidden: readonly HeldTokenSet[] = [];
  const first = Math.max(readVersion + 1, writtenVersion - mostHidden);
  for (let version = first; version < writtenVersion; version++) {
    // A name and a version select what Parameter Store keeps of a parameter's history.
    const [text] = (await run.parameterStore().read([`${escrow}:${version}`])).values();
    hidden = mergeHeld(hidden, heldIn(text));
  }
  return hidden;
}

/**
 * Takes out of the escrow what a published token set has made needless. What may be alive stays.
 *
 * @returns what is left
 * @throws StoreFailure
 */
export async function settleEscrow(
  run: Run,
  published: Pick<HeldTokenSet, 'tokenSet' | 'open'>,
): Promise<readonly HeldTokenSet[]> {
  const { escrow } = parameterNamesOf(run);
  const store = run.parameterStore();
  const found = await readEscrow(run);
  if (found.version === 0) return [];
  const worthKeeping = (held: readonly HeldTokenSet[]) =>
    heldAfterPublishing(held, published, (token) => isDeadIn(run, token));
  const kept = worthKeeping(found.held);
  if (kept.length === 0) await store.remove(escrow);
  if (kept.length === 0 || kept.length === found.held.length) return kept;
  const version = await store.writeSecure(escrow, serializeEscrow(kept), { overwrite: true });
  if (version <= found.version + 1) return kept;
  // Another invocation has parked in between, which this write has hidden.
  const hidden = worthKeeping(await readHidden(run, found.version, version));
  return parkInEscrow(run, mergeHeld(hidden, kept));
}

async function readEscrow(run: Run) {
  const { escrow } = parameterNamesOf(run);
  const text = (await run.parameterStore().read([escrow])).get(escrow);
  return { held: heldIn(text), version: text?.version ?? 0 };
}

const heldIn = (text: { readonly value: string } | undefined) =>
  (text && parseEscrow(text.value)) ?? [];

const isDeadIn = (run: Run, fingerprint: string) => isDead(run.memory.refusals.get(fingerprint));

/** A rival for which the escrow has no place left: Secrets Manager keeps it for a day at least. */
async function giveVersion(run: Run, held: HeldTokenSet): Promise<void> {
  const text = serializeTokenSet(held.tokenSet);
  const versionId = versionIdOf(fingerprintOf(held), text);
  try {
    await run.secretStore.put(secretIdOf(run), versionId, text, [labels.salvaged]);
  } catch (thrown) {
    if (!(thrown instanceof StoreFailure)) throw thrown;
    run.telemetry.warn('The escrow is full, and Secrets Manager takes no version of its own', {
      refreshToken: fingerprintOf(held),
      problem: thrown.message,
    });
  }
}
