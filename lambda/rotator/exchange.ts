import { RotationError } from '../core/errors';
import {
  askForRefreshTokenAttempts,
  providerAttemptMs,
  providerAttempts,
  publishReserveMs,
  shortestProviderAttemptMs,
} from '../core/limits';
import { type Grant, interpretAnswer, type ProviderAnswer } from '../core/providerAnswer';
import type { Redacted } from '../core/redacted';
import { retryDelayMs } from '../core/retryBudget';
import type { TokenRequest } from '../effects/provider';
import { salvage } from './publish';
import { deadlineExceeded, leftMs, parameterNamesOf, type Run } from './run';

/** What the provider said in the end. */
export type Exchanged =
  | {
      readonly kind: 'granted';
      readonly grant: Grant;
      /** When the request was sent: the token's life is counted from no later than that. */
      readonly sentAtMs: number;
    }
  | { readonly kind: 'unauthorized' };

/**
 * Sends a token request, and sends it again while its answer is lost or unclear and the attempt
 * can still end inside the invocation and inside the 5 minutes in which the provider takes the
 * same refresh token again. An answer without the refresh token that was asked for is asked for
 * again too; if it stays so, it is returned as it is.
 *
 * @throws RotationError `ProviderUnavailable`, `InvalidConfig` where the provider will never
 * accept the request, `DeadlineExceeded` where there was no time for a first attempt.
 */
export async function exchange(run: Run, request: TokenRequest): Promise<Exchanged> {
  const firstUseMs = run.clock.now();
  let withoutRefreshToken: Extract<Exchanged, { kind: 'granted' }> | undefined;
  let successor: Redacted | undefined;
  let refusal: Exclude<ProviderAnswer, { kind: 'granted' | 'unclear' }> | undefined;
  let problem: string | undefined;
  let attempts = 0;

  for (;;) {
    const timeoutMs = Math.min(providerAttemptMs, leftMs(run) - publishReserveMs);
    if (timeoutMs < shortestProviderAttemptMs) break;
    const sentAtMs = run.clock.now();
    const answer = interpretAnswer(await run.provider.requestToken(request, timeoutMs));
    attempts += 1;
    run.providerUse.attempts += 1;
    run.providerUse.ms += run.clock.now() - sentAtMs;
    if (answer.kind === 'granted') {
      const granted = { kind: 'granted', grant: answer.grant, sentAtMs } as const;
      if (answer.grant.refreshToken || !request.offline) return granted;
      withoutRefreshToken = granted;
      problem = 'no refresh token in the answer';
    } else if (answer.kind === 'unclear') {
      // The next invocation may still get the refresh token: it must find this one unpublished.
      withoutRefreshToken = undefined;
      successor = answer.successor ?? successor;
      problem = answer.reason;
    } else {
      refusal = answer;
      break;
    }
    const delayMs = retryDelayMs({
      attempts,
      maxAttempts: withoutRefreshToken ? askForRefreshTokenAttempts : providerAttempts,
      nowMs: run.clock.now(),
      neededMs: shortestProviderAttemptMs + publishReserveMs,
      deadlineMs: run.clock.now() + leftMs(run),
      firstUseMs: request.refreshToken ? firstUseMs : undefined,
      retryAfterMs: answer.kind === 'unclear' ? answer.retryAfterMs : undefined,
      random: run.entropy.random(),
    });
    if (delayMs === undefined) break;
    run.telemetry.info('Asking the provider again', { problem, attempts, delayMs });
    await run.clock.sleep(delayMs);
  }

  // An access token alone still serves every reader.
  if (withoutRefreshToken) return withSuccessor(withoutRefreshToken, successor);
  if (successor) await salvage(run, successor);
  if (refusal?.kind === 'unauthorized') return refusal;
  if (refusal) throw rejected(run, refusal.reason);
  throw problem === undefined
    ? deadlineExceeded(run, 'to ask the provider')
    : unavailable(run, attempts, problem);
}

/** A successor that an earlier answer brought goes with the access token of one that had none. */
function withSuccessor(
  granted: Extract<Exchanged, { kind: 'granted' }>,
  successor: Redacted | undefined,
): Exchanged {
  if (!successor) return granted;
  return { ...granted, grant: { ...granted.grant, refreshToken: successor } };
}

function rejected(run: Run, reason: string): RotationError {
  return new RotationError(
    'InvalidConfig',
    `Connection "${run.connection}": the provider turned the token request down with ${reason}. ` +
      `It will not be repeated as it is: check authBaseUrl and clientId in ` +
      `${parameterNamesOf(run).config}. The stored token stays.`,
  );
}

function unavailable(run: Run, attempts: number, problem: string): RotationError {
  return new RotationError(
    'ProviderUnavailable',
    `Connection "${run.connection}": no usable answer from the provider in ${attempts} ` +
      `attempt(s); the last one: ${problem}. The stored token stays, and the next invocation ` +
      'asks again.',
  );
}
