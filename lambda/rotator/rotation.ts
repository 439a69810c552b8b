import { decide, type Outcome } from '../core/decide';
import { RotationError } from '../core/errors';
import type { Facts } from '../core/facts';
import { rounds } from '../core/limits';
import { refreshTokenIssuedAtMsOf, refreshTokenOf } from '../core/tokenSet';
import type { ConnectionEvent } from './events';
import { failure } from './failures';
import type { ContainerMemory } from './memory';
import { readCurrent, readParameters } from './observe';
import { perform, withParameters } from './perform';
import type { Destination } from './publish';
import type { Run, World } from './run';
import type { Settings } from './settings';

/** What an invocation answers. */
export interface RotationResult {
  readonly connection: string;
  readonly outcome: Outcome;
  /** ISO 8601. */
  readonly expiresAt: string;
  /** The version of the secret that is AWSCURRENT. */
  readonly versionId: string;
}

export interface RotateOptions extends World {
  readonly settings: Settings;
  readonly memory: ContainerMemory;
  readonly deadlineMs: number;
}

/**
 * Keeps one connection's token fresh: observes, decides and performs one effect at a time until
 * the decision is to finish.
 *
 * @throws RotationError with one of the documented codes.
 */
export async function rotate(
  options: RotateOptions,
  event: ConnectionEvent,
): Promise<RotationResult> {
  return rotateRun(runOf(options, event));
}

/** The connection's run in this container, for a rotation and for what is done around one. */
export function runOf(
  options: RotateOptions,
  { connection, force }: ConnectionEvent,
  destination?: Destination,
): Run {
  const memory = options.memory.of(connection);
  const providerUse = { attempts: 0, ms: 0 };
  return { ...options, memory, connection, force, destination, providerUse };
}

/** Rotates as {@link rotate} does. */
export async function rotateRun(run: Run): Promise<RotationResult> {
  const startedAtMs = run.clock.now();
  let facts = await observe(run);
  for (let round = 0; round < rounds; round++) {
    facts = { ...facts, nowMs: run.clock.now() };
    const decision = decide(facts);
    if (decision.do === 'finish') return finish(run, facts, decision.outcome, startedAtMs);
    if (decision.do === 'fail') throw failure(run, decision, facts);
    facts = await perform(run, decision, facts);
  }
  throw new RotationError(
    'DeadlineExceeded',
    `Connection "${run.connection}": no end was reached in ${rounds} steps. ` +
      'The next invocation goes on from here.',
  );
}

async function observe(run: Run): Promise<Facts> {
  const [currentRead, parametersRead] = await Promise.allSettled([
    readCurrent(run),
    refreshIsLikely(run) ? readParameters(run) : undefined,
  ]);
  if (currentRead.status === 'rejected') throw currentRead.reason;
  const current = currentRead.value;
  const { memory } = run;
  const facts: Facts = {
    nowMs: run.clock.now(),
    refreshBelowMs: run.settings.refreshBelowMs,
    force: run.force,
    current,
    currentMayBeStale: false,
    parameters: undefined,
    unpublished: memory.unpublished,
    otherVersions: undefined,
    unfinished: run.journal.read(run.connection),
    refusedTokens: memory.refusedTokens,
    unexplained: undefined,
    secretVerdicts: new Map(),
    doubtedSecrets: memory.doubtedSecrets,
    repaired: false,
    outcome: undefined,
  };
  if (parametersRead.status === 'rejected') {
    // It counts only where the parameters turn out to be needed.
    if (decide(facts).do === 'finish') return facts;
    throw parametersRead.reason;
  }
  return parametersRead.value ? withParameters(run, facts, parametersRead.value) : facts;
}

/** Then the parameters are read beside AWSCURRENT, to save the time of one call. */
function refreshIsLikely({ force, memory, clock, settings }: Run): boolean {
  return (
    force ||
    (memory.expiresAtMs !== undefined && memory.expiresAtMs - clock.now() < settings.refreshBelowMs)
  );
}

function finish(run: Run, facts: Facts, outcome: Outcome, startedAtMs: number): RotationResult {
  const { memory, telemetry } = run;
  const { current } = facts;
  const nowMs = run.clock.now();
  const expiresAtMs =
    current.tokens.kind === 'issued' ? current.tokens.tokenSet.expiresAtMs : nowMs;
  memory.expiresAtMs = expiresAtMs;
  const result: RotationResult = {
    connection: run.connection,
    outcome,
    expiresAt: new Date(expiresAtMs).toISOString(),
    versionId: current.versionId,
  };
  const measured = {
    secondsToExpiry: Math.round((expiresAtMs - nowMs) / 1_000),
    refreshTokenAgeSeconds: Math.round((nowMs - refreshTokenIssuedAtMsOf(current)) / 1_000),
    durationMs: Math.round(nowMs - startedAtMs),
  };
  const { attempts, ms } = run.providerUse;
  const asked = attempts > 0 ? { providerAttempts: attempts, providerMs: Math.round(ms) } : {};
  const brokenSinceMs = isRefused(facts) ? undefined : memory.brokenSinceMs;
  if (brokenSinceMs !== undefined) {
    telemetry.info('The chain is whole again', {
      brokenSince: new Date(brokenSinceMs).toISOString(),
    });
    delete memory.brokenSinceMs;
  }
  if (outcome === 'rotated') telemetry.count('Rotated');
  if (outcome === 'reissued') telemetry.count('Reissued');
  if (outcome === 'recovered' || brokenSinceMs !== undefined) telemetry.count('Recovered');
  telemetry.gauge({ connection: run.connection, ...measured });
  telemetry.info('Rotation finished', { ...result, ...measured, ...asked });
  return result;
}

/** The access token may still be fresh though the chain behind it is broken. */
function isRefused({ current, refusedTokens }: Facts): boolean {
  return refusedTokens.has(refreshTokenOf(current.tokens)?.fingerprint ?? '');
}
