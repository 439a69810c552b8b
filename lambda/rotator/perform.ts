import type { Decision } from '../core/decide';
import type { Facts } from '../core/facts';
import type { HeldTokenSet } from '../core/held';
import { parseRestBaseUrl, parseSoapBaseUrl } from '../core/hosts';
import {
  endpointsAttemptMs,
  publishReserveMs,
  readAttempts,
  shortestProviderAttemptMs,
  shortestRoundDelayMs,
  timerSlackMs,
} from '../core/limits';
import { interpretEndpoints } from '../core/providerAnswer';
import { refreshTokenOf } from '../core/tokenSet';
import { errorName, StoreFailure } from '../effects/storeFailure';
import { probeCredentials, refresh, reissue } from './askProvider';
import { type FailDecision, failure, followUpNotSent } from './failures';
import { adopt, withParameters } from './learn';
import { mark, markHeld } from './mark';
import { listVersions, MissingParameter, readCurrent } from './observe';
import { publishHeld } from './publishSet';
import {
  type CurrentRead,
  isUnavailable,
  readOrRecallOtherVersions,
  readOrRecallParameters,
  rereadCurrent,
} from './recall';
import { leftMs, type Run } from './run';

/** The decisions that are carried out; the others end the rotation. */
export type Effect = Exclude<Decision, { do: 'finish' | 'leave' } | FailDecision>;

/** Carries out one decision and returns what is known afterwards. */
export async function perform(run: Run, decision: Effect, facts: Facts): Promise<Facts> {
  switch (decision.do) {
    case 'readParameters':
      return readMissableParameters(run, facts);
    case 'readCurrent':
      return adopt(run, facts, await readDoubtful(run, facts));
    case 'listVersions':
      return withListed(run, facts);
    case 'readOtherVersions': {
      const read = await readOrRecallOtherVersions(run, facts.current);
      const { versions, listed, listFailed } = read;
      const known = { ...facts, otherVersions: versions, listed, listFailed };
      return { ...known, currentMayBeStale: hasMoved(known) };
    }
    case 'readEndpoints':
      return readEndpoints(run, facts, decision);
    case 'sendFollowUp':
      return sendFollowUp(run, facts);
    case 'mark':
      return mark(run, facts, decision.isRequired);
    case 'markHeld':
      return markHeldOrPublish(run, facts, decision.held);
    case 'publish':
      return publishHeld(run, facts, decision.held);
    case 'probeCredentials':
      return probeCredentials(run, facts, decision.clientSecret);
    case 'refresh':
      return refresh(run, facts, decision);
    case 'reissue':
      return reissue(run, facts, decision.clientSecret);
    case 'wait':
      return wait(run, facts, decision);
  }
}

/** Of a connection that was never seeded the parameters may be missing, once. */
async function readMissableParameters(run: Run, facts: Facts): Promise<Facts> {
  try {
    return withParameters(run, facts, await readOrRecallParameters(run));
  } catch (thrown) {
    const mayBeMissing =
      refreshTokenOf(facts.current.tokens) === undefined && !facts.parametersMissing;
    if (thrown instanceof MissingParameter && mayBeMissing) {
      return { ...facts, parametersMissing: true };
    }
    throw thrown;
  }
}

/** The list is for the allowance and the mark; a store that denies it must not stop a confirmation. */
async function withListed(run: Run, facts: Facts): Promise<Facts> {
  try {
    const maxAttempts = run.progress.staysToDeadline ? attemptsAtStake : readAttempts;
    const known = { ...facts, listed: await listVersions(run, { maxAttempts }), listFailed: false };
    return { ...known, currentMayBeStale: hasMoved(known) };
  } catch (thrown) {
    const { cause } = thrown as { cause?: unknown };
    run.telemetry.warn('The versions of the secret cannot be listed', {
      problem: cause instanceof StoreFailure ? cause.message : errorName(thrown),
    });
    return { ...facts, listed: [], listFailed: true };
  }
}

