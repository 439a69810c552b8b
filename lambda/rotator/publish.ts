import { RotationError } from '../core/errors';
import type { ConnectionParameters } from '../core/facts';
import { publishAttempts, publishAttemptsBeforeEscrow, storeAttemptMs } from '../core/limits';
import type { Redacted } from '../core/redacted';
import { retryDelayMs } from '../core/retryBudget';
import {
  parseStoredTokens,
  refreshTokenOf,
  type StoredVersion,
  serializeTokenSet,
  type TokenSet,
} from '../core/tokenSet';
import { StoreFailure } from '../effects/storeFailure';
import { leftMs, parameterNamesOf, type Run, secretIdOf } from './run';

/** Where a token set goes: to AWSCURRENT in a version of its own, unless told otherwise. */
export interface Destination {
  readonly versionId: string;
  readonly stages: string[];
}

export interface Published {
  readonly version: StoredVersion;
  /** Nothing is left in the escrow. */
  readonly escrowCleared: boolean;
}

type EscrowFound = Pick<ConnectionParameters, 'escrow' | 'escrowPresent'>;

/**
 * Makes a token set AWSCURRENT, keeping at it until the invocation's time is over. When Secrets
 * Manager keeps failing, the token set is also parked in the escrow, from where the next
 * invocation publishes it; once published, the escrow is deleted.
 *
 * @param found what stood in the escrow when it was read.
 * @throws RotationError `StoreUnavailable`, saying where the token set is kept meanwhile.
 */
export async function publish(
  run: Run,
  tokenSet: TokenSet,
  found: EscrowFound | undefined,
  destination?: Destination,
): Promise<Published> {
  const text = serializeTokenSet(tokenSet);
  // One version id for all attempts: a write that was carried out and not answered is then
  // repeated without a second version (PutSecretValue is idempotent on ClientRequestToken).
  const versionId = destination?.versionId ?? run.entropy.uuid();
  const put = () => run.secretStore.put(secretIdOf(run), versionId, text, destination?.stages);
  run.memory.unpublished = tokenSet;
  let parked = false;
  for (let attempts = 1; ; attempts++) {
    const failure = await attempt(put);
    if (failure === undefined) break;
    run.telemetry.warn('Secrets Manager did not take the token set', {
      attempts,
      problem: failure.message,
    });
    const keepsFailing =
      attempts >= publishAttemptsBeforeEscrow ||
      failure.kind !== 'transient' ||
      leftMs(run) < 3 * storeAttemptMs;
    if (!parked && keepsFailing) parked = await park(run, text);
    const delayMs = retryDelayMs({
      attempts,
      maxAttempts: publishAttempts,
      nowMs: run.clock.now(),
      neededMs: storeAttemptMs,
      deadlineMs: run.clock.now() + leftMs(run),
      random: run.entropy.random(),
    });
    if (delayMs === undefined) throw unpublished(run, failure, parked);
    await run.clock.sleep(delayMs);
  }
  delete run.memory.unpublished;
  run.journal.clear(run.connection);
  if (destination === undefined) {
    run.memory.expiresAtMs = tokenSet.expiresAtMs;
    run.memory.newestIssuedAtMs = tokenSet.issuedAtMs;
  }
  const version: StoredVersion = {
    versionId,
    stages: destination?.stages ?? ['AWSCURRENT'],
    createdAtMs: run.clock.now(),
    tokens: { kind: 'issued', tokenSet },
  };
  const escrowCleared =
    parked || found?.escrowPresent ? await clearEscrow(run, tokenSet, found) : true;
  return { version, escrowCleared };
}

/**
 * Keeps a successor that came in an otherwise unusable answer as a labelled version of its own,
 * so that recovery finds it once the refresh token in AWSCURRENT is refused.
 */
export async function salvage(run: Run, refreshToken: Redacted): Promise<void> {
  const text = JSON.stringify({ refreshToken: refreshToken.reveal() });
  const versionId = run.entropy.uuid();
  const failure = await attempt(() =>
    run.secretStore.put(secretIdOf(run), versionId, text, ['SFMC_SALVAGED']),
  );
  run.telemetry.warn('Kept the refresh token of an answer that could not be used otherwise', {
    refreshToken: refreshToken.fingerprint,
    kept: failure === undefined,
  });
}

async function park(run: Run, text: string): Promise<boolean> {
  const { escrow } = parameterNamesOf(run);
  const store = run.parameterStore();
  const failure = await attempt(() => store.writeSecure(escrow, text));
  if (failure === undefined) run.telemetry.count('EscrowUsed');
  run.telemetry.warn(
    failure ? 'Parameter Store did not take it either' : 'Parked the token set in the escrow',
    { parameter: escrow, ...(failure ? { problem: failure.message } : {}) },
  );
  return failure === undefined;
}

/**
 * What another invocation has parked meanwhile stays: its use of the refresh token may have revoked
 * the successor that this one has published. An escrow that stays is harmless: a later rotation
 * tries it, if need be, and the next publish ends it.
 */
async function clearEscrow(
  run: Run,
  published: TokenSet,
  found: EscrowFound | undefined,
): Promise<boolean> {
  const { escrow } = parameterNamesOf(run);
  const store = run.parameterStore();
  const done = [published, found?.escrow].map((tokenSet) => tokenSet?.refreshToken.fingerprint);
  let problem: string | undefined;
  const failure = await attempt(async () => {
    const isUnreadable = found?.escrowPresent && !found.escrow;
    const text = isUnreadable ? undefined : (await store.read([escrow])).get(escrow);
    const tokens = parseStoredTokens(text ?? '');
    const parked = tokens.ok ? refreshTokenOf(tokens.value) : undefined;
    if (parked === undefined || done.includes(parked.fingerprint)) await store.remove(escrow);
    else problem = 'another invocation has parked a token set meanwhile';
  });
  problem ??= failure?.message;
  if (problem !== undefined) run.telemetry.warn('The escrow is still there', { problem });
  return problem === undefined;
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
    `Connection "${run.connection}" in ${run.settings.region}: ${failure.message}. ${kept}`,
    { cause: failure },
  );
}
