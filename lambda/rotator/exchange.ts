import { type Delivery, isRepeated } from '../core/delivery';
import { RotationError } from '../core/errors';
import {
  askForRefreshTokenAttempts,
  functionTimeoutMs,
  providerAttemptMs,
  providerAttempts,
  publishReserveMs,
  refusalNeedsMs,
  repeatedProviderAttemptMs,
  shortestProviderAttemptMs,
  timerSlackMs,
} from '../core/limits';
import {
  type Grant,
  interpretAnswer,
  mayBeTakenUp,
  noAnswerInTime,
  type ProviderAnswer,
} from '../core/providerAnswer';
import type { Redacted } from '../core/redacted';
import { retryDelayMs } from '../core/retryDelay';
import { mayBeLastInWindow } from '../core/window';
import type { TokenRequest } from '../effects/provider';
import { salvage } from './publish';
import { isSuccessorMissing } from './recall';
import { deadlineExceeded, leftMs, parameterNamesOf, type Run } from './run';

/** What the provider said in the end. */
export type Exchanged =
  | {
      readonly kind: 'granted';
      readonly grant: Grant;
      /** When the request was sent: the token's life is counted from no later than that. */
      readonly sentAtMs: number;
      /** No other request of this exchange may have been taken up. */
      readonly isOnlyUse: boolean;
    }
  | {
      readonly kind: 'refused';
      /** HTTP status and errorcode. */
      readonly reason: string;
      /** When a request that was not answered may have been taken up before. */
      readonly possiblyUsedAtMs?: number;
    };

type Granted = Extract<Exchanged, { kind: 'granted' }>;

/** Bounds of one exchange. */
export interface ExchangeOptions {
  /** How often in all an answer without the refresh token that was asked for is asked for again. */
  readonly askForRefreshTokenAttempts?: number;
}

/**
 * Sends a token request, and sends it again while its answer is lost, indeterminate or asks to wait
 * and the attempt can still end inside the invocation and inside the 5 minutes in which the provider
 * takes the same refresh token again. An answer without the refresh token that was asked for is
 * asked for again too; if it stays so, it is returned as it is.
 *
 * @throws RotationError `ProviderUnavailable`, `InvalidConfig` if the provider will never accept the
 * request, `DeadlineExceeded` if there was no time for a first attempt.
 */
export async function exchange(
  run: Run,
  request: TokenRequest,
  options: ExchangeOptions = {},
): Promise<Exchanged> {
  const mostAsks = options.askForRefreshTokenAttempts ?? askForRefreshTokenAttempts;
  let withoutRefreshToken: Granted | undefined;
  let successor: Redacted | undefined;
  let last: Exclude<ProviderAnswer, { kind: 'granted' }> | undefined;
  let firstUseMs: number | undefined;
  let [attempts, uses, asks] = [0, 0, 0];

  for (;;) {
    const timeoutMs = attemptMs(run);
    if (timeoutMs < shortestProviderAttemptMs) break;
    const { answer, sentAtMs } = await send(run, request, timeoutMs);
    attempts += 1;
    if (request.refreshToken && mayBeTakenUp(answer)) {
      uses += 1;
      firstUseMs ??= sentAtMs;
      noteUse(run, sentAtMs);
    }
    if (answer.kind === 'granted') {
      const granted = {
        kind: 'granted',
        grant: answer.grant,
        sentAtMs,
        isOnlyUse: uses <= 1,
      } as const;
      if (answer.grant.refreshToken || !request.offline) return granted;
      withoutRefreshToken = granted;
      asks += 1;
      if (asks >= mostAsks) break;
    } else {
      last = answer;
      if (answer.kind === 'indeterminate') successor = answer.successor ?? successor;
      if (answer.kind === 'refused') break;
      if (answer.kind === 'rejected' && !run.progress.staysToDeadline) break;
    }
    const delayMs = retryDelayMs({
      attempts: withoutRefreshToken ? asks : attempts,
      maxAttempts: providerAttempts,
      nowMs: run.clock.now(),
      neededMs: shortestProviderAttemptMs + publishReserveMs + timerSlackMs,
      deadlineMs: run.clock.now() + leftMs(run),
      firstUseMs,
      isUrgent: run.progress.staysToDeadline,
      retryAfterMs: 'retryAfterMs' in answer ? answer.retryAfterMs : undefined,
      roomMs: mayBeLastInWindow(run.delivery) ? refusalNeedsMs : 0,
      random: run.entropy.random(),
    });
    if (delayMs === undefined) break;
    const problem = answer.kind === 'granted' ? 'no refresh token in the answer' : answer.reason;
    run.telemetry.info('Asking the provider again', { problem, attempts, delayMs });
    await run.clock.sleep(delayMs);
  }

  // An access token alone still serves every reader.
  if (withoutRefreshToken) return withSuccessor(withoutRefreshToken, successor);
  if (successor) await salvage(run, successor);
  if (last?.kind === 'refused') {
    const { reason } = last;
    return {
      kind: 'refused',
      reason,
      ...(firstUseMs === undefined ? {} : { possiblyUsedAtMs: firstUseMs }),
    };
  }
  if (last?.kind === 'rejected') throw rejected(run, last);
  throw last === undefined
    ? deadlineExceeded(run, 'to ask the provider')
    : unavailable(run, attempts, last, uses > 0);
}

