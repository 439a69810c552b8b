import { RotationError } from '../core/errors';
import { readAttempts, storeAttemptMs } from '../core/limits';
import { retryDelayMs } from '../core/retryDelay';
import { StoreFailure } from '../effects/storeFailure';
import { deadlineExceeded, leftMs, type Run, secretIdOf } from './run';

/**
 * Repeats a call of a store while it fails transiently and time is left; while a refresh token may
 * be had again, whatever the failure is.
 *
 * @throws RotationError `InvalidConfig` if the thing read does not exist, `StoreUnavailable` if the
 * store cannot be reached or denies access, `DeadlineExceeded`.
 */
export async function retryStoreCall<T>(
  run: Run,
  call: () => Promise<T>,
  { maxAttempts = readAttempts }: { readonly maxAttempts?: number } = {},
): Promise<T> {
  if (leftMs(run) < storeAttemptMs) throw deadlineExceeded(run, 'to call the stores');
  for (let attempts = 1; ; attempts++) {
    try {
      return await call();
    } catch (thrown) {
      if (!(thrown instanceof StoreFailure)) throw thrown;
      const delayMs = isWorthRepeating(run, thrown)
        ? retryDelayMs({
            attempts,
            maxAttempts,
            nowMs: run.clock.now(),
            neededMs: storeAttemptMs,
            deadlineMs: run.clock.now() + leftMs(run),
            random: run.entropy.random(),
          })
        : undefined;
      if (delayMs === undefined) throw storeUnavailable(run, thrown);
      await run.clock.sleep(delayMs);
    }
  }
}

function isWorthRepeating(run: Run, { kind }: StoreFailure): boolean {
  if (kind === 'missing') return false;
  // After a refused signature the SDK has taken the time of the answer for its clock.
  return kind === 'transient' || kind === 'clock' || run.progress.staysToDeadline;
}

/** `InvalidConfig` for what is missing, else `StoreUnavailable`, with the one next step. */
export function storeUnavailable(run: Run, failure: StoreFailure): RotationError {
  const where = `Connection "${run.connection}" in ${run.settings.region}`;
  if (failure.kind === 'missing') {
    return new RotationError(
      'InvalidConfig',
      `${where}: ${failure.message}. Deploy the connection in this region, or invoke the function ` +
        'in the region that holds it.',
      { cause: failure },
    );
  }
  const message = `${where}: ${failure.message}. ${remedyOf(run, failure)}`;
  return new RotationError('StoreUnavailable', message, { cause: failure });
}

/** The one next step for a store that fails so. */
export function remedyOf(run: Run, { kind, message }: StoreFailure): string {
  switch (kind) {
    case 'denied':
      return "Check the function's role and, with a customer key, the key's policy and state.";
    case 'deleted':
      return `Take it back: aws secretsmanager restore-secret --secret-id ${secretIdOf(run)}. The tokens in it stay.`;
    case 'clock':
      return "The clock is wrong by more than AWS allows, the function's environment's or the endpoint's.";
    default:
      return message.includes('LimitExceeded')
        ? 'Secrets Manager keeps 100 versions and removes none younger than a day: see what writes so many.'
        : 'The next invocation tries again.';
  }
}
