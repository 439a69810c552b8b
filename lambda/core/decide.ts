import { mayConfirm, mayHurry } from './allowance';
import { aheadTokenSet, mayBeInWindow, newestVersion, refreshTokens } from './candidates';
import type { RotationErrorCode } from './errors';
import type { ConnectionParameters, Facts } from './facts';
import {
  freshnessOf,
  isCurrentSent,
  isFirstUse,
  isJustIssued,
  isOpen,
  isSent,
  isShortLived,
  isUnusedOpen,
  openEndOf,
} from './freshness';
import { fingerprintOf, type HeldTokenSet } from './held';
import { apiBaseUrls } from './hosts';
import { mostRefreshes, refusedRoundDelayMs } from './limits';
import type { Redacted } from './redacted';
import { apiBaseUrlsOf, isExtendedSet, refreshTokenOf } from './tokenSet';
import { allowsReissue, hasLapsed, isDead, reissueAskAtMs, secondAskAtMs } from './verdicts';
import { isWindowOpen, leavesFirstUse, mayBeLastInWindow } from './window';

/** How a rotation ended well; the glossary has each. */
export type Outcome = 'fresh' | 'rotated' | 'recovered' | 'reissued' | 'waiting';

/** The next single effect of a rotation. */
export type Decision =
  | { readonly do: 'finish'; readonly outcome: Outcome; readonly leavesOpen: boolean }
  | { readonly do: 'readParameters' | 'readCurrent' | 'readOtherVersions' | 'listVersions' }
  | { readonly do: 'readEndpoints'; readonly restBaseUrl: string; readonly accessToken: Redacted }
  | { readonly do: 'sendFollowUp' }
  /** Nothing is sent without the mark if it is `required`. */
  | { readonly do: 'mark'; readonly isRequired: boolean }
  | { readonly do: 'markHeld'; readonly held: HeldTokenSet }
  | { readonly do: 'publish'; readonly held: HeldTokenSet }
  | { readonly do: 'probeCredentials'; readonly clientSecret: Redacted }
  | {
      readonly do: 'refresh';
      readonly refreshToken: Redacted;
      readonly clientSecret: Redacted;
      /** The token may have been sent before: a success is to be confirmed. */
      readonly isDirty: boolean;
      readonly outcome: 'rotated' | 'recovered';
    }
  | { readonly do: 'reissue'; readonly clientSecret: Redacted }
  /** Then what was refused is asked about again; if there is no time for it, it is a failure. */
  | {
      readonly do: 'wait';
      /** Milliseconds since the epoch. */
      readonly untilMs: number;
      /** One more round of all is worth a shorter wait. */
      readonly isRound: boolean;
      readonly code: FailureCode;
    }
  /** The first use is left to the next message. */
  | { readonly do: 'leave' }
  | { readonly do: 'fail'; readonly code: FailureCode };

/** The codes that a decision may end a rotation with; the others come of calls. */
export type FailureCode = Extract<
  RotationErrorCode,
  | 'NotSeeded'
  | 'CredentialsRejected'
  | 'ChainBroken'
  | 'ProviderUnavailable'
  | 'StoreUnavailable'
  | 'DeadlineExceeded'
>;

/**
 * What to do next, given all that is known: the whole of the rotation's rules, in their order.
 *
 * - A fresh AWSCURRENT without an open end ends the rotation after one read.
 * - Nothing is sent to the provider before config, client secret and AWSCURRENT were read.
 * - What is held elsewhere and came of AWSCURRENT is published before a refresh token is spent, or
 *   used from where it is while Secrets Manager takes no writes.
 * - A use that is not a first one is marked before it is sent; what it brings is confirmed.
 * - A refusal is explained before it is acted on: a winner is adopted, then bad credentials are
 *   distinguished from a dead token, then the token is asked for again, then every other stored one.
 */
export function decide(facts: Facts): Decision {
  if (refreshTokenOf(facts.current.tokens) === undefined) return decideWithoutToken(facts);
  const need = needOf(facts);
  if (need === 'nothing') return finish(facts);
  if (facts.lacksSuccessor) return leaveSuccessorToNext(facts);
  // To ask again for a successor that did not come confirms nothing, and is not a matter of versions.
  const isMissing = need === 'confirm' && isExtendedSet(facts.current.tokens);
  if ((need === 'hurry' || need === 'confirm') && !isMissing) {
    if (facts.listed === undefined) return { do: 'listVersions' };
    const isAllowed =
      need === 'hurry'
        ? mayHurry(facts.listed, facts.nowMs)
        : mayConfirm(facts.listed, facts.nowMs, {
            isShortLived: isShortLived(facts),
            isBegun: isCurrentSent(facts),
          });
    if (!isAllowed) return finish(facts, need === 'confirm');
  }
  const { parameters } = facts;
  if (parameters === undefined) return { do: 'readParameters' };
  if (facts.currentMayBeStale) return { do: 'readCurrent' };
  return publishOrAsk(facts, parameters);
}

