import { addsNothing, type Decision } from '../core/decide';
import type { Facts } from '../core/facts';
import { thresholdMs } from '../core/freshness';
import { type HeldTokenSet, mergeHeld } from '../core/held';
import { apiBaseUrls, parseRestBaseUrl, parseSoapBaseUrl } from '../core/hosts';
import {
  endpointsAttemptMs,
  followUpDelayMs,
  publishReserveMs,
  shortestProviderAttemptMs,
} from '../core/limits';
import { type Grant, interpretEndpoints } from '../core/providerAnswer';
import type { Redacted } from '../core/redacted';
import {
  apiBaseUrlsOf,
  refreshTokenIssuedAtMsOf,
  refreshTokenOf,
  type StoredVersion,
  type TokenSet,
} from '../core/tokenSet';
import { withRefusal } from '../core/verdicts';
import type { TokenRequest } from '../effects/provider';
import { type Exchanged, exchange } from './exchange';
import { chainBroken, type FailDecision, failure, followUpNotSent } from './failures';
import { mark, markHeld } from './mark';
import {
  listVersions,
  MissingParameter,
  type ParametersRead,
  readCurrent,
  readOtherVersions,
} from './observe';
import { publish } from './publish';
import { readOrRecallParameters } from './recall';
import { leftMs, parameterNamesOf, type Run } from './run';

export type Effect = Exclude<Decision, { do: 'finish' | 'leave' } | FailDecision>;

