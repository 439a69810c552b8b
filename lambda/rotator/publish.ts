import { RotationError } from '../core/errors';
import {
  fingerprintOf,
  type HeldTokenSet,
  heldAfterPublishing,
  mergeHeld,
  newestHeld,
} from '../core/held';
import { labels } from '../core/labels';
import { publishAttemptsBeforeEscrow, storeAttemptMs } from '../core/limits';
import { versionIdOf } from '../core/lineage';
import { Redacted } from '../core/redacted';
import { retryDelayMs } from '../core/retryDelay';
import { type StoredVersion, serializeTokenSet } from '../core/tokenSet';
import { isDead } from '../core/verdicts';
import { StoreFailure } from '../effects/storeFailure';
import { parkInEscrow, settleEscrow } from './escrow';
import { mostInUse, mostReplaced } from './memory';
import { leftMs, parameterNamesOf, type Run, secretIdOf } from './run';
import { remedyOf } from './storeCall';

/** Where a token set is kept now. */
export type Published =
  | {
      readonly kind: 'published';
      readonly version: StoredVersion;
      /** What the escrow holds now. */
      readonly held: readonly HeldTokenSet[];
    }
  /** It is not AWSCURRENT; an open token set can be used from here. */
  | { readonly kind: 'parked'; readonly held: readonly HeldTokenSet[] };

/** What was read before, which publishing relies on. */
export interface PublishOptions {
  /** The version from which it descends: the one whose refresh token was sent. */
  readonly parentVersionId: string;
  /** AWSCURRENT until now. */
  readonly replacedVersionId: string;
  /** What stood in the escrow, and in memory, when it was read. */
  readonly held: readonly HeldTokenSet[];
  /** Whether anything is in the escrow, readable or not. */
  readonly escrowPresent: boolean;
  /** The secret's versions, if they are known. */
  readonly listed?: readonly Pick<StoredVersion, 'versionId'>[] | undefined;
  /**
   * AWSCURRENT is not known: it must be read before anything is written over it. What the escrow does
   * not take becomes a labelled version beside it. @default false
   */
  readonly parksOnly?: boolean;
}

/**
 * Makes a token set AWSCURRENT, keeping at it until the invocation's time is over. When Secrets
 * Manager keeps failing, the token set is also parked in the escrow, from where the next invocation
 * publishes it; one that is to be confirmed is left there at once, since that can be done from there.
 *
 * @throws RotationError `StoreUnavailable`, saying where the token set is kept meanwhile.
 */
export async function publish(
  run: Run,
  set: HeldTokenSet,
  options: PublishOptions,
): Promise<Published> {
  const text = serializeTokenSet(set.tokenSet);
  // One version id for all attempts: a write that was carried out and not answered is then
  // repeated without a second version (PutSecretValue is idempotent on ClientRequestToken).
  const versionId = newIdOf(options, text);
  const stages = options.parksOnly ? [labels.salvaged] : stagesOf(set);
  // Without stages a write moves AWSCURRENT, which is all that a clean token set needs.
  const written = stages.length === 1 && !options.parksOnly ? undefined : stages;
  run.memory.held = newestHeld(mergeHeld(run.memory.held, [set]));
  let parked = run.progress.inEscrow.has(fingerprintOf(set));
  let held = mergeHeld(options.held, [set]);
  if (options.parksOnly) {
    const inEscrow = await park(run, set);
    if (inEscrow) return { kind: 'parked', held: mergeHeld(held, inEscrow) };
  }
  for (let attempts = 1; ; attempts++) {
    const failure = await attempt(() =>
      run.secretStore.put(secretIdOf(run), versionId, text, written),
    );
    if (failure === undefined) break;
    run.telemetry.warn('Secrets Manager did not take the token set', {
      attempts,
      problem: failure.message,
    });
    const keepsFailing =
      attempts >= publishAttemptsBeforeEscrow ||
      failure.kind !== 'transient' ||
      leftMs(run) < 3 * storeAttemptMs;
    if (!parked && keepsFailing) {
      const inEscrow = await park(run, set);
      parked = inEscrow !== undefined;
      held = inEscrow ?? held;
    }
    if (parked && keepsFailing && (set.open || set.sent)) return { kind: 'parked', held };
    const delayMs = retryDelayMs({
      attempts,
      maxAttempts: Number.POSITIVE_INFINITY,
      nowMs: run.clock.now(),
      neededMs: storeAttemptMs,
      deadlineMs: run.clock.now() + leftMs(run),
      random: run.entropy.random(),
    });
    if (delayMs === undefined) throw unpublished(run, failure, parked);
    await run.clock.sleep(delayMs);
  }
  if (options.parksOnly) {
    run.telemetry.warn('Kept the token set as a version beside AWSCURRENT, which cannot be read', {
      refreshToken: fingerprintOf(set),
    });
    return { kind: 'parked', held };
  }
  const version: StoredVersion = {
    versionId,
    stages,
    createdAtMs: run.clock.now(),
    tokens: { kind: 'issued', tokenSet: set.tokenSet },
    text: new Redacted(text),
  };
  forget(run, set, { version, replaced: options.replacedVersionId });
  const others = heldAfterPublishing(held, set, (token) => isDead(run.memory.refusals.get(token)));
  const needsSettling = parked || options.escrowPresent;
  return {
    kind: 'published',
    version,
    held: needsSettling ? await settle(run, set, others) : others,
  };
}