/** Why anything is to be done for AWSCURRENT. */
function needOf(facts: Facts): 'nothing' | 'rotate' | 'hurry' | 'confirm' {
  const openEnd = openEndOf(facts);
  const freshness = facts.outcome === undefined ? freshnessOf(facts) : 'fresh';
  const isForced = facts.outcome === undefined && facts.force && !isJustIssued(facts);
  // What is rotated anyway is no confirmation, and costs none of their versions.
  if (isForced || freshness === 'due') return 'rotate';
  if (openEnd === 'open') return 'confirm';
  if (openEnd === 'sent' || facts.isPutBackUsed || aheadTokenSet(facts)) return 'rotate';
  return freshness === 'early' ? 'hurry' : 'nothing';
}

/** A delivery that may be the last one in which it can be had asks at its end as well. */
function leaveSuccessorToNext({ delivery, nowMs }: Facts): Decision {
  const code = 'ProviderUnavailable';
  if (!mayBeLastInWindow(delivery)) return { do: 'fail', code };
  return { do: 'wait', untilMs: nowMs + refusedRoundDelayMs, isRound: true, code };
}

function finish(facts: Facts, leavesOpen = false): Decision {
  const outcome = facts.outcome ?? (facts.repaired ? 'recovered' : 'fresh');
  return { do: 'finish', outcome, leavesOpen };
}

/** Nobody has seeded it, or a template or a person has put an empty value over the tokens. */
function decideWithoutToken(facts: Facts): Decision {
  if (facts.otherVersions === undefined) return { do: 'readOtherVersions' };
  if (facts.parameters === undefined && !facts.parametersMissing) return { do: 'readParameters' };
  if (facts.currentMayBeStale) return { do: 'readCurrent' };
  const ahead = aheadTokenSet(facts);
  if (ahead && !isUsedFromEscrow(facts, ahead)) return publish(facts, ahead);
  const version = newestVersion(facts);
  const isUntried = facts.refusals.size === 0 && !facts.refusesWrites && ahead === undefined;
  if (version?.tokens.kind === 'issued' && isUntried) {
    const marks = { open: isOpen(version), sent: isSent(version) };
    return { do: 'publish', held: { tokenSet: version.tokens.tokenSet, ...marks } };
  }
  if (refreshTokens(facts).length === 0) {
    if (facts.force) return { do: 'fail', code: 'NotSeeded' };
    return { do: 'finish', outcome: 'waiting', leavesOpen: false };
  }
  // Something is there to be used: now it matters which parameter is missing.
  if (facts.parameters === undefined) return { do: 'readParameters' };
  return askProvider(facts, facts.parameters);
}

function publishOrAsk(facts: Facts, parameters: ConnectionParameters): Decision {
  const ahead = aheadTokenSet(facts);
  if (ahead) {
    // Only the list says whether a person has begun a new chain since.
    if (facts.listed === undefined) return { do: 'listVersions' };
    if (!isUsedFromEscrow(facts, ahead)) return publish(facts, ahead);
  }
  return askProvider(facts, parameters);
}

/** A person may have begun another chain since AWSCURRENT was read that is only recalled. */
const publish = ({ isRecalled }: Facts, held: HeldTokenSet): Decision =>
  isRecalled ? { do: 'readCurrent' } : { do: 'publish', held };

/** What is to be confirmed is used from where it is while Secrets Manager takes no writes. */
const isUsedFromEscrow = ({ refusesWrites }: Facts, { open, sent }: HeldTokenSet) =>
  refusesWrites && (open || sent);

