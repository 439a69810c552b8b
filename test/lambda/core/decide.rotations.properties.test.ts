import fc from 'fast-check';
import { refreshTokens } from '../../../lambda/core/candidates';
import { type Decision, decide } from '../../../lambda/core/decide';
import { isRepeated } from '../../../lambda/core/delivery';
import type { Facts } from '../../../lambda/core/facts';
import {
  freshnessOf,
  isCurrentSent,
  isFirstUse,
  isOpen,
  openEndOf,
} from '../../../lambda/core/freshness';
import { fingerprintOf, type HeldTokenSet } from '../../../lambda/core/held';
import { labels } from '../../../lambda/core/labels';
import { functionTimeoutMs, mostRefreshes, rounds } from '../../../lambda/core/limits';
import { issuedAtMsOf } from '../../../lambda/core/tokenSet';
import { isDead } from '../../../lambda/core/verdicts';
import { anyFacts } from './arbitraryFacts';
import {
  anyWorld,
  asksProvider,
  carryOut,
  type ScriptedWorld,
  type State,
  type ThrownCode,
} from './carryOut';
import { currentTokenOf, factsOf, fingerprint, undead } from './facts';

interface Step {
  readonly facts: Facts;
  readonly decision: Decision;
  /** Exchanges that have brought something so far. */
  readonly exchanged: number;
}

/** A whole rotation: each decision with what it was made from, and what an effect has thrown. */
function rotate(
  start: Facts,
  atFirst: ScriptedWorld,
): { steps: readonly Step[]; ended?: ThrownCode } {
  const steps: Step[] = [];
  let state: State = {
    facts: start,
    world: atFirst,
    exchanged: 0,
    deadlineMs: start.nowMs + functionTimeoutMs,
  };
  for (let round = 0; round < rounds; round++) {
    const decision = decide(state.facts);
    steps.push({ facts: state.facts, decision, exchanged: state.exchanged });
    if (decision.do === 'finish' || decision.do === 'fail' || decision.do === 'leave') {
      return { steps };
    }
    const after = carryOut(state, decision);
    if ('thrown' in after) return { steps, ended: after };
    state = after;
  }
  throw new Error(`no end in ${rounds} rounds: ${steps.map(({ decision }) => decision.do)}`);
}

const everyRotation = (check: (start: Facts, world: ScriptedWorld) => void) =>
  fc.assert(
    fc.property(anyFacts, anyWorld, (facts, { escrow, ...world }) =>
      check(facts, { ...world, escrow: escrow.filter((entry) => isOfOther(facts, entry)) }),
    ),
    { numRuns: 300 },
  );

/** AWSCURRENT's own set is held only with a mark of this code's making. */
const isOfOther = (facts: Facts, entry: HeldTokenSet) =>
  fingerprintOf(entry) !== currentTokenOf(facts);

/** What an invocation knows when it begins, out of what it may know later. */
const begun = (facts: Facts): Facts => ({
  ...factsOf(),
  delivery: facts.delivery,
  force: facts.force,
  tickPeriodMs: facts.tickPeriodMs,
  current: facts.current,
  isRecalled: facts.isRecalled,
  parameters: undefined,
  held: facts.held.filter((entry) => isOfOther(facts, entry)),
  mayBeUsedUnseen: facts.mayBeUsedUnseen && isRepeated(facts.delivery),
  refusals: facts.refusals,
  doubtedSecrets: facts.doubtedSecrets,
});

