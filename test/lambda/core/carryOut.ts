import fc from 'fast-check';
import { addsNothing, type Decision, type FailureCode } from '../../../lambda/core/decide';
import type { ConnectionParameters, Facts } from '../../../lambda/core/facts';
import { isCurrentSent, isFirstUse, isOpen } from '../../../lambda/core/freshness';
import {
  fingerprintOf,
  type HeldTokenSet,
  heldAfterPublishing,
  mergeHeld,
  noParent,
} from '../../../lambda/core/held';
import { labels } from '../../../lambda/core/labels';
import { shortestRoundDelayMs } from '../../../lambda/core/limits';
import { versionIdOf } from '../../../lambda/core/lineage';
import type { Redacted } from '../../../lambda/core/redacted';
import { refreshTokenOf, type StoredVersion } from '../../../lambda/core/tokenSet';
import { isDead, withRefusal } from '../../../lambda/core/verdicts';
import {
  heldTokenSets,
  otherVersions,
  parameters,
  someSecrets,
  someTokens,
} from './arbitraryFacts';
import { fingerprintsOf, issued, listedOf, secondMs, versionOf } from './facts';

/** What provider and stores answer to whatever is decided; the sets hold fingerprints. */
export interface ScriptedWorld {
  readonly acceptedTokens: ReadonlySet<string>;
  readonly acceptedSecrets: ReadonlySet<string>;
  /** Of each exchange that succeeds, the first one first; then it is as the last one. */
  readonly exchanges: readonly {
    readonly isOnlyUse: boolean;
    /** Whether the answer has a refresh token, and whether that is accepted. */
    readonly successor: 'living' | 'revoked' | 'none';
  }[];
  readonly parameters: ConnectionParameters | undefined;
  readonly escrow: readonly HeldTokenSet[];
  readonly otherVersions: readonly StoredVersion[];
  readonly takesWrites: boolean;
  readonly takesMarks: boolean;
}

export const anyWorld: fc.Arbitrary<ScriptedWorld> = fc.record({
  acceptedTokens: someTokens.map((names) => fingerprintsOf(...names)),
  acceptedSecrets: someSecrets.map((secrets) => fingerprintsOf(...secrets)),
  exchanges: fc.array(
    fc.record({
      isOnlyUse: fc.boolean(),
      successor: fc.constantFrom('living' as const, 'living' as const, 'revoked', 'none'),
    }),
    { minLength: 1, maxLength: 4 },
  ),
  parameters: fc.option(parameters, { nil: undefined, freq: 8 }),
  escrow: heldTokenSets,
  otherVersions,
  takesWrites: fc.boolean(),
  takesMarks: fc.boolean(),
});

/** Where a rotation stands: what it knows, and what the world has become by what it did. */
export interface State {
  readonly facts: Facts;
  readonly world: ScriptedWorld;
  readonly exchanged: number;
  readonly deadlineMs: number;
}

export type Effect = Exclude<Decision, { do: 'finish' | 'fail' | 'leave' }>;
/** The effect threw. */
export interface ThrownCode {
  readonly thrown: FailureCode | 'InvalidConfig' | 'DeadlineExceeded';
}

const requestMs = secondMs;
const storeMs = 100;
const unavailable: ThrownCode = { thrown: 'StoreUnavailable' };

export const asksProvider = ({ do: effect }: Decision) =>
  ['refresh', 'reissue', 'probeCredentials', 'readEndpoints'].includes(effect);

/** Carries a decision out as the rotator does, nothing else being in its way, and lets time pass. */
export function carryOut(state: State, decision: Effect): State | ThrownCode {
  const { facts, world } = state;
  const know = (known: Partial<Facts>): State => ({ ...state, facts: { ...facts, ...known } });
  const asks = asksProvider(decision);
  if (asks && facts.nowMs + requestMs > state.deadlineMs) return { thrown: 'DeadlineExceeded' };
  const after = effectOf();
  return 'thrown' in after ? after : later(after, asks ? requestMs : storeMs);

  function effectOf(): State | ThrownCode {
    switch (decision.do) {
      case 'readParameters':
        return readParameters(state);
      case 'readCurrent':
        return know({ currentMayBeStale: false, isRecalled: false });
      case 'listVersions':
        return know({ listed: listedOf(facts.current, ...world.otherVersions) });
      case 'readOtherVersions':
        return know({
          otherVersions: world.otherVersions,
          listed: listedOf(facts.current, ...world.otherVersions),
        });
      case 'readEndpoints':
        return know({ endpointsAsked: true });
      case 'sendFollowUp':
        return know({ followUpSent: true });
      case 'mark':
        return mark(state, decision.isRequired);
      case 'markHeld':
        return markHeld(state, decision.held);
      case 'publish': {
        const published = publish(state, decision.held);
        if ('thrown' in published) return published;
        if (published.facts.refusesWrites) return published;
        return { ...published, facts: { ...published.facts, force: false, repaired: true } };
      }
      case 'probeCredentials':
        return probe(state, decision.clientSecret);
      case 'refresh':
        return refresh(state, decision);
      case 'reissue':
        return world.acceptedSecrets.has(decision.clientSecret.fingerprint)
          ? grant(withVerdict(state, decision.clientSecret), undefined, false, 'reissued')
          : withVerdict(state, decision.clientSecret);
      case 'wait':
        return wait(state, decision);
    }
  }
}

