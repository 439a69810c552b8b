import { RotationError } from '../core/errors';
import { isOpen, isSent } from '../core/freshness';
import { apiBaseUrls, isRestBaseUrl } from '../core/hosts';
import {
  closingReserveMs,
  newVersionReadAttempts,
  newVersionReadDelayMs,
  providerAttemptMs,
  providerAttempts,
  shortestProviderAttemptMs,
  timerSlackMs,
} from '../core/limits';
import { interpretTokenContext } from '../core/providerAnswer';
import { retryDelayMs } from '../core/retryDelay';
import {
  refreshTokenOf,
  type StoredVersion,
  serializeTokenSet,
  type TokenSet,
} from '../core/tokenSet';
import { StoreFailure } from '../effects/storeFailure';
import type { RotationStepEvent } from './events';
import { readCurrent, readParameters, readVersion } from './observe';
import { type RotateOptions, rotateRun, runOf } from './rotation';
import { deadlineExceeded, leftMs, type RotationResult, type Run, secretIdOf } from './run';
import { retryStoreCall } from './storeCall';

type Rotated = Exclude<RotationResult, { outcome: 'waiting' }>;

/**
 * One of the four steps of Secrets Manager's own rotation; each can be run again at any time
 * (AWS Secrets Manager User Guide, "Lambda rotation functions"). The new token set goes into
 * AWSCURRENT at once, as in any rotation, and the pending version gets a copy: whatever becomes of
 * the further steps, nothing depends on them.
 *
 * @throws RotationError with one of the documented codes.
 */
export async function runRotationStep(
  options: RotateOptions,
  event: RotationStepEvent,
): Promise<RotationResult> {
  const { connection, versionId } = event;
  const run = runOf(options, { connection, force: true, delivery: { by: 'hand' } });
  switch (event.step) {
    case 'createSecret':
      return createSecret(run, versionId);
    case 'setSecret':
      // There is nothing to set at the provider: it made the tokens itself.
      return resultOf(run, await pendingVersion(run, versionId));
    case 'testSecret':
      return testSecret(run, versionId);
    case 'finishSecret':
      return finishSecret(run, versionId);
  }
}

/** Rotates, once: a pending version that holds a token set stays as it is. */
async function createSecret(run: Run, versionId: string): Promise<RotationResult> {
  const existing = await readVersion(run, versionId);
  if (existing?.tokens.kind === 'issued') return resultOf(run, existing);

  const result = await rotateRun(run);
  const current = await readCurrent(run);
  const text = serializeTokenSet(tokenSetOf(run, current));
  const put = () => run.secretStore.put(secretIdOf(run), versionId, text, ['AWSPENDING']);
  await retryStoreCall(run, put);
  return { ...resultOf(run, { ...current, versionId }), outcome: result.outcome };
}

/** Asks the provider about the pending access token, unless something newer is current already. */
async function testSecret(run: Run, versionId: string): Promise<RotationResult> {
  const pending = await readNewVersion(run, versionId);
  if (pending?.tokens.kind !== 'issued') {
    // Secrets Manager runs this step alone, on a version of its own making, when a rotation is set up.
    run.telemetry.info('There is no token set to test');
    return nothingTested(run, versionId);
  }
  const { tokenSet } = pending.tokens;
  const { config } = (await readParameters(run)).parameters;
  const restBaseUrl = apiBaseUrls(config.authBaseUrl).restBaseUrl ?? tokenSet.restBaseUrl;
  const allowLoopback = run.settings.allowLoopbackProvider;
  if (restBaseUrl === undefined || !isRestBaseUrl(restBaseUrl, { allowLoopback })) {
    run.telemetry.info('The new access token was not tested: the REST host is not known');
    return resultOf(run, pending);
  }
  const accepted = await isAccepted(run, restBaseUrl, tokenSet);
  if (accepted || (await isSuperseded(run, pending))) return resultOf(run, pending);
  throw new RotationError(
    'ProviderUnavailable',
    `Connection "${run.connection}": the provider does not accept the new access token. Its refresh ` +
      'token is in AWSCURRENT, where the next scheduled rotation uses it.',
  );
}