/**
 * Keeps a successor that came in an otherwise unusable answer as a labelled version of its own, so
 * that recovery finds it once the refresh token in AWSCURRENT is refused.
 */
export async function salvage(run: Run, refreshToken: Redacted): Promise<void> {
  const text = JSON.stringify({ refreshToken: refreshToken.reveal() });
  const versionId = versionIdOf(labels.salvaged, text);
  const failure = await attempt(() =>
    run.secretStore.put(secretIdOf(run), versionId, text, [labels.salvaged]),
  );
  run.telemetry.warn('Kept the refresh token of an answer that could not be used otherwise', {
    refreshToken: refreshToken.fingerprint,
    kept: failure === undefined,
  });
}

/**
 * A version that is there already, and that a person has put another one before, is not made current
 * by writing it again: the same text follows it.
 */
function newIdOf({ parentVersionId, listed = [] }: PublishOptions, text: string): string {
  let versionId = versionIdOf(parentVersionId, text);
  while (listed.some((version) => version.versionId === versionId)) {
    versionId = versionIdOf(versionId, text);
  }
  return versionId;
}

const stagesOf = ({ open, sent }: HeldTokenSet) => [
  'AWSCURRENT',
  ...(open || sent ? [labels.open] : []),
  ...(sent ? [labels.sent] : []),
];

/** What this environment kept for want of a store, and what it knew of the version before. */
function forget(
  run: Run,
  set: HeldTokenSet,
  { version, replaced }: { readonly version: StoredVersion; readonly replaced: string },
): void {
  const { memory } = run;
  memory.held = heldAfterPublishing(memory.held, set, (token) =>
    isDead(memory.refusals.get(token)),
  );
  memory.expiresAtMs = set.tokenSet.expiresAtMs;
  memory.replaced = [...memory.replaced, replaced].slice(-mostReplaced);
  if (set.open) {
    memory.inUse = [version, ...memory.inUse].slice(0, mostInUse);
    return;
  }
  memory.inUse = [];
  delete memory.possiblyUsedAtMs;
  delete memory.lastUsedAtMs;
}

async function park(run: Run, set: HeldTokenSet): Promise<readonly HeldTokenSet[] | undefined> {
  const { escrow: parameter } = parameterNamesOf(run);
  let held: readonly HeldTokenSet[] | undefined;
  const failure = await attempt(async () => {
    held = await parkInEscrow(run, mergeHeld(run.memory.held, [set]));
  });
  if (failure === undefined) run.telemetry.count('EscrowUsed');
  run.telemetry.warn(
    failure ? 'Parameter Store did not take it either' : 'Parked the token set in the escrow',
    { parameter, ...(failure ? { problem: failure.message } : {}) },
  );
  return held;
}

async function settle(
  run: Run,
  set: HeldTokenSet,
  held: readonly HeldTokenSet[],
): Promise<readonly HeldTokenSet[]> {
  let left = held;
  const failure = await attempt(async () => {
    left = mergeHeld(held, await settleEscrow(run, set));
  });
  if (failure) run.telemetry.warn('The escrow is still there', { problem: failure.message });
  return left;
}

async function attempt(effect: () => Promise<void>): Promise<StoreFailure | undefined> {
  try {
    await effect();
    return undefined;
  } catch (thrown) {
    if (thrown instanceof StoreFailure) return thrown;
    throw thrown;
  }
}

function unpublished(run: Run, failure: StoreFailure, parked: boolean): RotationError {
  const kept = parked
    ? `The new token set is parked in ${parameterNamesOf(run).escrow}; the next invocation ` +
      'publishes it before anything else.'
    : 'Parameter Store did not take it either: the previous refresh token can be used again for ' +
      '5 minutes after its first use, which the next invocations do.';
  return new RotationError(
    'StoreUnavailable',
    `Connection "${run.connection}" in ${run.settings.region}: ${failure.message}. ` +
      `${remedyOf(run, failure)} ${kept}`,
    { cause: failure },
  );
}