const later = (state: State, ms: number): State => ({
  ...state,
  facts: { ...state.facts, nowMs: state.facts.nowMs + ms },
});

function wait(
  state: State,
  { untilMs, isRound, code }: Extract<Decision, { do: 'wait' }>,
): State | ThrownCode {
  const { facts, deadlineMs } = state;
  const lastMs = deadlineMs - requestMs;
  const isLastRound = isRound && lastMs - facts.nowMs >= shortestRoundDelayMs;
  if (untilMs > lastMs && !isLastRound) return { thrown: code };
  const known = {
    nowMs: Math.max(facts.nowMs, Math.min(untilMs, lastMs)),
    refusedInRound: new Map(),
    lacksSuccessor: false,
    secretVerdicts: new Map(),
  };
  return { ...state, facts: { ...facts, ...known } };
}

function readParameters(state: State): State | ThrownCode {
  const { facts, world } = state;
  if (world.parameters === undefined) {
    const mayBeMissing = refreshTokenOf(facts.current.tokens) === undefined;
    if (!mayBeMissing || facts.parametersMissing) return { thrown: 'InvalidConfig' };
    return { ...state, facts: { ...facts, parametersMissing: true } };
  }
  const known = {
    parameters: world.parameters,
    parametersMissing: false,
    held: mergeHeld(facts.held, world.escrow),
    escrowPresent: world.escrow.length > 0,
    escrowUnknown: false,
  };
  return { ...state, facts: { ...facts, ...known } };
}

function mark(state: State, isRequired: boolean): State | ThrownCode {
  const { facts, world } = state;
  const { current } = facts;
  const token = refreshTokenOf(current.tokens)?.fingerprint ?? '';
  const isUnused = !isCurrentSent(facts) && (isOpen(current) || isFirstUse(facts));
  const uses = new Map(facts.uses).set(token, { isDirty: !isUnused });
  if (world.takesMarks) {
    const marked = { ...current, stages: [...current.stages, labels.sent] };
    const isOwnMark = !facts.mayBeUsedUnseen;
    return { ...state, facts: { ...facts, current: marked, uses, isOwnMark } };
  }
  if (isRequired && !isOpen(current)) return unavailable;
  if (current.tokens.kind !== 'issued') {
    return { ...state, facts: { ...facts, uses, markFailed: true } };
  }
  const marks = { open: isOpen(current), sent: false, parent: noParent };
  const parked = markHeld(state, { tokenSet: current.tokens.tokenSet, ...marks });
  return { ...state, facts: { ...parked.facts, uses, markFailed: true } };
}

function markHeld(state: State, entry: HeldTokenSet): State {
  const { facts } = state;
  const isDirty = !entry.open || entry.sent;
  const known = {
    uses: new Map(facts.uses).set(fingerprintOf(entry), { isDirty }),
    held: mergeHeld(facts.held, [{ ...entry, sent: true }]),
    escrowPresent: true,
  };
  return { ...state, facts: { ...facts, ...known } };
}

/** Secrets Manager moves AWSPREVIOUS to the version that a write takes AWSCURRENT from. */
function publish(
  state: State,
  set: HeldTokenSet,
  parentVersionId = state.facts.current.versionId,
): State | ThrownCode {
  const { facts, world } = state;
  const all = mergeHeld(facts.held, [set]);
  if (!world.takesWrites) {
    if (!set.open && !set.sent) return unavailable;
    return { ...state, facts: { ...facts, held: all, escrowPresent: true, refusesWrites: true } };
  }
  const stages = [
    'AWSCURRENT',
    ...(set.open || set.sent ? [labels.open] : []),
    ...(set.sent ? [labels.sent] : []),
  ];
  const written = versionOf(set.tokenSet, { stages, createdAtMs: facts.nowMs });
  const versionId = versionIdOf(parentVersionId, written.text.reveal());
  const kept = facts.current.stages.filter((stage) => stage === labels.seeded);
  const previous = { ...facts.current, stages: ['AWSPREVIOUS', ...kept] };
  const known = {
    current: { ...written, versionId },
    isOwnCurrent: false,
    isPutBackUsed: false,
    held: heldAfterPublishing(all, set, (token) => isDead(facts.refusals.get(token))),
    listed: undefined,
    otherVersions: undefined,
    refusesWrites: false,
    markFailed: false,
  };
  return {
    ...state,
    facts: { ...facts, ...known },
    world: { ...world, otherVersions: [previous, ...world.otherVersions] },
  };
}