describe('a whole rotation', () => {
  it('ends within its rounds, from whatever is known', () => {
    everyRotation((start, world) => {
      expect(rotate(start, world).steps.length).toBeLessThanOrEqual(rounds);
      expect(rotate(begun(start), world).steps.length).toBeLessThanOrEqual(rounds);
    });
  });

  it('never waits twice without a question in between', () => {
    everyRotation((start, world) => {
      let isWaited = false;
      for (const { decision } of rotate(begun(start), world).steps) {
        expect(isWaited && decision.do === 'wait').toBe(false);
        if (decision.do === 'wait' || asksProvider(decision)) isWaited = decision.do === 'wait';
      }
    });
  });

  it("sends AWSCURRENT's token without a mark only as the first use, or as one that is due", () => {
    everyRotation((start, world) => {
      const sent = new Set<string>();
      for (const { facts, decision } of rotate(begun(start), world).steps) {
        if (decision.do !== 'refresh') continue;
        const { fingerprint } = decision.refreshToken;
        const isUnmarked = fingerprint === currentTokenOf(facts) && !isCurrentSent(facts);
        if (isUnmarked && !sent.has(fingerprint)) {
          const isFirst = isFirstUse(facts) && openEndOf(facts) !== 'open';
          const isFoundAgain = freshnessOf(facts) === 'due' || facts.mayBeUsedUnseen;
          const isTried = facts.markFailed && !isOpen(facts.current);
          expect(isFirst || (isTried && isFoundAgain)).toBe(true);
          expect(facts.delivery.by).toBe('queue');
        }
        sent.add(fingerprint);
      }
    });
  });

  it('takes for clean only the first use of a token, or the first confirmation of one', () => {
    everyRotation((start, world) => {
      const sent = new Set<string>();
      const first = begun(start);
      for (const { facts, decision } of rotate(first, world).steps) {
        if (decision.do !== 'refresh') continue;
        const { fingerprint } = decision.refreshToken;
        if (!decision.isDirty && !sent.has(fingerprint)) {
          const marked = facts.held.find(
            ({ tokenSet }) => tokenSet.refreshToken.fingerprint === fingerprint,
          );
          const isConfirmation = isOpen(facts.current) || marked?.open === true;
          expect(isConfirmation || isFirstUse(facts) || facts.delivery.by === 'hand').toBe(true);
          expect(first.current.stages).not.toContain(
            fingerprint === currentTokenOf(first) ? labels.sent : '',
          );
        }
        sent.add(fingerprint);
      }
    });
  });

  it('fails only for what is so', () => {
    everyRotation((facts, world) => {
      const { steps } = rotate(begun(facts), world);
      const last = steps.at(-1);
      if (last?.decision.do !== 'fail') return;
      const { clientSecrets = [] } = world.parameters ?? {};
      const isAccepted = clientSecrets.some((secret) =>
        world.acceptedSecrets.has(secret.fingerprint),
      );
      switch (last.decision.code) {
        case 'NotSeeded':
          return expect(refreshTokens(last.facts)).toEqual([]);
        case 'CredentialsRejected':
          return expect(isAccepted).toBe(false);
        case 'ProviderUnavailable':
          return expect(last.facts.lacksSuccessor).toBe(true);
        case 'DeadlineExceeded':
          return expect(last.facts.refreshes).toBe(mostRefreshes);
        default:
          expect(last.decision.code).toBe('ChainBroken');
          expect(undead(last.facts)).toEqual([]);
      }
    });
  });

  it('finds a living refresh token wherever it is stored, unless it was found dead lately', () => {
    everyRotation((facts, world) => {
      const start = begun(facts);
      const { steps } = rotate(start, world);
      const last = steps.at(-1);
      if (last?.decision.do !== 'fail' || last.decision.code !== 'ChainBroken') return;

      const living = refreshTokens(last.facts).filter(
        ({ fingerprint }) =>
          world.acceptedTokens.has(fingerprint) && !isDead(start.refusals.get(fingerprint)),
      );
      expect(living).toEqual([]);
    });
  });

  it('says that it has rotated only if AWSCURRENT is what it published', () => {
    everyRotation((facts, world) => {
      const last = rotate(begun(facts), world).steps.at(-1);
      const { decision } = last ?? {};
      if (decision?.do !== 'finish') return;
      if (decision.outcome === 'fresh' || decision.outcome === 'waiting') return;
      expect(last?.facts.current.versionId).not.toBe(facts.current.versionId);
    });
  });

  it('ends well only with the last successor in AWSCURRENT, by clocks that agree', () => {
    everyRotation((facts, world) => {
      const entries = [...facts.held, ...world.escrow];
      const times = entries.map(({ tokenSet }) => tokenSet.issuedAtMs);
      fc.pre(Math.max(issuedAtMsOf(facts.current), ...times) <= facts.nowMs);

      const last = rotate(begun(facts), world).steps.at(-1);
      if (last?.decision.do !== 'finish' || last.exchanged === 0) return;
      const { successor } = world.exchanges[last.exchanged - 1] ?? world.exchanges.at(-1) ?? {};
      if (successor !== 'living') return;
      expect(currentTokenOf(last.facts)).toBe(fingerprint(`successor-${last.exchanged}`));
    });
  });
});
