import { RotationError } from '../core/errors';
import { readAttempts, storeAttemptMs } from '../core/limits';
import { retryDelayMs } from '../core/retryBudget';
import { StoreFailure } from '../effects/storeFailure';
import { deadlineExceeded, leftMs, type Run } from './run';

/**
 * Repeats a call of a store while it fails transiently and time is left.
 *
 * @throws RotationError `InvalidConfig` where the thing read does not exist, `StoreUnavailable`
 * where the store cannot be reached or denies access, `DeadlineExceeded`.
 */
export async function callStore<T>(run: Run, call: () => Promise<T>): Promise<T> {
  if (leftMs(run) < storeAttemptMs) throw deadlineExceeded(run, 'to call the stores');
  for (let attempts = 1; ; attempts++) {
    try {
      return await call();
    } catch (thrown) {
      if (!(thrown instanceof StoreFailure)) throw thrown;
      const delayMs =
        thrown.kind === 'transient'
          ? retryDelayMs({
              attempts,
              maxAttempts: readAttempts,
              nowMs: run.clock.now(),
              neededMs: storeAttemptMs,
              deadlineMs: run.clock.now() + leftMs(run),
              random: run.entropy.random(),
            })
          : undefined;
      if (delayMs === undefined) throw unreachable(run, thrown);
      await run.clock.sleep(delayMs);
    }
  }
}

function unreachable(run: Run, failure: StoreFailure): RotationError {
  const where = `Connection "${run.connection}" in ${run.settings.region}`;
  if (failure.kind === 'missing') {
    return new RotationError(
      'InvalidConfig',
      `${where}: ${failure.message}. Deploy the connection in this region, or invoke the function ` +
        'in the region that holds it.',
      { cause: failure },
    );
  }
  const remedy =
    failure.kind === 'denied'
      ? "Check the function's role and, with a customer key, the key's policy."
      : 'The next invocation tries again; nothing was spent.';
  return new RotationError('StoreUnavailable', `${where}: ${failure.message}. ${remedy}`, {
    cause: failure,
  });
}