function probe(state: State, clientSecret: Redacted): State {
  const judged = withVerdict(state, clientSecret);
  const { unexplained } = state.facts;
  if (!unexplained?.clientSecret.equals(clientSecret)) return judged;
  const explained = { ...judged, facts: { ...judged.facts, unexplained: undefined } };
  const isAccepted = state.world.acceptedSecrets.has(clientSecret.fingerprint);
  return isAccepted ? withRefusedToken(explained, unexplained.token) : explained;
}

function refresh(
  state: State,
  { refreshToken, clientSecret, isDirty, outcome }: Extract<Decision, { do: 'refresh' }>,
): State | ThrownCode {
  const { facts, world } = state;
  const { fingerprint } = refreshToken;
  const isSecretAccepted = world.acceptedSecrets.has(clientSecret.fingerprint);
  if (isSecretAccepted && world.acceptedTokens.has(fingerprint)) {
    const use = { isDirty, possiblyUsedAtMs: facts.nowMs };
    const used = { ...facts, uses: new Map(facts.uses).set(fingerprint, use) };
    return grant(
      withVerdict({ ...state, facts: used }, clientSecret),
      refreshToken,
      isDirty,
      outcome,
    );
  }
  const uses = new Map(facts.uses).set(fingerprint, { isDirty, ...facts.uses.get(fingerprint) });
  const stale = { ...state, facts: { ...facts, uses, currentMayBeStale: true } };
  if (facts.secretVerdicts.get(clientSecret.fingerprint) === 'accepted') {
    return withRefusedToken(stale, refreshToken);
  }
  const unexplained = { token: refreshToken, clientSecret, reason: 'HTTP 401, errorcode 1' };
  return { ...stale, facts: { ...stale.facts, unexplained } };
}

function grant(
  state: State,
  sent: Redacted | undefined,
  isDirty: boolean,
  outcome: NonNullable<Facts['outcome']>,
): State | ThrownCode {
  const { facts, world } = state;
  const { isOnlyUse, successor } = world.exchanges[state.exchanged] ??
    world.exchanges.at(-1) ?? { isOnlyUse: true, successor: 'living' };
  const exchanged = state.exchanged + 1;
  const lacksSuccessor = successor === 'none';
  if (lacksSuccessor && sent === undefined) return { thrown: 'ChainBroken' };
  if (lacksSuccessor && addsNothing(facts)) {
    return { ...state, exchanged, facts: { ...facts, lacksSuccessor } };
  }
  const { refreshToken, ...fresh } = issued(`successor-${exchanged}`);
  const times = { issuedAtMs: facts.nowMs, expiresAtMs: facts.nowMs + 3_600 * secondMs };
  const set: HeldTokenSet = {
    tokenSet: {
      ...fresh,
      ...times,
      refreshToken: lacksSuccessor && sent ? sent : refreshToken,
      ...(lacksSuccessor ? { refreshTokenIssuedAtMs: facts.nowMs } : {}),
    },
    open: isDirty || !isOnlyUse || lacksSuccessor,
    sent: lacksSuccessor,
    parent: sent?.fingerprint,
  };
  const holder = [facts.current, ...(facts.otherVersions ?? [])].find(
    ({ tokens }) => sent && refreshTokenOf(tokens)?.equals(sent),
  );
  const published = publish(state, set, holder?.versionId);
  if ('thrown' in published) return published;
  const acceptedTokens = new Set(world.acceptedTokens);
  if (successor === 'living') acceptedTokens.add(refreshToken.fingerprint);
  // What is only parked has ended nothing.
  const before = facts.outcome;
  const ended = published.facts.refusesWrites
    ? {}
    : {
        isOwnCurrent: true,
        force: false,
        outcome: (before ?? 'rotated') === 'rotated' ? outcome : before,
      };
  return {
    ...published,
    exchanged,
    world: { ...published.world, acceptedTokens },
    facts: { ...published.facts, ...ended, lacksSuccessor, refreshes: facts.refreshes + 1 },
  };
}

function withRefusedToken(state: State, { fingerprint }: Redacted): State {
  const { facts } = state;
  const refusal = { nowMs: facts.nowMs, reason: 'HTTP 401, errorcode 1' };
  const refusedInRound = new Map(facts.refusedInRound);
  refusedInRound.set(fingerprint, (refusedInRound.get(fingerprint) ?? 0) + 1);
  const refusals = withRefusal(facts.refusals, fingerprint, refusal);
  return { ...state, facts: { ...facts, refusals, refusedInRound } };
}

function withVerdict(state: State, { fingerprint }: Redacted): State {
  const { facts, world } = state;
  const isAccepted = world.acceptedSecrets.has(fingerprint);
  const secretVerdicts = new Map(facts.secretVerdicts);
  secretVerdicts.set(fingerprint, isAccepted ? 'accepted' : 'refused');
  const doubtedSecrets = new Set(facts.doubtedSecrets);
  if (isAccepted) doubtedSecrets.delete(fingerprint);
  else doubtedSecrets.add(fingerprint);
  return { ...state, facts: { ...facts, secretVerdicts, doubtedSecrets } };
}
