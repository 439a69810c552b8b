import type { Decision } from '../core/decide';
import type { Facts } from '../core/facts';
import { refreshTokenIssuedAtMsOf, refreshTokenOf } from '../core/tokenSet';
import { isDead } from '../core/verdicts';
import type { RotationEventDetail } from '../effects/eventBus';
import { errorName } from '../effects/storeFailure';
import type { RotationResult, Run } from './run';

type Finish = Extract<Decision, { do: 'finish' }>;

/** Says how a rotation has ended: in the log, in metrics, on the event bus and to the caller. */
export async function finish(
  run: Run,
  facts: Facts,
  { outcome, leavesOpen }: Finish,
  startedAtMs: number,
): Promise<RotationResult> {
  const { memory, telemetry, connection } = run;
  if (outcome === 'waiting') {
    telemetry.info('Waiting for the first refresh token', {
      outcome,
      remedy: `npm run ops -- seed ${connection}`,
    });
    return { connection, outcome };
  }
  const { current } = facts;
  const nowMs = run.clock.now();
  const expiresAtMs =
    current.tokens.kind === 'issued' ? current.tokens.tokenSet.expiresAtMs : nowMs;
  memory.expiresAtMs = expiresAtMs;
  const result = {
    connection,
    outcome,
    expiresAt: new Date(expiresAtMs).toISOString(),
    versionId: current.versionId,
  } as const;
  if (leavesOpen) {
    telemetry.count('LeftOpen');
    telemetry.warn('An open end is not confirmed: the secret has had too many versions today', {
      versionId: current.versionId,
    });
  }
  const brokenSinceMs = isBroken(facts) ? undefined : memory.brokenSinceMs;
  if (brokenSinceMs !== undefined) {
    telemetry.info('The chain is whole again', {
      brokenSince: new Date(brokenSinceMs).toISOString(),
    });
    delete memory.brokenSinceMs;
    delete memory.isBrokenReported;
  }
  if (outcome === 'rotated') telemetry.count('Rotated');
  if (outcome === 'reissued') telemetry.count('Reissued');
  if (outcome === 'recovered' || brokenSinceMs !== undefined) telemetry.count('Recovered');
  const measured = {
    secondsToExpiry: Math.round((expiresAtMs - nowMs) / 1_000),
    refreshTokenAgeSeconds: Math.round((nowMs - refreshTokenIssuedAtMsOf(current)) / 1_000),
    durationMs: Math.round(nowMs - startedAtMs),
  };
  telemetry.gauge({ connection, ...measured });
  const { attempts, providerMs } = run.progress;
  const asked =
    attempts > 0 ? { providerAttempts: attempts, providerMs: Math.round(providerMs) } : {};
  telemetry.info('Rotation finished', { ...result, ...measured, ...asked });
  await putEvents(run, { ...result }, brokenSinceMs);
  return result;
}

/** The access token may still be fresh though the chain behind it is broken. */
function isBroken({ current, refusals }: Facts): boolean {
  return isDead(refusals.get(refreshTokenOf(current.tokens)?.fingerprint ?? ''));
}

async function putEvents(
  run: Run,
  { outcome, ...about }: Exclude<RotationResult, { outcome: 'waiting' }>,
  brokenSinceMs: number | undefined,
): Promise<void> {
  if (brokenSinceMs !== undefined) {
    const brokenSince = new Date(brokenSinceMs).toISOString();
    await putEvent(run, { ...about, outcome: 'whole', brokenSince });
  }
  const isWanted =
    outcome === 'recovered' ||
    outcome === 'reissued' ||
    (outcome === 'rotated' && run.settings.putsRotatedEvents);
  if (isWanted) await putEvent(run, { ...about, outcome });
}

/** Nothing that a rotation has achieved is undone because nobody could be notified. */
export async function putEvent(run: Run, event: RotationEventDetail): Promise<void> {
  try {
    await run.events?.put(event);
  } catch (thrown) {
    run.telemetry.warn('The event bus did not take an event', {
      outcome: event.outcome,
      problem: errorName(thrown),
    });
  }
}
