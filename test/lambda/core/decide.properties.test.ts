import fc from 'fast-check';
import { mayBeInWindow, refreshTokens } from '../../../lambda/core/candidates';
import { type Decision, decide } from '../../../lambda/core/decide';
import { lifeLeftMs } from '../../../lambda/core/delivery';
import type { Facts } from '../../../lambda/core/facts';
import { freshnessOf, openEndOf } from '../../../lambda/core/freshness';
import { labels } from '../../../lambda/core/labels';
import { firstUseNeedsMs } from '../../../lambda/core/limits';
import { refreshTokenOf } from '../../../lambda/core/tokenSet';
import { allowsReissue, isDead } from '../../../lambda/core/verdicts';
import { isWindowOpen } from '../../../lambda/core/window';
import { anyFacts } from './arbitraryFacts';
import { asksProvider } from './carryOut';
import { currentTokenOf, issued, minuteMs, undead, versionOf } from './facts';

const always = (check: (facts: Facts, decision: Decision) => void, facts = anyFacts) =>
  fc.assert(
    fc.property(facts, (known) => check(known, decide(known))),
    { numRuns: 600 },
  );

describe('whatever is known, a decision', () => {
  it('asks the provider nothing before the parameters and AWSCURRENT are known', () => {
    always((facts, decision) => {
      if (facts.parameters === undefined || facts.currentMayBeStale) {
        expect(asksProvider(decision)).toBe(false);
      }
    });
  });

  it('finishes if AWSCURRENT is fresh, has no open end, and nothing is held', () => {
    const fresh = versionOf(issued('a', { ageMs: 5 * minuteMs }));
    const idle = anyFacts.map((facts) => ({
      ...facts,
      current: fresh,
      held: [],
      force: false,
      mayBeUsedUnseen: false,
      isPutBackUsed: false,
    }));

    always((_, decision) => expect(decision.do).toBe('finish'), idle);
  });

  it('finishes only with an access token that can be used, unless it was just published', () => {
    always((facts, decision) => {
      if (decision.do !== 'finish' || decision.outcome === 'waiting') return;
      if (facts.outcome !== undefined || decision.leavesOpen) return;
      if (facts.current.tokens.kind !== 'issued') throw new Error('finished without a token set');
      // A young token of a life too short to be served waits for its version.
      if (freshnessOf(facts) === 'early') return;
      expect(facts.current.tokens.tokenSet.expiresAtMs).toBeGreaterThan(facts.nowMs);
    });
  });

  it('never leaves an end open without a word', () => {
    always((facts, decision) => {
      if (decision.do !== 'finish' || decision.outcome === 'waiting') return;
      expect(openEndOf(facts)).toBe(decision.leavesOpen ? 'open' : 'none');
    });
  });

  it('waits for a seed only if no refresh token is stored', () => {
    always((facts, decision) => {
      if (decision.do !== 'finish' || decision.outcome !== 'waiting') return;
      expect([refreshTokens(facts), facts.otherVersions === undefined]).toEqual([[], false]);
    });
  });

  it('never sends a token with a client secret that is refused, nor with a doubted one while there is time', () => {
    always((facts, decision) => {
      const { secretVerdicts, doubtedSecrets } = facts;
      if (decision.do !== 'refresh' && decision.do !== 'reissue') return;
      const { fingerprint } = decision.clientSecret;
      const verdict = secretVerdicts.get(fingerprint);
      expect(verdict).not.toBe('refused');
      const isUnclear = verdict === undefined && doubtedSecrets.has(fingerprint);
      expect(isUnclear && !isWindowOpen(facts)).toBe(false);
    });
  });

  it('never sends a token that is dead and was refused in this round', () => {
    always(({ refusals, refusedInRound }, decision) => {
      if (decision.do !== 'refresh') return;
      const { fingerprint } = decision.refreshToken;
      expect(isDead(refusals.get(fingerprint)) && refusedInRound.has(fingerprint)).toBe(false);
    });
  });

  it('never sends a token by hand before a message follows that could go on', () => {
    always(({ delivery, followUpSent }, decision) => {
      if (decision.do === 'refresh' && delivery.by === 'hand') expect(followUpSent).toBe(true);
    });
  });

  it('never begins a first use that the message does not outlive', () => {
    always((facts, decision) => {
      if (decision.do !== 'refresh' || isWindowOpen(facts)) return;
      expect(lifeLeftMs(facts.delivery, facts.nowMs)).toBeGreaterThanOrEqual(firstUseNeedsMs);
    });
  });

  it('never publishes what was refused, or what AWSCURRENT holds', () => {
    always((facts, decision) => {
      if (decision.do !== 'publish') return;
      const { fingerprint } = decision.held.tokenSet.refreshToken;
      expect(facts.refusals.has(fingerprint)).toBe(false);
      expect(fingerprint).not.toBe(currentTokenOf(facts));
    });
  });

  it('never publishes over what an earlier delivery has read, a secret without a token aside', () => {
    always((facts, decision) => {
      if (decision.do !== 'publish' || currentTokenOf(facts) === undefined) return;
      expect(facts.isRecalled).toBe(false);
    });
  });

  it('never publishes or sends what is older than what a person has written', () => {
    always((facts, decision) => {
      const versions = [facts.current, ...(facts.listed ?? [])];
      const seed = versions.find(({ stages }) => stages.includes(labels.seeded));
      if (seed === undefined) return;
      const stored = facts.otherVersions?.filter((each) => each.createdAtMs < seed.createdAtMs);
      const sent = decision.do === 'refresh' ? decision.refreshToken : undefined;
      for (const { tokens } of stored ?? []) {
        const token = refreshTokenOf(tokens);
        if (token === undefined || !sent?.equals(token)) continue;
        // The same token may stand elsewhere as well.
        const elsewhere = [
          currentTokenOf(facts),
          ...facts.held.map(({ tokenSet }) => tokenSet.refreshToken.fingerprint),
          ...(facts.otherVersions ?? [])
            .filter((each) => each.createdAtMs >= seed.createdAtMs)
            .map((each) => refreshTokenOf(each.tokens)?.fingerprint),
        ];
        expect(elsewhere).toContain(token.fingerprint);
      }
    });
  });

  it('calls a chain broken only when every stored token was refused twice', () => {
    always((facts, decision) => {
      if (decision.do !== 'fail' && decision.do !== 'wait') return;
      if (decision.code !== 'ChainBroken') return;
      expect(facts.otherVersions).toBeDefined();
      expect(undead(facts)).toEqual([]);
      const mayChange = refreshTokens(facts).some((token) => mayBeInWindow(facts, token));
      if (decision.do === 'fail') expect(isWindowOpen(facts) && mayChange).toBe(false);
    });
  });

  it('reissues a chain only with every token refused a minute apart, and no window open', () => {
    always((facts, decision) => {
      if (decision.do !== 'reissue') return;
      const refusals = refreshTokens(facts).map(({ fingerprint }) =>
        facts.refusals.get(fingerprint),
      );
      expect(refusals.every(allowsReissue)).toBe(true);
      expect(isWindowOpen(facts)).toBe(false);
      expect(facts.parameters?.config.onBrokenChain).toBe('reissue');
      expect(facts.escrowUnknown).toBe(false);
    });
  });

  it('waits only for a time that is to come', () => {
    always((facts, decision) => {
      if (decision.do === 'wait') expect(decision.untilMs).toBeGreaterThan(facts.nowMs);
    });
  });
});