async function isAccepted(run: Run, restBaseUrl: string, tokenSet: TokenSet): Promise<boolean> {
  for (let attempts = 1; ; attempts++) {
    const timeoutMs = Math.min(providerAttemptMs, leftMs(run));
    if (timeoutMs < shortestProviderAttemptMs) throw deadlineExceeded(run, 'to test the token');
    const verdict = interpretTokenContext(
      await run.provider.tokenContext(restBaseUrl, tokenSet.accessToken, timeoutMs),
      run.clock.now(),
    );
    if (verdict.kind !== 'indeterminate') return verdict.kind === 'accepted';
    const delayMs = retryDelayMs({
      attempts,
      maxAttempts: providerAttempts,
      nowMs: run.clock.now(),
      neededMs: shortestProviderAttemptMs + timerSlackMs,
      deadlineMs: run.deadlineMs - closingReserveMs,
      retryAfterMs: verdict.retryAfterMs,
      random: run.entropy.random(),
    });
    if (delayMs === undefined) {
      throw new RotationError(
        'ProviderUnavailable',
        `Connection "${run.connection}": the new access token could not be tested: ` +
          `${verdict.reason}. Secrets Manager repeats the step.`,
      );
    }
    await run.clock.sleep(delayMs);
  }
}

/**
 * Moves AWSCURRENT to the pending version while both hold the same tokens, then ends AWSPENDING. A
 * rotation that came between has put something newer there, which stays.
 */
async function finishSecret(run: Run, versionId: string): Promise<RotationResult> {
  const pending = await pendingVersion(run, versionId);
  for (let attempts = 1; ; attempts++) {
    const current = await readCurrent(run);
    if (current.versionId === versionId || !isCopy(pending, current)) break;
    try {
      await run.secretStore.moveStage(secretIdOf(run), 'AWSCURRENT', current.versionId, versionId);
      break;
    } catch (thrown) {
      // Another invocation has published since: look again at which is the newer one.
      if (thrown instanceof StoreFailure && attempts < 4) continue;
      throw unfinished(run, thrown);
    }
  }
  await endPending(run, versionId);
  return resultOf(run, pending);
}

async function endPending(run: Run, versionId: string): Promise<void> {
  const secretId = secretIdOf(run);
  // Looked up for each attempt: a removal whose answer was lost has removed the label.
  await retryStoreCall(run, async () => {
    const listed = await run.secretStore.listVersions(secretId);
    const ended = listed.find((version) => version.versionId === versionId);
    if (!ended?.stages.includes('AWSPENDING')) return;
    await run.secretStore.moveStage(secretId, 'AWSPENDING', versionId);
  });
}

async function isSuperseded(run: Run, pending: StoredVersion): Promise<boolean> {
  const current = await readCurrent(run);
  return current.versionId !== pending.versionId && !isCopy(pending, current);
}

/** A label that says more of AWSCURRENT than the copy does would be left behind. */
function isCopy(pending: StoredVersion, current: StoredVersion): boolean {
  const token = refreshTokenOf(pending.tokens);
  const isSame = token !== undefined && refreshTokenOf(current.tokens)?.equals(token);
  return isSame === true && !isOpen(current) && !isSent(current);
}

async function pendingVersion(run: Run, versionId: string): Promise<StoredVersion> {
  const version = await readNewVersion(run, versionId);
  if (version?.tokens.kind === 'issued') return version;
  throw new RotationError(
    'InvalidEvent',
    `Connection "${run.connection}": the version ${versionId} of ${secretIdOf(run)} holds no token ` +
      'set. The step createSecret comes first; start the rotation again.',
  );
}

/** What the step before wrote may not be readable at once. */
async function readNewVersion(run: Run, versionId: string): Promise<StoredVersion | undefined> {
  for (let attempts = 1; ; attempts++) {
    const version = await readVersion(run, versionId);
    if (version !== undefined || attempts >= newVersionReadAttempts) return version;
    await run.clock.sleep(newVersionReadDelayMs);
  }
}

function tokenSetOf(run: Run, version: StoredVersion): TokenSet {
  if (version.tokens.kind === 'issued') return version.tokens.tokenSet;
  throw new RotationError(
    'NotSeeded',
    `Connection "${run.connection}": the secret ${secretIdOf(run)} holds no token set.`,
  );
}

function resultOf(run: Run, version: StoredVersion): Rotated {
  const { expiresAtMs } = tokenSetOf(run, version);
  return {
    connection: run.connection,
    outcome: 'rotated',
    expiresAt: new Date(expiresAtMs).toISOString(),
    versionId: version.versionId,
  };
}

function nothingTested(run: Run, versionId: string): RotationResult {
  const expiresAt = new Date(run.clock.now()).toISOString();
  return { connection: run.connection, outcome: 'fresh', expiresAt, versionId };
}

function unfinished(run: Run, thrown: unknown): unknown {
  if (!(thrown instanceof StoreFailure)) return thrown;
  return new RotationError(
    'StoreUnavailable',
    `Connection "${run.connection}": ${thrown.message}. Secrets Manager repeats the step.`,
    { cause: thrown },
  );
}