function askProvider(facts: Facts, parameters: ConnectionParameters): Decision {
  if (facts.unexplained) return explain(facts, facts.unexplained);
  const clientSecret = nextClientSecret(facts);
  if (clientSecret === undefined) return giveUp(facts, 'CredentialsRejected');
  if (needsProbe(facts, clientSecret)) return { do: 'probeCredentials', clientSecret };
  const token = nextRefreshToken(facts);
  if (token?.kind === 'wait') {
    return { do: 'wait', untilMs: token.untilMs, isRound: false, code: token.code };
  }
  if (token) return use(facts, token.refreshToken, clientSecret);
  if (facts.otherVersions === undefined) return { do: 'readOtherVersions' };
  if (facts.escrowUnknown) return { do: 'fail', code: 'StoreUnavailable' };
  // What cannot be read may be alive: nothing is known to be broken.
  if (facts.listFailed) return giveUp(facts, 'StoreUnavailable');
  const mayReissue = parameters.config.onBrokenChain === 'reissue' && !isWindowOpen(facts);
  if (!mayReissue) return giveUp(facts, 'ChainBroken');
  const untilMs = nextRefusalForReissueMs(facts);
  if (untilMs === undefined) return { do: 'reissue', clientSecret };
  return { do: 'wait', untilMs, isRound: false, code: 'ChainBroken' };
}

/**
 * Credentials or token, which was it? A provider that is slow leaves no time for that and for what comes
 * then: what was used before the refused ones, and can be used again, needs no explanation.
 */
function explain(facts: Facts, { clientSecret }: NonNullable<Facts['unexplained']>): Decision {
  if (facts.isInHaste) {
    if (facts.otherVersions === undefined) return { do: 'readOtherVersions' };
    const forerunner = refreshTokens(facts).find(
      (other) =>
        !facts.uses.has(other.fingerprint) &&
        !facts.refusals.has(other.fingerprint) &&
        mayBeInWindow(facts, other),
    );
    if (forerunner) return use(facts, forerunner, clientSecret);
  }
  return { do: 'probeCredentials', clientSecret };
}

/** When every stored token can have been refused far enough apart, if it was not yet. */
function nextRefusalForReissueMs(facts: Facts): number | undefined {
  const pending = refreshTokens(facts)
    .map(({ fingerprint }) => facts.refusals.get(fingerprint))
    .filter((refusal) => refusal !== undefined)
    .filter((refusal) => !allowsReissue(refusal));
  return pending.length === 0 ? undefined : Math.max(...pending.map(reissueAskAtMs));
}

/** While a token may be had again, the end of the invocation is soon enough to give up. */
function giveUp(facts: Facts, code: FailureCode): Decision {
  const mayChange =
    code === 'CredentialsRejected' ||
    refreshTokens(facts).some((token) => mayBeInWindow(facts, token));
  if (!isWindowOpen(facts) || !mayChange) return { do: 'fail', code };
  return { do: 'wait', untilMs: facts.nowMs + refusedRoundDelayMs, isRound: true, code };
}

type NextToken =
  | { readonly kind: 'use'; readonly refreshToken: Redacted }
  | { readonly kind: 'wait'; readonly untilMs: number; readonly code: FailureCode };

/**
 * The first of the stored refresh tokens that may be alive. The newest is asked about until it is
 * known to be dead, since a forerunner's use may revoke it; the others once each, then once more. What
 * counts as dead comes after what was never refused: a slow provider leaves no time for both.
 */
function nextRefreshToken(facts: Facts): NextToken | undefined {
  const tokens = refreshTokens(facts);
  const [newest, ...others] = tokens.map((token) => nextAsk(facts, token));
  const refusalOf = (token: Redacted | undefined) => facts.refusals.get(token?.fingerprint ?? '');
  if (newest && !isDead(refusalOf(tokens[0]))) return newest;
  if (newest && facts.otherVersions === undefined) return undefined;
  const next = others.filter((ask) => ask !== undefined);
  const isUntried = (ask: NextToken) =>
    ask.kind === 'use' && refusalOf(ask.refreshToken) === undefined;
  return next.find(isUntried) ?? newest ?? next.find(({ kind }) => kind === 'use') ?? next[0];
}

/** When a refresh token is to be sent, if it is not known to be dead. */
function nextAsk(facts: Facts, refreshToken: Redacted): NextToken | undefined {
  const { nowMs, parameters } = facts;
  const isUrgent = isWindowOpen(facts);
  const refusal = facts.refusals.get(refreshToken.fingerprint);
  if (refusal === undefined) return { kind: 'use', refreshToken };
  if (!isDead(refusal)) {
    const untilMs = secondAskAtMs(refusal, isUrgent);
    if (nowMs >= untilMs) return { kind: 'use', refreshToken };
    return { kind: 'wait', untilMs, code: 'ProviderUnavailable' };
  }
  if (facts.refusedInRound.has(refreshToken.fingerprint)) return undefined;
  const isForReissue =
    parameters?.config.onBrokenChain === 'reissue' &&
    !allowsReissue(refusal) &&
    nowMs >= reissueAskAtMs(refusal);
  const isInWindow = isUrgent && mayBeInWindow(facts, refreshToken);
  const isAskedAgain = isInWindow || isForReissue || hasLapsed(refusal, nowMs);
  return isAskedAgain ? { kind: 'use', refreshToken } : undefined;
}

