import { RotationError } from '../core/errors';
import type { Facts, ListedVersion } from '../core/facts';
import { isCurrentSent, isFirstUse, isOpen, isSent, isUnusedOpen } from '../core/freshness';
import { fingerprintOf, type HeldTokenSet, mergeHeld, noParent } from '../core/held';
import { labels } from '../core/labels';
import { refreshTokenOf } from '../core/tokenSet';
import { StoreFailure } from '../effects/storeFailure';
import { parkInEscrow } from './escrow';
import { adopt } from './learn';
import { rereadCurrent } from './recall';
import { type Run, secretIdOf } from './run';
import { retryStoreCall, storeUnavailable } from './storeCall';

/** A store that denies the mark once more is left for the escrow, where it may be made as well. */
const markAttempts = 2;

/**
 * Puts SFMC_SENT on AWSCURRENT before its refresh token is sent, and reads AWSCURRENT again: if
 * another invocation has published meanwhile, that is gone on with and nothing is sent.
 *
 * If Secrets Manager takes no label, the mark of a version that is open or due goes into the
 * escrow. One that is due can do without: its message comes again, and takes nothing for unused.
 *
 * @throws RotationError `StoreUnavailable` if there is no mark and there has to be one
 */
export async function mark(run: Run, facts: Facts, isRequired: boolean): Promise<Facts> {
  const token = refreshTokenOf(facts.current.tokens)?.fingerprint ?? '';
  const isUnused = isUnusedOpen(facts) || (isFirstUse(facts) && !isCurrentSent(facts));
  const uses = new Map(facts.uses).set(token, { isDirty: !isUnused });
  try {
    await retryStoreCall(run, () => moveMark(run, facts), { maxAttempts: markAttempts });
  } catch (thrown) {
    const failure = failureOf(thrown);
    run.telemetry.warn('Secrets Manager did not take the mark of a refresh token to be sent', {
      problem: failure.message,
    });
    // A tick looks at AWSCURRENT alone: what is fresh and bears no label would look unused there.
    if (isRequired && !isOpen(facts.current)) throw nothingSent(run, failure);
    return { ...(await markInEscrow(run, facts, isRequired)), uses };
  }
  const reread = await rereadCurrent(run, facts.current);
  const { current } = reread;
  if (current.versionId !== facts.current.versionId) return adopt(run, facts, reread);
  const stages = isSent(current) ? current.stages : [...current.stages, labels.sent];
  run.memory.marked = current.versionId;
  return { ...facts, current: { ...current, stages }, uses, isOwnMark: !facts.mayBeUsedUnseen };
}

/** The label is looked up for each attempt: one whose answer was lost has been moved. */
async function moveMark(run: Run, facts: Facts): Promise<void> {
  const secretId = secretIdOf(run);
  const { versionId } = facts.current;
  const listed = facts.listed?.length ? facts.listed : await run.secretStore.listVersions(secretId);
  try {
    await moveFrom(listed);
  } catch (thrown) {
    if (!(thrown instanceof StoreFailure)) throw thrown;
    await moveFrom(await run.secretStore.listVersions(secretId));
  }

  async function moveFrom(versions: readonly ListedVersion[]) {
    const holder = holderOf(versions);
    if (holder === versionId) return;
    await run.secretStore.moveStage(secretId, labels.sent, holder, versionId);
  }
}

const holderOf = (listed: readonly ListedVersion[]) =>
  listed.find(({ stages }) => stages.includes(labels.sent))?.versionId;

/** The mark of AWSCURRENT while Secrets Manager takes no label. */
async function markInEscrow(run: Run, facts: Facts, isRequired: boolean): Promise<Facts> {
  const { current } = facts;
  const { tokens } = current;
  if (tokens.kind !== 'issued') return { ...facts, markFailed: true };
  const marks = { open: isOpen(current), sent: false, parent: noParent };
  const held = { tokenSet: tokens.tokenSet, ...marks };
  try {
    return { ...(await markHeld(run, facts, held, markAttempts)), markFailed: true };
  } catch (thrown) {
    if (isRequired) throw thrown;
    return { ...facts, markFailed: true };
  }
}

/**
 * Writes down in the escrow that a refresh token which stands there is about to be sent.
 *
 * @throws RotationError `StoreUnavailable`: then nothing is sent
 */
export async function markHeld(
  run: Run,
  facts: Facts,
  held: HeldTokenSet,
  maxAttempts: number,
): Promise<Facts> {
  const isDirty = !held.open || held.sent;
  const token = fingerprintOf(held);
  try {
    const parked = await retryStoreCall(run, () => parkInEscrow(run, [{ ...held, sent: true }]), {
      maxAttempts,
    });
    const uses = new Map(facts.uses).set(token, { isDirty });
    return {
      ...facts,
      uses,
      held: mergeHeld(facts.held, parked),
      escrowPresent: true,
    };
  } catch (thrown) {
    throw nothingSent(run, failureOf(thrown));
  }
}

function failureOf(thrown: unknown): StoreFailure {
  if (thrown instanceof RotationError && thrown.cause instanceof StoreFailure) return thrown.cause;
  throw thrown;
}

function nothingSent(run: Run, failure: StoreFailure): RotationError {
  const { message } = storeUnavailable(run, failure);
  return new RotationError(
    'StoreUnavailable',
    `${message} The refresh token was not sent: without a mark a crash could lose its successor.`,
    { cause: failure },
  );
}