/**
 * A provider that is merely slow gets all the time that is left, once it was too slow; and more from
 * the beginning in a message that has failed before.
 */
function attemptMs(run: Run): number {
  const mostMs = leftMs(run) - publishReserveMs;
  if (run.progress.isProviderSlow) return mostMs;
  return Math.min(usualAttemptMs(run.delivery), mostMs);
}

/**
 * Two repetitions leave it at one request, however long that takes: two slow answers, or one that is
 * slower than usual, have room in it. What may be the last one in the window does not: should its first
 * request hang, it needs a second.
 */
function usualAttemptMs(delivery: Delivery): number {
  if (delivery.by === 'hand' || !isRepeated(delivery)) return providerAttemptMs;
  const isWhole = delivery.receiveCount % 2 === 0 && !mayBeLastInWindow(delivery);
  return isWhole ? functionTimeoutMs : repeatedProviderAttemptMs;
}

/** From now on an invocation stays to its deadline. */
function noteUse(run: Run, sentAtMs: number): void {
  const { memory, delivery, progress } = run;
  if (!isSuccessorMissing(run)) memory.possiblyUsedAtMs = sentAtMs;
  memory.lastUsedAtMs = sentAtMs;
  memory.usedFor = delivery.by === 'queue' ? delivery.sentAtMs : 'hand';
  progress.staysToDeadline = true;
}

async function send(run: Run, request: TokenRequest, timeoutMs: number) {
  const sentAtMs = run.clock.now();
  const http = await run.provider.requestToken(request, timeoutMs);
  const nowMs = run.clock.now();
  run.progress.attempts += 1;
  run.progress.providerMs += nowMs - sentAtMs;
  if (http.kind === 'noResponse' && http.reason === noAnswerInTime) {
    run.progress.isProviderSlow = true;
  }
  return { answer: interpretAnswer(http, nowMs), sentAtMs };
}

/** A successor that an earlier answer brought goes with the access token of one that had none. */
function withSuccessor(granted: Granted, successor: Redacted | undefined): Exchanged {
  if (!successor) return granted;
  return { ...granted, grant: { ...granted.grant, refreshToken: successor }, isOnlyUse: false };
}

function rejected(
  run: Run,
  { reason, isEnhancedPackage }: Extract<ProviderAnswer, { kind: 'rejected' }>,
): RotationError {
  const { config } = parameterNamesOf(run);
  const remedy = isEnhancedPackage
    ? `Put a legacy package's clientId into ${config}, and seed the connection again`
    : `It will not be repeated as it is: check authBaseUrl and clientId in ${config}`;
  return new RotationError(
    'InvalidConfig',
    `Connection "${run.connection}": Marketing Cloud turned the token request down with ${reason}. ` +
      `${remedy}. The stored tokens stay.`,
  );
}

function unavailable(
  run: Run,
  attempts: number,
  { kind, reason }: { readonly kind: string; readonly reason: string },
  wasUsed: boolean,
): RotationError {
  const kept = wasUsed
    ? 'The stored refresh token stays, and can be sent again for 5 minutes after its first use'
    : 'The stored tokens stay, and the refresh token is unused';
  const remedy =
    kind === 'notSent'
      ? 'Check name resolution, proxy and certificates on the way to authBaseUrl.'
      : 'The next invocation asks again.';
  return new RotationError(
    'ProviderUnavailable',
    `Connection "${run.connection}": no usable answer from Marketing Cloud in ${attempts} ` +
      `attempt(s); the last one: ${reason}. ${kept}. ${remedy}`,
  );
}