/** All that comes before a refresh token is sent, and then that. */
function use(facts: Facts, refreshToken: Redacted, clientSecret: Redacted): Decision {
  const { fingerprint } = refreshToken;
  const { current, uses, delivery } = facts;
  if (leavesFirstUse(facts)) return { do: 'leave' };
  if (facts.refreshes >= mostRefreshes) return { do: 'fail', code: 'DeadlineExceeded' };
  const endpoints = unknownEndpoints(facts);
  if (endpoints) return endpoints;
  if (delivery.by === 'hand' && !facts.followUpSent) return { do: 'sendFollowUp' };

  const isCurrent = refreshTokenOf(current.tokens)?.fingerprint === fingerprint;
  const held = facts.held.find((entry) => fingerprintOf(entry) === fingerprint);
  const isConfirmation = isCurrent && openEndOf(facts) === 'open';
  const isFirst = isCurrent && !isConfirmation && isFirstUse(facts) && !isCurrentSent(facts);
  const used = uses.get(fingerprint);
  if (used === undefined && isCurrent && !isFirst && !isCurrentSent(facts) && !facts.markFailed) {
    if (facts.listed === undefined) return { do: 'listVersions' };
    const isKnown = freshnessOf(facts) === 'due' || facts.mayBeUsedUnseen;
    const isRequired = delivery.by === 'hand' || !isKnown;
    return { do: 'mark', isRequired };
  }
  if (used === undefined && !isCurrent && held && !held.sent && facts.refusesWrites) {
    return { do: 'markHeld', held };
  }
  const isUnused = isFirst || (isCurrent && isUnusedOpen(facts));
  return {
    do: 'refresh',
    refreshToken,
    clientSecret,
    isDirty: used ? used.isDirty || used.possiblyUsedAtMs !== undefined : !isUnused,
    outcome: isCurrent && !facts.repaired ? 'rotated' : 'recovered',
  };
}

/** Asked by the access token that is about to be replaced, so that no refresh waits for it twice. */
function unknownEndpoints(facts: Facts): Decision | undefined {
  const { current, parameters, endpointsAsked, nowMs } = facts;
  if (endpointsAsked || current.tokens.kind !== 'issued' || isWindowOpen(facts)) return undefined;
  const known = {
    ...apiBaseUrlsOf(current.tokens),
    ...apiBaseUrls(parameters?.config.authBaseUrl ?? ''),
  };
  const { restBaseUrl, soapBaseUrl } = known;
  const { accessToken, expiresAtMs } = current.tokens.tokenSet;
  if (restBaseUrl === undefined || soapBaseUrl !== undefined || expiresAtMs < nowMs)
    return undefined;
  return { do: 'readEndpoints', restBaseUrl, accessToken };
}

/** The first secret not refused in this round; those that were never doubted come first. */
function nextClientSecret(facts: Facts): Redacted | undefined {
  const usable = (facts.parameters?.clientSecrets ?? []).filter(
    (secret) => facts.secretVerdicts.get(secret.fingerprint) !== 'refused',
  );
  return usable.find((secret) => !facts.doubtedSecrets.has(secret.fingerprint)) ?? usable[0];
}

/**
 * While a reuse window is running out there is no time to lose: the request that counts shows the same
 * of a doubted client secret.
 */
function needsProbe(facts: Facts, clientSecret: Redacted): boolean {
  const { fingerprint } = clientSecret;
  if (isWindowOpen(facts)) return false;
  if (facts.secretVerdicts.get(fingerprint) === 'accepted') return false;
  return facts.doubtedSecrets.has(fingerprint) || facts.secretVerdicts.size > 0;
}

/** Whether the last answer without a refresh token need not be stored: it would add nothing. */
export function addsNothing(facts: Facts): boolean {
  return isExtendedSet(facts.current.tokens) && freshnessOf(facts) === 'fresh' && !facts.force;
}