/** Carries out one decision and returns what is known afterwards. */
export async function perform(run: Run, decision: Effect, facts: Facts): Promise<Facts> {
  switch (decision.do) {
    case 'readParameters':
      return readMissableParameters(run, facts);
    case 'readCurrent':
      return adopt(run, facts, await readCurrent(run));
    case 'listVersions':
      return withListed(run, facts, () => listVersions(run));
    case 'readOtherVersions': {
      const { versions, listed } = await readOtherVersions(run, facts.current);
      const holder = listed.find(({ stages }) => stages.includes('AWSCURRENT'))?.versionId;
      const hasMoved = holder !== undefined && holder !== facts.current.versionId;
      return { ...facts, otherVersions: versions, listed, currentMayBeStale: hasMoved };
    }
    case 'readEndpoints':
      return readEndpoints(run, facts, decision);
    case 'sendFollowUp':
      return sendFollowUp(run, facts);
    case 'mark':
      return mark(run, facts, decision.isRequired);
    case 'markHeld':
      return markHeld(run, facts, decision.held);
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

/** Refusals belong to one package at one host: after a change of either they mean nothing. */
export function withParameters(run: Run, facts: Facts, read: ParametersRead): Facts {
  const { parameters, held, escrowPresent } = read;
  const { authBaseUrl, clientId } = parameters.config;
  const packageKey = `${authBaseUrl} ${clientId}`;
  const { memory } = run;
  memory.parameters = parameters;
  if (memory.packageKey !== packageKey) {
    memory.packageKey = packageKey;
    memory.refusals = new Map();
    memory.doubtedSecrets = new Set();
  }
  return {
    ...facts,
    parameters,
    parametersMissing: false,
    held: mergeHeld(facts.held, held),
    escrowPresent,
    escrowUnknown: read.escrowUnknown ?? false,
    refusals: memory.refusals,
    doubtedSecrets: memory.doubtedSecrets,
  };
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

/** Another invocation that published meanwhile has won: its token set is adopted. */
export function adopt(run: Run, facts: Facts, current: StoredVersion): Facts {
  if (current.versionId === facts.current.versionId) {
    return { ...facts, current, currentMayBeStale: false };
  }
  run.telemetry.info('Another invocation has published meanwhile; going on with its token set');
  return {
    ...facts,
    current,
    currentMayBeStale: false,
    force: false,
    markFailed: false,
    unexplained: undefined,
    otherVersions: undefined,
    listed: undefined,
  };
}

/** The list is for the allowance and the mark; a store that denies it must not stop a confirmation. */
async function withListed(
  run: Run,
  facts: Facts,
  list: () => Promise<NonNullable<Facts['listed']>>,
): Promise<Facts> {
  try {
    return { ...facts, listed: await list() };
  } catch (thrown) {
    run.telemetry.warn('The versions of the secret cannot be listed', {
      problem: thrown instanceof Error ? thrown.name : 'unknown',
    });
    return { ...facts, listed: [] };
  }
}

async function readEndpoints(
  run: Run,
  facts: Facts,
  { restBaseUrl, accessToken }: Extract<Decision, { do: 'readEndpoints' }>,
): Promise<Facts> {
  run.memory.endpointsAsked = true;
  const allowLoopback = run.settings.allowLoopbackProvider;
  const known = parseRestBaseUrl(restBaseUrl, { allowLoopback });
  const timeoutMs = Math.min(endpointsAttemptMs, leftMs(run) - publishReserveMs);
  if (known !== undefined && timeoutMs > 0) {
    const { rest = '', soap = '' } = interpretEndpoints(
      await run.provider.endpoints(known, accessToken, timeoutMs),
    );
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
    const notBeforeMs = run.clock.now() + followUpDelayMs;
    // Should a message be under way already, its clean answer may be revoked by this use, and nobody
    // would know if this invocation died: so AWSCURRENT is used once more, whatever it looks like.
    await run.followUps?.send({ connection: run.connection, notBeforeMs, force: true });
  } catch (thrown) {
    throw followUpNotSent(run, thrown);
  }
  return { ...facts, followUpSent: true };
}

async function publishHeld(run: Run, facts: Facts, held: HeldTokenSet): Promise<Facts> {
  const published = await publishSet(run, facts, held);
  run.telemetry.warn('Published a token set that had been left outside AWSCURRENT', {
    refreshToken: held.tokenSet.refreshToken.fingerprint,
    issuedAt: new Date(held.tokenSet.issuedAtMs).toISOString(),
    open: held.open || held.sent,
  });
  return { ...published, force: false, repaired: true };
}

async function publishSet(
  run: Run,
  facts: Facts,
  set: HeldTokenSet,
  parentVersionId = facts.current.versionId,
): Promise<Facts> {
  const { held, escrowPresent } = facts;
  const replacedVersionId = facts.current.versionId;
  const options = { parentVersionId, replacedVersionId, held, escrowPresent };
  const published = await publish(run, set, options);
  if (published.kind === 'parked') {
    return { ...facts, held: published.held, escrowPresent: true, refusesWrites: true };
  }
  return {
    ...facts,
    current: published.version,
    held: published.held,
    escrowPresent: published.held.length > 0,
    listed: undefined,
    otherVersions: undefined,
    refusesWrites: false,
    markFailed: false,
  };
}

async function probeCredentials(run: Run, facts: Facts, clientSecret: Redacted): Promise<Facts> {
  // Without a refresh token the answer depends on the client credentials alone.
  const answer = await exchange(run, tokenRequest(facts, clientSecret, { offline: false }));
  const accepted = answer.kind === 'granted';
  const explained = facts.unexplained?.clientSecret.equals(clientSecret)
    ? facts.unexplained
    : undefined;
  const judged = withVerdict(run, facts, clientSecret, answer);
  if (!explained) return judged;
  const rest = { ...judged, unexplained: undefined };
  return accepted ? withRefusedToken(run, rest, explained.token, explained.reason) : rest;
}

async function refresh(
  run: Run,
  facts: Facts,
  decision: Extract<Decision, { do: 'refresh' }>,
): Promise<Facts> {
  const { refreshToken, clientSecret, isDirty, outcome } = decision;
  const request = { ...tokenRequest(facts, clientSecret, { offline: true }), refreshToken };
  if (refreshTokenOf(facts.current.tokens)?.equals(refreshToken)) run.memory.inUse = facts.current;
  const askAttempts = addsNothing(facts) ? { askForRefreshTokenAttempts: 1 } : {};
  const answer = await exchange(run, request, askAttempts);
  if (answer.kind === 'granted') {
    return publishGrant(run, withVerdict(run, facts, clientSecret, answer), {
      ...answer,
      clientSecret,
      sent: refreshToken,
      isOpen: isDirty || !answer.isOnlyUse,
      outcome,
    });
  }
  const uses = new Map(facts.uses).set(refreshToken.fingerprint, {
    isDirty,
    ...facts.uses.get(refreshToken.fingerprint),
    ...(answer.possiblyUsedAtMs === undefined ? {} : { possiblyUsedAtMs: answer.possiblyUsedAtMs }),
  });
  const stale = { ...facts, uses, currentMayBeStale: true };
  if (facts.secretVerdicts.get(clientSecret.fingerprint) === 'accepted') {
    return withRefusedToken(run, stale, refreshToken, answer.reason);
  }
  // Remembered before it is explained: should the probe fail, the next invocation begins with it.
  run.memory.doubtedSecrets = new Set([...run.memory.doubtedSecrets, clientSecret.fingerprint]);
  return { ...stale, unexplained: { token: refreshToken, clientSecret, reason: answer.reason } };
}

async function reissue(run: Run, facts: Facts, clientSecret: Redacted): Promise<Facts> {
  const answer = await exchange(run, tokenRequest(facts, clientSecret, { offline: true }));
  if (answer.kind === 'refused') return withVerdict(run, facts, clientSecret, answer);
  return publishGrant(run, withVerdict(run, facts, clientSecret, answer), {
    ...answer,
    clientSecret,
    sent: undefined,
    isOpen: false,
    outcome: 'reissued',
  });
}

async function publishGrant(
  run: Run,
  facts: Facts,
  granted: {
    readonly grant: Grant;
    readonly sentAtMs: number;
    readonly clientSecret: Redacted;
    /** Stored again if the answer brought no refresh token of its own. */
    readonly sent: Redacted | undefined;
    readonly isOpen: boolean;
    readonly outcome: 'rotated' | 'recovered' | 'reissued';
  },
): Promise<Facts> {
  const { grant, sent, isOpen } = granted;
  const lacksSuccessor = grant.refreshToken === undefined;
  const refreshToken = grant.refreshToken ?? sent;
  if (refreshToken === undefined) throw chainBroken(run, facts);
  warnOfOddities(run, facts, granted.grant, refreshToken);
  if (lacksSuccessor && addsNothing(facts)) return { ...facts, lacksSuccessor };
  const set: HeldTokenSet = {
    tokenSet: toTokenSet(run, facts, { ...granted, refreshToken }),
    open: isOpen || lacksSuccessor,
    sent: lacksSuccessor,
    parent: sent?.fingerprint,
  };
  const published = await publishSet(run, facts, set, holderOf(facts, sent)?.versionId);
  warnOfStagedSecret(run, facts, granted.clientSecret);
  const outcome =
    facts.outcome === undefined || facts.outcome === 'rotated' ? granted.outcome : facts.outcome;
  const refreshes = facts.refreshes + 1;
  // What is only parked has ended nothing: it is published, or confirmed from there.
  if (published.refusesWrites) return { ...published, refreshes, lacksSuccessor };
  return { ...published, outcome, force: false, lacksSuccessor, refreshes };
}

/**
 * The stored access token stays if it lives longer than the new one does: nothing is overwritten by
 * less.
 */
function toTokenSet(
  run: Run,
  facts: Facts,
  {
    grant,
    sentAtMs,
    refreshToken,
  }: {
    readonly grant: Grant;
    readonly sentAtMs: number;
    readonly refreshToken: Redacted;
  },
): TokenSet {
  const { tokens } = facts.current;
  const stored = tokens.kind === 'issued' ? tokens.tokenSet : undefined;
  const granted = { ...grant, expiresAtMs: sentAtMs + grant.expiresInMs };
  // What was issued after this has been dated by a clock that is wrong.
  const isStoredBetter =
    stored && stored.issuedAtMs <= sentAtMs && stored.expiresAtMs > granted.expiresAtMs;
  const access = isStoredBetter ? stored : granted;
  return {
    accessToken: access.accessToken,
    ...(access.legacyToken ? { legacyToken: access.legacyToken } : {}),
    refreshToken,
    issuedAtMs: sentAtMs,
    expiresAtMs: access.expiresAtMs,
    ...(grant.refreshToken ? {} : { refreshTokenIssuedAtMs: issueOf(refreshToken, facts) }),
    ...apiBaseUrlsOf(tokens),
    ...run.memory.endpoints,
    ...apiBaseUrls(facts.parameters?.config.authBaseUrl ?? ''),
  };
}

/** When a stored refresh token was issued. */
function issueOf(refreshToken: Redacted, facts: Facts): number {
  return refreshTokenIssuedAtMsOf(holderOf(facts, refreshToken) ?? facts.current);
}

/** The version that holds a refresh token, from which descends what it brings. */
function holderOf({ current, otherVersions = [] }: Facts, token: Redacted | undefined) {
  if (token === undefined) return undefined;
  return [current, ...otherVersions].find(({ tokens }) => refreshTokenOf(tokens)?.equals(token));
}

function warnOfOddities(
  run: Run,
  { current, refreshBelowMs }: Facts,
  grant: Grant,
  refreshToken: Redacted,
): void {
  const { memory, telemetry } = run;
  if (grant.oddity) telemetry.warn('The answer is odd, and was taken', { oddity: grant.oddity });
  if (grant.refreshToken === undefined) {
    telemetry.warn('The provider gave no refresh token: it is asked for again', {
      refreshToken: refreshToken.fingerprint,
    });
  }
  if (thresholdMs(grant.expiresInMs, refreshBelowMs) < refreshBelowMs && !memory.saidShortLife) {
    memory.saidShortLife = true;
    telemetry.warn('Access tokens live shorter than usual: they are renewed after a third of it', {
      lifeSeconds: Math.round(grant.expiresInMs / 1_000),
      versionId: current.versionId,
    });
  }
}

function warnOfStagedSecret(run: Run, facts: Facts, clientSecret: Redacted): void {
  if (facts.parameters?.clientSecrets[0].equals(clientSecret)) return;
  const names = parameterNamesOf(run);
  run.telemetry.count('StagedSecretUsed');
  run.telemetry.warn('The staged client secret is in use, since the first one is refused', {
    remedy: `Write the value of ${names.stagedClientSecret} to ${names.clientSecret}`,
  });
}

/** Then what was refused in this round may be asked about again. */
async function wait(
  run: Run,
  facts: Facts,
  decision: Extract<Decision, { do: 'wait' }>,
): Promise<Facts> {
  const delayMs = Math.max(0, decision.untilMs - run.clock.now());
  const neededMs = shortestProviderAttemptMs + publishReserveMs;
  if (delayMs + neededMs > leftMs(run))
    throw failure(run, { do: 'fail', code: decision.code }, facts);
  run.telemetry.info('Waiting before the provider is asked again', { delayMs });
  await run.clock.sleep(delayMs);
  return { ...facts, refusedInRound: new Map(), secretVerdicts: new Map() };
}

function tokenRequest(
  facts: Facts,
  clientSecret: Redacted,
  { offline }: { offline: boolean },
): TokenRequest {
  const { authBaseUrl = '', clientId = '' } = facts.parameters?.config ?? {};
  return { authBaseUrl, clientId, clientSecret, offline };
}

function withVerdict(run: Run, facts: Facts, { fingerprint }: Redacted, answer: Exchanged): Facts {
  const accepted = answer.kind === 'granted';
  const doubtedSecrets = new Set(run.memory.doubtedSecrets);
  if (accepted) doubtedSecrets.delete(fingerprint);
  else doubtedSecrets.add(fingerprint);
  run.memory.doubtedSecrets = doubtedSecrets;
  const secretVerdicts = new Map(facts.secretVerdicts);
  secretVerdicts.set(fingerprint, accepted ? 'accepted' : 'refused');
  return {
    ...facts,
    doubtedSecrets,
    secretVerdicts,
    ...(answer.kind === 'refused' && { lastRefusal: answer.reason }),
  };
}

function withRefusedToken(run: Run, facts: Facts, token: Redacted, reason: string): Facts {
  const { fingerprint } = token;
  run.telemetry.warn('The provider refuses a refresh token', { refreshToken: fingerprint, reason });
  const refusal = { nowMs: run.clock.now(), reason };
  const refusals = withRefusal(run.memory.refusals, fingerprint, refusal);
  run.memory.refusals = refusals;
  const refusedInRound = new Map(facts.refusedInRound);
  refusedInRound.set(fingerprint, (refusedInRound.get(fingerprint) ?? 0) + 1);
  return { ...facts, refusals, refusedInRound };
}
