import { decide } from '../core/decide';
import { type Delivery, isRepeated } from '../core/delivery';
import { RotationError } from '../core/errors';
import type { Facts } from '../core/facts';
import { openEndOf } from '../core/freshness';
import { messageLifeMs, rounds } from '../core/limits';
import { refreshTokenOf, type StoredVersion } from '../core/tokenSet';
import { withVerdictsLapsed } from '../core/verdicts';
import { mayBeUsedUnseen } from '../core/window';
import type { RotationEventDetail } from '../effects/eventBus';
import { failure } from './failures';
import { finish, putEvent } from './finish';
import { withParameters } from './learn';
import { leaveToNextMessage } from './leave';
import type { EnvironmentMemory } from './memory';
import { perform } from './perform';
import { isSuccessorMissing, readOrRecallCurrent, readOrRecallParameters } from './recall';
import { noProgress, type RotationResult, type Run, type World } from './run';
import type { Settings } from './settings';

/** What an invocation brings to each of its rotations. */
export interface RotateOptions extends World {
  readonly settings: Settings;
  readonly memory: EnvironmentMemory;
  /** When the invocation has to have answered, milliseconds since the epoch. */
  readonly deadlineMs: number;
}

/** What is asked of a rotation, and how. */
export interface RotationRequest {
  readonly connection: string;
  /** Rotate though the token is fresh. */
  readonly force: boolean;
  readonly delivery: Delivery;
}

/**
 * Keeps one connection's token fresh: observes, decides and performs one effect at a time until
 * the decision is to finish.
 *
 * @throws RotationError with one of the documented codes; LeftToNextMessage if nothing was begun
 * since the message is nearly over.
 */
export async function rotate(
  options: RotateOptions,
  request: RotationRequest,
): Promise<RotationResult> {
  return rotateRun(runOf(options, request));
}

/**
 * The connection's run in this environment, for a rotation and for what is done around one. It ends
 * with its message: the next one of the group may begin then.
 */
export function runOf(options: RotateOptions, request: RotationRequest): Run {
  const memory = options.memory.of(request.connection);
  const { delivery } = request;
  const deadlineMs =
    delivery.by === 'hand'
      ? options.deadlineMs
      : Math.min(options.deadlineMs, delivery.sentAtMs + messageLifeMs);
  return { ...options, ...request, memory, deadlineMs, progress: noProgress() };
}

/** Rotates as {@link rotate} does. */
export async function rotateRun(run: Run): Promise<RotationResult> {
  try {
    return await decideAndPerform(run);
  } catch (thrown) {
    const isVerdict = thrown instanceof RotationError && thrown.code === 'ChainBroken';
    // What an earlier invocation has found is not put on the bus once more.
    if (isVerdict && !run.memory.isBrokenReported) {
      run.memory.isBrokenReported = true;
      await putEvent(run, brokenEvent(run));
    }
    throw thrown;
  }
}

async function decideAndPerform(run: Run): Promise<RotationResult> {
  const startedAtMs = run.clock.now();
  let facts = await observe(run);
  for (let round = 0; round < rounds; round++) {
    facts = { ...facts, nowMs: run.clock.now() };
    const decision = decide(facts);
    if (decision.do === 'finish') return finish(run, facts, decision, startedAtMs);
    if (decision.do === 'fail') throw failure(run, decision, facts);
    if (decision.do === 'leave') throw await leaveToNextMessage(run);
    facts = await perform(run, decision, facts);
  }
  throw new RotationError(
    'DeadlineExceeded',
    `Connection "${run.connection}": no end was reached in ${rounds} steps. ` +
      'The next invocation goes on from here.',
  );
}

function brokenEvent({ connection, memory }: Run): RotationEventDetail {
  const { brokenSinceMs } = memory;
  const since = brokenSinceMs === undefined ? undefined : new Date(brokenSinceMs).toISOString();
  return { connection, outcome: 'broken', ...(since && { brokenSince: since }) };
}

