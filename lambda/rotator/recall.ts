import { RotationError } from '../core/errors';
import { reuseWindowMs } from '../core/limits';
import type { StoredVersion } from '../core/tokenSet';
import {
  type OtherVersions,
  type ParametersRead,
  readCurrent,
  readOtherVersions,
  readParameters,
} from './observe';
import type { Run } from './run';

/** AWSCURRENT, and whether it is what was read before. */
export interface CurrentRead {
  readonly current: StoredVersion;
  readonly isRecalled: boolean;
}

/** How often a store is asked for what is remembered as well. */
const attemptsBeforeRecall = { maxAttempts: 3 };

/**
 * Whether this environment has used a refresh token whose successor can still be had: the last of its
 * uses may have been the first that the provider took up.
 */
export function isSuccessorMissing({ memory, clock }: Run): boolean {
  const usedAtMs = memory.lastUsedAtMs ?? Number.NEGATIVE_INFINITY;
  return clock.now() - usedAtMs < reuseWindowMs;
}

/**
 * Reads AWSCURRENT. While Secrets Manager cannot be read, an environment goes on with the version
 * whose refresh token it has used and whose successor it has not stored; but only if it has handled
 * every delivery of the message since, so that nobody has published anything newer, or if it has used
 * the token for this very message, or for what it goes on with: what others have published for it they
 * left open, since it failed.
 */
export async function readOrRecallCurrent(run: Run, isFollowed: boolean): Promise<CurrentRead> {
  const { memory, delivery } = run;
  const [inUse] = memory.inUse;
  const isOwn =
    delivery.by === 'queue' &&
    (memory.usedFor === delivery.sentAtMs || (delivery.isFollowUp && memory.usedFor === 'hand'));
  if (inUse === undefined || !(isFollowed || isOwn) || !isSuccessorMissing(run)) {
    return { current: await readCurrent(run), isRecalled: false };
  }
  try {
    return { current: await readCurrent(run, attemptsBeforeRecall), isRecalled: false };
  } catch (thrown) {
    if (!isUnavailable(thrown)) throw thrown;
    run.telemetry.warn('AWSCURRENT cannot be read: going on with what was read before');
    return { current: inUse, isRecalled: true };
  }
}

/**
 * Reads AWSCURRENT once more. While it cannot be read and a successor is still available, nothing is
 * known to have changed.
 */
export async function rereadCurrent(run: Run, known: StoredVersion): Promise<CurrentRead> {
  if (!isSuccessorMissing(run)) return { current: await readCurrent(run), isRecalled: false };
  try {
    return { current: await readCurrent(run, attemptsBeforeRecall), isRecalled: false };
  } catch (thrown) {
    if (!isUnavailable(thrown)) throw thrown;
    return { current: known, isRecalled: true };
  }
}

/**
 * Looks into the other versions. While they cannot be read and a successor is still available, they
 * are the forerunners that this environment has used.
 */
export async function readOrRecallOtherVersions(
  run: Run,
  current: StoredVersion,
): Promise<OtherVersions & { readonly listFailed: boolean }> {
  const [, ...forerunners] = run.memory.inUse;
  if (forerunners.length === 0 || !isSuccessorMissing(run)) {
    return { ...(await readOtherVersions(run, current)), listFailed: false };
  }
  try {
    const read = await readOtherVersions(run, current, attemptsBeforeRecall);
    return { ...read, listFailed: false };
  } catch (thrown) {
    if (!isUnavailable(thrown)) throw thrown;
    return { versions: forerunners, listed: [], listFailed: true };
  }
}

/**
 * Reads the parameters. While Parameter Store cannot be read and a successor is still available,
 * config and client secret are those that were read last; what the escrow holds is not known then.
 */
export async function readOrRecallParameters(run: Run): Promise<ParametersRead> {
  const { parameters, held } = run.memory;
  if (parameters === undefined || !run.progress.staysToDeadline) return readParameters(run);
  try {
    return await readParameters(run, attemptsBeforeRecall);
  } catch (thrown) {
    if (!isUnavailable(thrown)) throw thrown;
    run.telemetry.warn('The parameters cannot be read: going on with what was read before');
    return { parameters, held, escrowPresent: true, escrowUnknown: true };
  }
}

/** Whether a store cannot be reached or denies access, so that what is remembered has to do. */
export const isUnavailable = (thrown: unknown) =>
  thrown instanceof RotationError && thrown.code === 'StoreUnavailable';