/** While neither store takes it and a successor is at stake, both are tried in turn: one may come back. */
async function markHeldOrPublish(run: Run, facts: Facts, held: HeldTokenSet): Promise<Facts> {
  try {
    return await markHeld(run, facts, held, attemptsInTurn);
  } catch (thrown) {
    const isAtStake = run.progress.staysToDeadline && leftMs(run) >= publishReserveMs;
    if (!isUnavailable(thrown) || !isAtStake) throw thrown;
    return { ...facts, refusesWrites: false };
  }
}

const attemptsInTurn = 6;

/** While a successor is still available, its time is not spent on a list. */
const attemptsAtStake = 3;

/** Whether the list has AWSCURRENT elsewhere than it was read, or recalled. */
function hasMoved({ listed, current }: Facts): boolean {
  const holder = listed?.find(({ stages }) => stages.includes('AWSCURRENT'))?.versionId;
  return holder !== undefined && holder !== current.versionId;
}

/**
 * What is known to have moved, or is about to be written over, has to be read; what a refusal only
 * makes doubtful can be taken for unchanged.
 */
async function readDoubtful(run: Run, facts: Facts): Promise<CurrentRead> {
  const isDoubtful = facts.currentMayBeStale && !hasMoved(facts);
  if (isDoubtful) return rereadCurrent(run, facts.current);
  return { current: await readCurrent(run), isRecalled: false };
}

async function readEndpoints(
  run: Run,
  facts: Facts,
  { restBaseUrl, accessToken }: Extract<Decision, { do: 'readEndpoints' }>,
): Promise<Facts> {
  const allowLoopback = run.settings.allowLoopbackProvider;
  const known = parseRestBaseUrl(restBaseUrl, { allowLoopback });
  const timeoutMs = Math.min(endpointsAttemptMs, leftMs(run) - publishReserveMs);
  if (known !== undefined && timeoutMs > 0) {
    const answer = await run.provider.endpoints(known, accessToken, timeoutMs);
    const listed = interpretEndpoints(answer);
    // What is no list, such as a page of a front, says nothing: the next rotation asks again.
    run.memory.endpointsAsked = listed !== undefined;
    const { rest = '', soap = '' } = listed ?? {};
    const found = [
      parseRestBaseUrl(rest, { allowLoopback }),
      parseSoapBaseUrl(soap, { allowLoopback }),
    ];
    run.memory.endpoints = {
      ...(found[0] && { restBaseUrl: found[0] }),
      ...(found[1] && { soapBaseUrl: found[1] }),
    };
  }
  return { ...facts, endpointsAsked: true };
}

async function sendFollowUp(run: Run, facts: Facts): Promise<Facts> {
  try {
    // Should a message be under way already, its clean answer may be revoked by this use, and nobody
    // would know if this invocation died: so AWSCURRENT is used once more, whatever it looks like.
    await run.followUps?.send({ connection: run.connection, force: true });
  } catch (thrown) {
    throw followUpNotSent(run, thrown);
  }
  return { ...facts, followUpSent: true };
}

/** Then what was refused in this round, or brought no successor, may be asked about again. */
async function wait(
  run: Run,
  facts: Facts,
  decision: Extract<Decision, { do: 'wait' }>,
): Promise<Facts> {
  const askedMs = Math.max(0, decision.untilMs - run.clock.now());
  const mostMs = leftMs(run) - shortestProviderAttemptMs - publishReserveMs - timerSlackMs;
  const isLastRound = decision.isRound && mostMs >= shortestRoundDelayMs;
  if (askedMs > mostMs && !isLastRound) {
    throw failure(run, { do: 'fail', code: decision.code }, facts);
  }
  const delayMs = Math.min(askedMs, mostMs);
  run.telemetry.info('Waiting before the provider is asked again', { delayMs });
  await run.clock.sleep(delayMs);
  return { ...facts, refusedInRound: new Map(), secretVerdicts: new Map(), lacksSuccessor: false };
}