/** All that is known of a connection as its rotation begins. */
export async function observe(run: Run): Promise<Facts> {
  const isFollowed = followDelivery(run);
  const { delivery } = run;
  const nowMs = run.clock.now();
  const isUnseen = mayBeUsedUnseen({ delivery, nowMs }, isFollowed);
  const mayBeUsed = isSuccessorMissing(run) || isUnseen;
  // What a repetition cannot read may say that a successor is still available.
  run.progress.staysToDeadline = mayBeUsed || isRepeated(delivery);
  const [currentRead, parametersRead] = await Promise.allSettled([
    readOrRecallCurrent(run, isFollowed),
    refreshIsLikely(run) || (isRepeated(delivery) && !isFollowed)
      ? readOrRecallParameters(run)
      : undefined,
  ]);
  if (currentRead.status === 'rejected') throw currentRead.reason;
  run.progress.staysToDeadline = mayBeUsed;
  const { memory, settings, force } = run;
  if (force && !isRepeated(delivery)) memory.refusals = withVerdictsLapsed(memory.refusals);
  const facts: Facts = {
    nowMs: run.clock.now(),
    refreshBelowMs: settings.refreshBelowMs,
    tickPeriodMs: settings.tickPeriodMs,
    delivery,
    force,
    current: currentRead.value.current,
    isOwnCurrent: false,
    isPutBackUsed: isPutBackUsed(run, currentRead.value.current),
    isRecalled: currentRead.value.isRecalled,
    currentMayBeStale: false,
    parameters: undefined,
    parametersMissing: false,
    held: memory.held,
    escrowPresent: false,
    escrowUnknown: false,
    listed: undefined,
    listFailed: false,
    otherVersions: undefined,
    refusesWrites: currentRead.value.isRecalled,
    followUpSent: run.followUps === undefined,
    isOwnMark: memory.marked === currentRead.value.current.versionId && !isSuccessorMissing(run),
    markFailed: false,
    uses: new Map(),
    mayBeUsedUnseen: mayBeUsed,
    // The first delivery is what has brought it, at the earliest.
    mayBeUsedBetween: isUnseen && delivery.by === 'queue' && delivery.receiveCount > 2,
    refusals: memory.refusals,
    refusedInRound: new Map(),
    isInHaste: false,
    unexplained: undefined,
    lastRefusal: undefined,
    secretVerdicts: new Map(),
    doubtedSecrets: memory.doubtedSecrets,
    credentialsRefusedSinceMs: memory.credentialsRefusedSinceMs,
    endpointsAsked: memory.endpointsAsked ?? false,
    lacksSuccessor: false,
    refreshes: 0,
    repaired: false,
    outcome: undefined,
  };
  if (openEndOf(facts) !== 'none') run.progress.staysToDeadline = true;
  if (parametersRead.status === 'rejected') {
    // It counts only if the parameters turn out to be needed.
    if (decide(facts).do === 'finish') return facts;
    throw parametersRead.reason;
  }
  return parametersRead.value ? withParameters(run, facts, parametersRead.value) : facts;
}

/**
 * Whether a person has put back a version whose refresh token this environment has used, and a
 * successor can still be had.
 */
function isPutBackUsed(run: Run, { versionId, tokens }: StoredVersion): boolean {
  const [last, ...before] = run.memory.inUse;
  if (last === undefined || last.versionId === versionId || !isSuccessorMissing(run)) return false;
  const token = refreshTokenOf(tokens);
  return [last, ...before].some((used) => token && refreshTokenOf(used.tokens)?.equals(token));
}

/** Whether this environment has handled every delivery of the message, from the first one on. */
function followDelivery({ delivery, memory }: Run): boolean {
  if (delivery.by === 'hand') return false;
  const { sentAtMs, receiveCount } = delivery;
  const before = memory.delivery;
  const isNext = before?.sentAtMs === sentAtMs && before.receiveCount === receiveCount - 1;
  const isFollowed = receiveCount === 1 || (isNext && before.isFollowed);
  memory.delivery = { sentAtMs, receiveCount, isFollowed };
  return isFollowed;
}

/** Then the parameters are read beside AWSCURRENT, to save the time of one call. */
function refreshIsLikely({ force, memory, clock, settings }: Run): boolean {
  return (
    force ||
    (memory.expiresAtMs !== undefined && memory.expiresAtMs - clock.now() < settings.refreshBelowMs)
  );
}
